# tfgen: when mixed_environment
locals {
  environment = merge(
    # tfgen: when environment
    var.environment,
    # tfgen: end
    # tfgen: when tables
    local.table_environment,
    # tfgen: end
    # tfgen: when secrets
    length(var.secrets) == 0 ? {} : local.secret_environment,
    # tfgen: end
  )
}
# tfgen: end
