# Written by tfgen from tfgen.yaml, which is the place to change it: `tfgen render` writes this
# file again. Resources of your own go into files of your own, which tfgen leaves alone.

locals {
  name = "orders-staging"

  function = {
    runtime              = "python3.13"
    handler              = "orders/api.handler"
    layers               = ["arn:aws:lambda:eu-west-1:123456789012:layer:tools:3"]
    memory               = 1024
    timeout              = 29
    architecture         = "arm64"
    log_retention_days   = 365
    tracing              = true
    reserved_concurrency = 50
  }

  api = {
    ip_address_type = "dualstack"
  }

  environment = {
    GREETING  = "hi"
    LOG_LEVEL = "info"
  }
}

module "eu_west_1" {
  source = "../modules/region_production"

  region   = "eu-west-1"
  name     = local.name
  bundle   = "${path.root}/../../.tfgen/bundles/src.zip"
  api      = local.api
  function = local.function
  environment = merge(local.environment, {
    LOG_LEVEL   = "debug"
    REGION_NAME = "Ireland"
  })

  domains                 = local.domains
  validation_record_fqdns = local.validation_record_fqdns
}
