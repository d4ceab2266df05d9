# tfgen: when cors
# Browsers ask with OPTIONS before they send what another origin wants. API Gateway answers that by
# itself; to its own responses, the function adds Access-Control-Allow-Origin:
# https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-cors.html
locals {
  preflight_headers = var.api.cors == null ? {} : {
    for header, value in {
      Access-Control-Allow-Origin  = var.api.cors.origins[0]
      Access-Control-Allow-Methods = join(",", var.api.cors.methods)
      Access-Control-Allow-Headers = join(",", var.api.cors.headers)
      Access-Control-Max-Age       = tostring(var.api.cors.max_age)
      # tfgen: when cors_credentials
      Access-Control-Allow-Credentials = var.api.cors.credentials ? "true" : null
      # tfgen: end
      # tfgen: when cors_origins
      Vary = length(var.api.cors.origins) > 1 ? "Origin" : null
      # tfgen: end
    } : header => value if value != null
  }

  preflight = {
    for cors in var.api.cors[*] : "options" => {
      responses = {
        "204" = {
          description = "What other origins may send"
          headers     = { for header in keys(local.preflight_headers) : header => { schema = { type = "string" } } }
        }
      }
      x-amazon-apigateway-integration = {
        type             = "mock"
        requestTemplates = { "application/json" = jsonencode({ statusCode = 204 }) }
        # tfgen: when binary_media_types
        # Otherwise API Gateway would take the template for bytes where all media types are binary.
        contentHandling = "CONVERT_TO_TEXT"
        # tfgen: end
        responses = {
          default = {
            statusCode = "204"
            responseParameters = {
              for header, value in local.preflight_headers : "method.response.header.${header}" => "'${value}'"
            }
            # tfgen: when cors_origins
            # A response can name one origin: the one that asks, if it is among those that may.
            responseTemplates = {
              "application/json" = <<-EOT
                #set($origin = $input.params().header.get("Origin"))
                #if("$!origin" == "")
                #set($origin = $input.params().header.get("origin"))
                #end
                #if(${join(" || ", [for origin in cors.origins : "$origin == \"${origin}\""])})
                #set($context.responseOverride.header.Access-Control-Allow-Origin = $origin)
                #end
              EOT
            }
            # tfgen: end
          }
        }
      }
    }
  }

  # Errors of API Gateway itself, which a script may read only with these headers.
  error_headers = var.api.cors == null ? {} : {
    for header, value in {
      # tfgen: when cors_origins
      # Templates cannot choose here. That any origin may read them gives nothing away: these
      # errors hold nothing of the app.
      Access-Control-Allow-Origin = (
        length(var.api.cors.origins) > 1 ? "method.request.header.Origin" : "'${var.api.cors.origins[0]}'"
      )
      Vary = length(var.api.cors.origins) > 1 ? "'Origin'" : null
      # tfgen: else
      # Access-Control-Allow-Origin = "'${var.api.cors.origins[0]}'"
      # tfgen: end
      # tfgen: when cors_credentials
      Access-Control-Allow-Credentials = var.api.cors.credentials ? "'true'" : null
      # tfgen: end
      # tfgen: when cors_expose_headers
      Access-Control-Expose-Headers = (
        length(var.api.cors.expose_headers) > 0 ? "'${join(",", var.api.cors.expose_headers)}'" : null
      )
      # tfgen: end
    } : "gatewayresponse.header.${header}" => value if value != null
  }

  error_responses = {
    for type in ["DEFAULT_4XX", "DEFAULT_5XX"] : type => { responseParameters = local.error_headers } if var.api.cors != null
  }
}
# tfgen: end
