# Written by tfgen from tfgen.yaml, which is the place to change it: `tfgen render` writes this
# file again. Resources of your own go into files of your own, which tfgen leaves alone.

locals {
  name = "bank-production"

  function = {
    runtime            = "python3.13"
    handler            = "app.handler"
    memory             = 512
    timeout            = 15
    architecture       = "arm64"
    log_retention_days = 30
    tracing            = true
  }

  api = {
    ip_address_type = "dualstack"
    authorization   = "AWS_IAM"
    open_path       = "/up"
    cors = {
      origins        = ["https://www.example.com", "http://localhost:8080"]
      methods        = ["GET", "POST"]
      headers        = ["Content-Type", "Authorization", "X-Amz-Date", "X-Amz-Security-Token"]
      max_age        = 600
      credentials    = true
      expose_headers = ["x-amzn-RequestId"]
    }
    throttle = {
      rate  = 500
      burst = 1000
    }
    access_logs = {
      retention_days = 90
      account_role   = true
    }
    binary_media_types  = ["image/png", "application/pdf"]
    compression         = 1024
    disable_execute_api = true
    security_policy     = "SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09"
  }
}

module "eu_west_1" {
  source = "../modules/region_production"

  region = "eu-west-1"
  name   = local.name
  bundle = "${path.root}/../../.tfgen/bundles/src.zip"
  api = merge(local.api, {
    web_acl_arn = "arn:aws:wafv2:eu-west-1:123456789012:regional/webacl/bank/1a2b3c4d"
  })
  function = local.function

  domains = concat(local.domains, [local.region_domains["eu-west-1"]])
  validation_record_fqdns = merge(local.validation_record_fqdns, {
    (local.region_domains["eu-west-1"]) = aws_route53_record.eu_west_1_validation.fqdn
  })
}

module "us_west_2" {
  source = "../modules/region_production"

  region = "us-west-2"
  name   = local.name
  bundle = "${path.root}/../../.tfgen/bundles/src.zip"
  api = merge(local.api, {
    web_acl_arn = "arn:aws:wafv2:us-west-2:123456789012:regional/webacl/bank/5e6f7a8b"
  })
  function = local.function

  domains = concat(local.domains, [local.region_domains["us-west-2"]])
  validation_record_fqdns = merge(local.validation_record_fqdns, {
    (local.region_domains["us-west-2"]) = aws_route53_record.us_west_2_validation.fqdn
  })
}
