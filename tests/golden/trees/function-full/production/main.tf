# Written by tfgen from tfgen.yaml, which is the place to change it: `tfgen render` writes this
# file again. Resources of your own go into files of your own, which tfgen leaves alone.

locals {
  name = "orders-production"

  function = {
    runtime                 = "python3.13"
    handler                 = "app.handler"
    memory                  = 512
    timeout                 = 15
    architecture            = "arm64"
    ephemeral_storage       = 2048
    log_retention_days      = 30
    reserved_concurrency    = 20
    provisioned_concurrency = 2
    policies = [
      {
        actions   = ["dynamodb:GetItem", "dynamodb:PutItem"]
        resources = ["arn:aws:dynamodb:*:123456789012:table/orders"]
        conditions = [
          {
            test     = "ForAllValues:StringEquals"
            variable = "dynamodb:LeadingKeys"
            values   = ["$${aws:username}"]
          },
        ]
      },
      {
        effect    = "Deny"
        actions   = ["s3:*"]
        resources = ["*"]
      },
    ]
    dead_letter = true
  }

  api = {
    ip_address_type = "dualstack"
  }
}

module "eu_west_1" {
  source = "../modules/region"

  region = "eu-west-1"
  name   = local.name
  bundle = "${path.root}/../../.tfgen/bundles/src.zip"
  api    = local.api
  function = merge(local.function, {
    vpc = {
      subnet_ids                         = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]
      security_group_ids                 = ["sg-0123456789abcdef0"]
      ipv6                               = true
      replace_security_groups_on_destroy = true
      replacement_security_group_ids     = ["sg-0123456789abcdef1"]
    }
  })
}

module "us_east_1" {
  source = "../modules/region"

  region = "us-east-1"
  name   = local.name
  bundle = "${path.root}/../../.tfgen/bundles/src.zip"
  api    = local.api
  function = merge(local.function, {
    ephemeral_storage       = 512
    provisioned_concurrency = 5
    policies                = []
    dead_letter             = false
  })
}
