# Written by tfgen from tfgen.yaml, which is the place to change it: `tfgen render` writes this
# file again. Resources of your own go into files of your own, which tfgen leaves alone.

locals {
  name = "hello-staging"

  function = {
    runtime            = "python3.13"
    handler            = "app.handler"
    wrapper            = true
    memory             = 512
    timeout            = 15
    architecture       = "arm64"
    log_retention_days = 30
  }

  api = {
    ip_address_type = "dualstack"
  }

  # Beside its region and its name, what a ciphertext is bound to: nobody decrypts it for another.
  encryption_context = {
    app   = "hello"
    stage = "staging"
  }

  # Where the values are of the variables that are not in plain text.
  secrets = {
    DATABASE_URL = { ssm = "/hello/database-url" }
  }

  # What the function may use in every region, by the variable that has its name.
  tables = {
    ITEMS_TABLE = {
      name   = module.items_table.name
      access = "write"
    }
  }
}

module "us_west_2" {
  source = "../modules/region_staging"

  region             = "us-west-2"
  name               = local.name
  bundle             = "${path.root}/../../.tfgen/wrapped/src.zip"
  api                = local.api
  function           = local.function
  encryption_context = local.encryption_context
  secrets            = local.secrets
  tables             = local.tables
  rds = {
    cluster = "hello-staging"
    name    = "app"
    auth    = "secret"
    public  = true
    variables = {
      host = "PGHOST"
      port = "PGPORT"
    }
  }
}
