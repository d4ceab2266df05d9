# Written by tfgen from tfgen.yaml, which is the place to change it: `tfgen render` writes this
# file again. Resources of your own go into files of your own, which tfgen leaves alone.

locals {
  name = "hello-test"

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

  # Beside its region and its name, what a ciphertext is bound to: nobody decrypts it for another.
  encryption_context = {
    app   = "hello"
    stage = "test"
  }
}

module "eu_west_2" {
  source = "../modules/region"

  region             = "eu-west-2"
  name               = local.name
  bundle             = "${path.root}/../../.tfgen/bundles/src.zip"
  api                = local.api
  function           = local.function
  environment        = local.environment
  encryption_context = local.encryption_context
}

module "us_west_2" {
  source = "../modules/region"

  region             = "us-west-2"
  name               = local.name
  bundle             = "${path.root}/../../.tfgen/bundles/src.zip"
  api                = local.api
  function           = local.function
  environment        = local.environment
  encryption_context = local.encryption_context
}
