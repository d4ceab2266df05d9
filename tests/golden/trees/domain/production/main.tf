# Written by tfgen from tfgen.yaml, which is the place to change it: `tfgen render` writes this
# file again. Resources of your own go into files of your own, which tfgen leaves alone.

locals {
  name = "shop-production"

  function = {
    runtime            = "provided.al2023"
    handler            = "bootstrap"
    memory             = 512
    timeout            = 15
    architecture       = "x86_64"
    log_retention_days = 30
  }

  api = {
    ip_address_type = "ipv4"
  }
}

module "ap_southeast_2" {
  source = "../modules/region"

  region   = "ap-southeast-2"
  name     = local.name
  bundle   = "${path.root}/../../dist/shop.zip"
  api      = local.api
  function = local.function

  domains                 = local.domains
  validation_record_fqdns = local.validation_record_fqdns
}
