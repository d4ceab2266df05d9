# Written by tfgen from tfgen.yaml, which is the place to change it: `tfgen render` writes this
# file again. Resources of your own go into files of your own, which tfgen leaves alone.

locals {
  name = "postgres-production"

  function = {
    runtime            = "python3.13"
    handler            = "notes.handler"
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
  source = "../modules/region"

  region = "eu-west-2"
  name   = local.name
  bundle = "${path.root}/../../.tfgen/bundles/build.zip"
  api    = local.api
  function = merge(local.function, {
    vpc = {
      subnet_ids         = ["subnet-0e5f8d2a1c4b60001", "subnet-0e5f8d2a1c4b60002"]
      security_group_ids = ["sg-0e5f8d2a1c4b60001"]
    }
  })
  rds = {
    cluster = "notes-london"
    name    = "notes"
    user    = "notes"
    open    = true
  }
}

module "us_west_2" {
  source = "../modules/region"

  region = "us-west-2"
  name   = local.name
  bundle = "${path.root}/../../.tfgen/bundles/build.zip"
  api    = local.api
  function = merge(local.function, {
    vpc = {
      subnet_ids         = ["subnet-0a5e7c1d2b3f40001", "subnet-0a5e7c1d2b3f40002"]
      security_group_ids = ["sg-0a5e7c1d2b3f40001"]
    }
  })
  rds = {
    cluster = "notes-oregon"
    name    = "notes"
    user    = "notes"
    open    = true
  }
}
