# Written by tfgen from tfgen.yaml, which is the place to change it: `tfgen render` writes this
# file again. Resources of your own go into files of your own, which tfgen leaves alone.

locals {
  name = "chat-production"

  function = {
    runtime            = "nodejs22.x"
    handler            = "index.handler"
    memory             = 512
    timeout            = 30
    architecture       = "arm64"
    log_retention_days = 30
    tracing            = true
  }

  api = {
    ip_address_type = "dualstack"
    authorization   = "JWT"
    jwt = {
      issuer   = "https://login.example.com"
      audience = ["chat", "admin"]
    }
    open_path = "/health/live"
    cors = {
      origins     = ["https://www.example.com"]
      methods     = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
      headers     = ["Authorization"]
      max_age     = 300
      credentials = true
    }
    throttle = {
      rate  = 100
      burst = 50
    }
    access_logs = {
      retention_days = 30
    }
  }
}

module "ap_south_1" {
  source = "../modules/region"

  region   = "ap-south-1"
  name     = local.name
  bundle   = "${path.root}/../../.tfgen/bundles/src.zip"
  api      = local.api
  function = local.function

  domains                 = local.domains
  validation_record_fqdns = local.validation_record_fqdns
}

module "eu_north_1" {
  source = "../modules/region"

  region   = "eu-north-1"
  name     = local.name
  bundle   = "${path.root}/../../.tfgen/bundles/src.zip"
  api      = local.api
  function = local.function

  domains                 = local.domains
  validation_record_fqdns = local.validation_record_fqdns
}
