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
    # tfgen: when auth
    security = var.api.authorization == "AWS_IAM" ? [{ sigv4 = [] }] : []
    # tfgen: end
    x-amazon-apigateway-integration = local.integration
  }

  # tfgen: when cors
  methods = merge({ x-amazon-apigateway-any-method = local.any_method }, local.preflight)
  # tfgen: else
  # methods = { x-amazon-apigateway-any-method = local.any_method }
  # tfgen: end

  document = {
    openapi = "3.0.1"
    info = {
      title   = var.name
      version = "1.0"
    }
    # tfgen: when disable_execute_api
    servers = [{
      url = "/"
      x-amazon-apigateway-endpoint-configuration = {
        disableExecuteApiEndpoint = var.api.disable_execute_api
      }
    }]
    # tfgen: end

    # The greedy path matches everything below the root, but not the root itself.
    # tfgen: when open_path
    paths = merge(
      { for path in ["/", "/{proxy+}"] : path => local.methods },
      # The path that everybody may get.
      {
        for path in var.api.open_path[*] : path => merge(local.methods, {
          get = { x-amazon-apigateway-integration = local.integration }
        })
      },
    )
    # tfgen: else
    # paths = { for path in ["/", "/{proxy+}"] : path => local.methods }
    # tfgen: end
    # tfgen: when auth

    components = {
      securitySchemes = {
        sigv4 = {
          type                         = "apiKey"
          name                         = "Authorization"
          in                           = "header"
          x-amazon-apigateway-authtype = "awsSigv4"
        }
      }
    }
    # tfgen: end
    # tfgen: when cors

    x-amazon-apigateway-gateway-responses = local.error_responses
    # tfgen: end
    # tfgen: when binary_media_types

    x-amazon-apigateway-binary-media-types = var.api.binary_media_types
    # tfgen: end
  }
  # tfgen: when compression, security_policy

  # Not every API has these, and to name none is not the same as to name nothing.
  settings = merge(
    # tfgen: when compression
    {
      for size in [var.api.compression] : "x-amazon-apigateway-minimum-compression-size" => size if size >= 0
    },
    # tfgen: end
    # tfgen: when security_policy
    { for policy in var.api.security_policy[*] : "x-amazon-apigateway-security-policy" => policy },
    { for mode in local.endpoint_access_mode[*] : "x-amazon-apigateway-endpoint-access-mode" => mode },
    # tfgen: end
  )
  # tfgen: end
  # tfgen: when security_policy

  # Which API Gateway wants with every policy of this kind:
  # https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-security-policies.html
  endpoint_access_mode = startswith(coalesce(var.api.security_policy, "TLS_1_0"), "SecurityPolicy_") ? "BASIC" : null
  # tfgen: end
}
