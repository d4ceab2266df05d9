# Written by tfgen from tfgen.yaml, which is the place to change it: `tfgen render` writes this
# file again. Resources of your own go into files of your own, which tfgen leaves alone.

module "function" {
  source = "../function"

  region            = var.region
  name              = var.name
  bundle            = var.bundle
  function          = var.function
  environment       = module.database.environment
  database_user_arn = module.database.user_arn
}

module "api" {
  source = "../http_api"

  region   = var.region
  name     = var.name
  function = module.function
  api      = var.api
}
