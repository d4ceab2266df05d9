# Written by tfgen from tfgen.yaml, which is the place to change it: `tfgen render` writes this
# file again. Resources of your own go into files of your own, which tfgen leaves alone.

module "function" {
  source = "../function"

  region             = var.region
  name               = var.name
  bundle             = var.bundle
  function           = var.function
  environment        = module.database.environment
  encryption_context = var.encryption_context
  secrets            = merge(var.secrets, module.database.secrets)
  tables             = var.tables
}

module "api" {
  source = "../rest_api"

  region   = var.region
  name     = var.name
  function = module.function
  api      = var.api
}
