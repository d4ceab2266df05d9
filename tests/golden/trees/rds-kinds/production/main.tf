# Written by tfgen from tfgen.yaml, which is the place to change it: `tfgen render` writes this
# file again. Resources of your own go into files of your own, which tfgen leaves alone.

locals {
  name = "hello-production"

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
    stage = "production"
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

module "ap_southeast_2" {
  source = "../modules/region_production"

  region             = "ap-southeast-2"
  name               = local.name
  bundle             = "${path.root}/../../.tfgen/wrapped/src.zip"
  api                = local.api
  function           = local.function
  encryption_context = local.encryption_context
  secrets            = local.secrets
  tables             = local.tables
}

module "eu_central_1" {
  source = "../modules/region_production"

  region             = "eu-central-1"
  name               = local.name
  bundle             = "${path.root}/../../.tfgen/wrapped/src.zip"
  api                = local.api
  function           = local.function
  encryption_context = local.encryption_context
  secrets            = local.secrets
  tables             = local.tables
  rds = {
    cluster = "hello"
    auth    = "url"
    public  = true
  }
}

module "eu_west_2" {
  source = "../modules/region_production"

  region             = "eu-west-2"
  name               = local.name
  bundle             = "${path.root}/../../.tfgen/wrapped/src.zip"
  api                = local.api
  function           = local.function
  encryption_context = local.encryption_context
  secrets            = local.secrets
  tables             = local.tables
  rds = {
    instance = "hello"
    auth     = "secret"
    public   = true
  }
}

module "us_west_2" {
  source = "../modules/region_production"

  region = "us-west-2"
  name   = local.name
  bundle = "${path.root}/../../.tfgen/wrapped/src.zip"
  api    = local.api
  function = merge(local.function, {
    vpc = {
      subnet_ids         = ["subnet-0aaaaaaa", "subnet-0bbbbbbb"]
      security_group_ids = ["sg-0aaaaaaa"]
    }
  })
  encryption_context = local.encryption_context
  secrets            = local.secrets
  tables             = local.tables
  rds = {
    proxy  = "hello"
    name   = "app"
    auth   = "secret"
    secret = "hello/pg"
    variables = {
      host = "PGHOST"
      port = "PGPORT"
    }
  }
}
