# Written by tfgen from tfgen.yaml, which is the place to change it: `tfgen render` writes this
# file again. Resources of your own go into files of your own, which tfgen leaves alone.

locals {
  name = "feed-production"

  function = {
    runtime            = "python3.13"
    handler            = "app.handler"
    memory             = 512
    timeout            = 15
    architecture       = "arm64"
    log_retention_days = 30
  }

  api = {
    ip_address_type     = "dualstack"
    disable_execute_api = true
  }
}

module "eu_west_1" {
  source = "../modules/region"

  region   = "eu-west-1"
  name     = local.name
  bundle   = "${path.root}/../../.tfgen/bundles/src.zip"
  api      = local.api
  function = local.function

  domains = concat(local.domains, [local.region_domains["eu-west-1"]])
  validation_record_fqdns = merge(local.validation_record_fqdns, {
    (local.region_domains["eu-west-1"]) = aws_route53_record.eu_west_1_validation.fqdn
  })
  truststore = {
    uri     = "s3://feed-trust-eu-west-1/authorities.pem"
    version = "v1"
  }
}

module "us_east_1" {
  source = "../modules/region"

  region   = "us-east-1"
  name     = local.name
  bundle   = "${path.root}/../../.tfgen/bundles/src.zip"
  api      = local.api
  function = local.function

  domains = concat(local.domains, [local.region_domains["us-east-1"]])
  validation_record_fqdns = merge(local.validation_record_fqdns, {
    (local.region_domains["us-east-1"]) = aws_route53_record.us_east_1_validation.fqdn
  })
  truststore = {
    uri = "s3://feed-trust-us-east-1/authorities.pem"
  }
}
