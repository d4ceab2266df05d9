# Written by tfgen from tfgen.yaml, which is the place to change it: `tfgen render` writes this
# file again. Resources of your own go into files of your own, which tfgen leaves alone.

locals {
  name = "tenants-production"

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
}

module "eu_west_2" {
  source = "../modules/region_production"

  region   = "eu-west-2"
  name     = local.name
  bundle   = "${path.root}/../../.tfgen/bundles/src.zip"
  api      = local.api
  function = local.function

  domains = concat(local.domains, [local.region_domains["eu-west-2"]])
  validation_record_fqdns = merge(local.validation_record_fqdns, {
    (local.region_domains["eu-west-2"]) = aws_route53_record.eu_west_2_validation.fqdn
  })
}

module "us_west_2" {
  source = "../modules/region_production"

  region   = "us-west-2"
  name     = local.name
  bundle   = "${path.root}/../../.tfgen/bundles/src.zip"
  api      = local.api
  function = local.function

  domains = concat(local.domains, [local.region_domains["us-west-2"]])
  validation_record_fqdns = merge(local.validation_record_fqdns, {
    (local.region_domains["us-west-2"]) = aws_route53_record.us_west_2_validation.fqdn
  })
}
