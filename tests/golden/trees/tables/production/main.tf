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

  # What the function may use in every region, by the variable that has its name.
  tables = {
    ITEMS_TABLE = {
      name    = module.items_table.name
      access  = "full"
      indexes = true
      stream  = true
    }
    SESSIONS_TABLE = {
      name   = module.sessions_table.name
      access = "write"
    }
  }
}

module "eu_west_2" {
  source = "../modules/region"

  region      = "eu-west-2"
  name        = local.name
  bundle      = "${path.root}/../../.tfgen/bundles/src.zip"
  api         = local.api
  function    = local.function
  environment = local.environment
  tables = merge(local.tables, {
    LEGACY_TABLE = {
      name    = "legacy-eu"
      access  = "read"
      indexes = true
    }
  })
}

module "us_west_2" {
  source = "../modules/region"

  region      = "us-west-2"
  name        = local.name
  bundle      = "${path.root}/../../.tfgen/bundles/src.zip"
  api         = local.api
  function    = local.function
  environment = local.environment
  tables = merge(local.tables, {
    LEGACY_TABLE = {
      name    = "legacy-us"
      access  = "read"
      indexes = true
    }
    SETTINGS_TABLE = {
      name   = module.settings_table.name
      access = "read"
    }
  })
}
