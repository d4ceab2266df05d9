# Written by tfgen from tfgen.yaml, which is the place to change it: `tfgen render` writes this
# file again. Resources of your own go into files of your own, which tfgen leaves alone.

locals {
  name = try(coalesce(var.rds.name, var.found.name), null)

  # What the environment says of the database.
  environment = {
    (var.rds.variables.host)        = var.found.host
    (var.rds.variables.reader_host) = var.found.reader_host
    (var.rds.variables.port)        = tostring(var.found.port)
    (var.rds.variables.name)        = local.name
  }
}
