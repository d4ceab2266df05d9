# Written by tfgen from tfgen.yaml, which is the place to change it: `tfgen render` writes this
# file again. Resources of your own go into files of your own, which tfgen leaves alone.

locals {
  name = "node-production"

  function = {
    runtime            = "nodejs22.x"
    handler            = "index.handler"
    memory             = 512
    timeout            = 15
    architecture       = "arm64"
    log_retention_days = 30
  }

  api = {
    ip_address_type = "dualstack"
  }

  environment = {
    LOG_LEVEL = "info"
  }
}

module "ap_northeast_1" {
  source = "../modules/region"

  region      = "ap-northeast-1"
  name        = local.name
  bundle      = "${path.root}/../../.tfgen/bundles/src.zip"
  api         = local.api
  function    = local.function
  environment = merge(local.environment, { MESSAGE = "Hello from ap-northeast-1" })

  domains                 = local.domains
  validation_record_fqdns = local.validation_record_fqdns
}

module "sa_east_1" {
  source = "../modules/region"

  region      = "sa-east-1"
  name        = local.name
  bundle      = "${path.root}/../../.tfgen/bundles/src.zip"
  api         = local.api
  function    = local.function
  environment = merge(local.environment, { MESSAGE = "Hello from sa-east-1" })

  domains                 = local.domains
  validation_record_fqdns = local.validation_record_fqdns
}
