# Written by tfgen from tfgen.yaml, which is the place to change it: `tfgen render` writes this
# file again. Resources of your own go into files of your own, which tfgen leaves alone.

module "function" {
  source = "../function"

  region             = var.region
  name               = var.name
  bundle             = var.bundle
  artifact           = module.artifacts
  function           = var.function
  encryption_context = var.encryption_context
  secrets            = var.secrets
  kms_key            = var.kms_key
  key_policy         = var.key_policy
}

module "artifacts" {
  source = "../artifacts"

  region      = var.region
  name        = var.name
  bundle      = var.bundle
  kms_key_arn = module.function.key_arn
}

module "api" {
  source = "../rest_api"

  region   = var.region
  name     = var.name
  function = module.function
  api      = var.api
}
