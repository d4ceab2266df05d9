# Written by tfgen from tfgen.yaml, which is the place to change it: `tfgen render` writes this
# file again. Resources of your own go into files of your own, which tfgen leaves alone.

# The API as an OpenAPI document, with the extensions of API Gateway:
# https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions.html
# The provider puts it in place of what the API had before, so everything must be in it.

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

locals {
  account_id = data.aws_caller_identity.current.account_id
  partition  = data.aws_partition.current.partition

  # Strings, not a reference to the function. A deployment is created before the one that it replaces is
  # destroyed, and Terraform then treats all that the deployment depends on in the same way. A function,
  # a role or a table has a fixed name, which cannot exist twice.
  # https://developer.hashicorp.com/terraform/language/meta-arguments/lifecycle#create_before_destroy
  function_arn = "arn:${local.partition}:lambda:${var.region}:${local.account_id}:function:${var.name}:live"

  integration = {
    type       = "aws_proxy"
    httpMethod = "POST"
    uri        = "arn:${local.partition}:apigateway:${var.region}:lambda:path/2015-03-31/functions/${local.function_arn}/invocations"
  }

  any_method = {
    x-amazon-apigateway-integration = local.integration
  }

  methods = { x-amazon-apigateway-any-method = local.any_method }

  document = {
    openapi = "3.0.1"
    info = {
      title   = var.name
      version = "1.0"
    }

    # The greedy path matches everything below the root, but not the root itself.
    paths = { for path in ["/", "/{proxy+}"] : path => local.methods }
  }
}
