# Written by tfgen from tfgen.yaml, which is the place to change it: `tfgen render` writes this
# file again. Resources of your own go into files of your own, which tfgen leaves alone.

locals {
  name = "shop-production"

  function = {
    image              = "shop@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
    memory             = 512
    timeout            = 15
    architecture       = "arm64"
    log_retention_days = 30
  }

  api = {
    ip_address_type = "dualstack"
  }
}

module "eu_west_1" {
  source = "../modules/region"

  region   = "eu-west-1"
  name     = local.name
  api      = local.api
  function = local.function
}

module "us_east_1" {
  source = "../modules/region"

  region   = "us-east-1"
  name     = local.name
  api      = local.api
  function = local.function
}
