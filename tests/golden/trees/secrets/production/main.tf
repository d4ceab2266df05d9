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

  environment = {
    LOG_LEVEL = "info"
  }

  # Beside its region and its name, what a ciphertext is bound to: nobody decrypts it for another.
  encryption_context = {
    app   = "hello"
    stage = "production"
  }

  # Where the values are of the variables that are not in plain text.
  secrets = {
    TOKEN = { ssm = "/hello/token" }
  }
}

module "eu_west_2" {
  source = "../modules/region"

  region             = "eu-west-2"
  name               = local.name
  bundle             = "${path.root}/../../.tfgen/wrapped/src.zip"
  api                = local.api
  function           = local.function
  environment        = local.environment
  encryption_context = local.encryption_context
  secrets = merge(local.secrets, {
    DB          = { kms = "AQICAHjGmiEn8yoTlH1LbZhU69QMuhJVqInO+YmHgpnbWqV5RO/zzJOSQr95ZJweRonaeHu7ZnMDTucWXJVfK5gY9Git8hewMo8ln1jM1WmUTOCYRh7XdKAbLV8OiEAjGhiEDZl2YZ51QdQLtaSyFCbzU3nvpxTSDDRUbGmbzUcf/g2ayBk5LxEQlVv0TWic0h6TraTMfF81/2kk1Q==" }
    LICENSE     = { ssm = "arn:aws:ssm:eu-west-2:210987654321:parameter/shared/license:3", kms_key = "arn:aws:kms:eu-west-2:210987654321:key/3b1c0c5e-0d1f-4c58-9d6a-2f6f1c1d7a10" }
    PG          = { secretsmanager = "hello/pg", key = "url" }
    SIGNING_KEY = { kms = "AQICAHhwgmGgIjBjawk+rQQxGpDQI/MWyYu6LFidQEe3UXM9vC7Tl34rvy/THtibRGXCeydjsDjm+cfNDuSTDOXumVMEqceL86wWcLdFYid1QUoJ/a3glI45Do8Q2UowP82CDg/ezd/LkwZbbXDIU1AssYPnrJEhTRwxIldpDlHnj9XOhJAHMw6xxNtkonGJ2sfbcdMiAA3ROMT59w==" }
  })
}

module "us_west_2" {
  source = "../modules/region"

  region             = "us-west-2"
  name               = local.name
  bundle             = "${path.root}/../../.tfgen/wrapped/src.zip"
  api                = local.api
  function           = local.function
  environment        = merge(local.environment, { LOG_LEVEL = "debug" })
  encryption_context = local.encryption_context
  secrets = merge(local.secrets, {
    DB          = { kms = "AQICAHjLFjVgYjz5uNGbXaGjg76PIlsA16tZmYe21M481J5EMY6C1Y/3RMbMWPqX4CXq5P0FRzzucl5i8s7XCTmAH8b0ul91qHL1RGyzjmbmOJg07rlWhK7kydQ8G71Eryr/uxOa8IJZC1USOWJh8pLnPBNGxDY9JZCszAnCw/sKUXGOMR9R1XT89/9qVG47+8MGXC/J0oclT8BFtA==" }
    PG          = { secretsmanager = "arn:aws:secretsmanager:us-west-2:123456789012:secret:hello/pg-Ab12Cd", kms_key = "arn:aws:kms:us-west-2:123456789012:key/5f2e8f0a-4c62-4e0b-8f3a-9a0b6c7d8e9f" }
    SIGNING_KEY = { kms = "AQICAHhnjwpHA/qeWqN7XlgFhNSXsNdCM3VKZES6aV9s0QoNKFGalZRjAJV8PjTxtGR/+SxI7CQvP+98UQXp+iuDMZSEh1dhGAfWjjfTwEkW+QFzXKAosYBxE18Y450RexSh0Vr5hw9b06uTOXCJCgDn5IAlT9Cf0D7r8xqB4HwP3DRaa1X1C51HOhVVzWU7eCFsfXygDXXaGccDGw==" }
  })
}
