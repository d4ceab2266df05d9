# Written by tfgen from tfgen.yaml, which is the place to change it: `tfgen render` writes this
# file again. Resources of your own go into files of your own, which tfgen leaves alone.

locals {
  name = "mixed-url"

  function = {
    runtime            = "python3.13"
    handler            = "app.handler"
    memory             = 512
    timeout            = 15
    architecture       = "arm64"
    log_retention_days = 30
  }

  api = {
    authorization = "AWS_IAM"
  }
}

module "eu_west_1" {
  source = "../modules/region_url"

  region   = "eu-west-1"
  name     = local.name
  bundle   = "${path.root}/../../.tfgen/bundles/src.zip"
  api      = local.api
  function = local.function
}
