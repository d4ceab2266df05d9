# Written by tfgen from tfgen.yaml, which is the place to change it: `tfgen render` writes this
# file again. Resources of your own go into files of your own, which tfgen leaves alone.

locals {
  name = "orders-production"

  function = {
    runtime            = "python3.13"
    handler            = "app.handler"
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

  providers = {
    aws = aws.ap_northeast_1
  }

  region      = "ap-northeast-1"
  name        = local.name
  bundle      = "${path.root}/../../../.tfgen/bundles/src.zip"
  api         = local.api
  function    = local.function
  environment = merge(local.environment, { PLACE = "東京" })

  domains                 = local.domains
  validation_record_fqdns = local.validation_record_fqdns
}

module "sa_east_1" {
  source = "../modules/region"

  providers = {
    aws = aws.sa_east_1
  }

  region      = "sa-east-1"
  name        = local.name
  bundle      = "${path.root}/../../../.tfgen/bundles/src.zip"
  api         = local.api
  function    = local.function
  environment = merge(local.environment, { PLACE = "São Paulo" })

  domains                 = local.domains
  validation_record_fqdns = local.validation_record_fqdns
}

module "us_east_2" {
  source = "../modules/region"

  providers = {
    aws = aws.us_east_2
  }

  region = "us-east-2"
  name   = local.name
  bundle = "${path.root}/../../../.tfgen/bundles/src.zip"
  api    = local.api
  function = merge(local.function, {
    memory  = 2048
    timeout = 10
  })
  environment = local.environment

  domains                 = local.domains
  validation_record_fqdns = local.validation_record_fqdns
}
