# Written by tfgen from tfgen.yaml, which is the place to change it: `tfgen render` writes this
# file again. Resources of your own go into files of your own, which tfgen leaves alone.

locals {
  name = "hello-production"

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

module "eu_west_2" {
  source = "../modules/region"

  region = "eu-west-2"
  name   = local.name
  bundle = "${path.root}/../../.tfgen/bundles/src.zip"
  api    = local.api
  function = merge(local.function, {
    vpc = {
      subnet_ids         = ["subnet-0ccccccc", "subnet-0ddddddd"]
      security_group_ids = ["sg-0ccccccc"]
    }
  })
  environment = local.environment
  rds = {
    cluster = "hello-euw2"
    user    = "app"
    open    = true
  }
}

module "us_west_2" {
  source = "../modules/region"

  region = "us-west-2"
  name   = local.name
  bundle = "${path.root}/../../.tfgen/bundles/src.zip"
  api    = local.api
  function = merge(local.function, {
    vpc = {
      subnet_ids         = ["subnet-0aaaaaaa", "subnet-0bbbbbbb"]
      security_group_ids = ["sg-0aaaaaaa"]
    }
  })
  environment = local.environment
  rds = {
    cluster = "hello-usw2"
    user    = "app"
    open    = true
  }
}
