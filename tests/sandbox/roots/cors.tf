# The module for REST APIs, as it is rendered, before a function that was made by hand.

variable "cors" {
  type = object({
    origins        = list(string)
    methods        = list(string)
    headers        = list(string)
    max_age        = number
    credentials    = bool
    expose_headers = list(string)
  })
}

provider "aws" {
  region = "eu-west-2"
}

data "aws_lambda_alias" "live" {
  function_name = "app"
  name          = "live"
}

module "api" {
  source = "../rest_api"

  region = "eu-west-2"
  name   = "app"

  function = {
    name = data.aws_lambda_alias.live.function_name
    alias = {
      name = data.aws_lambda_alias.live.name
      arn  = data.aws_lambda_alias.live.arn
    }
  }

  api = {
    ip_address_type = "ipv4"
    authorization   = "AWS_IAM"
    cors            = var.cors
  }
}

output "host" {
  value = module.api.host
}
