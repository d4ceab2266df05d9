# Written by tfgen from tfgen.yaml, which is the place to change it: `tfgen render` writes this
# file again. Resources of your own go into files of your own, which tfgen leaves alone.

locals {
  environment = merge(
    var.environment,
    local.table_environment,
    length(var.secrets) == 0 ? {} : local.secret_environment,
  )
}
