# Written by tfgen from tfgen.yaml, which is the place to change it: `tfgen render` writes this
# file again. Resources of your own go into files of your own, which tfgen leaves alone.

# Browsers ask with OPTIONS before they send what another origin wants. API Gateway answers that by
# itself; to its own responses, the function adds Access-Control-Allow-Origin:
# https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-cors.html
locals {
  preflight_resources = { for name, id in local.resources : name => id if var.api.cors != null }

  preflight_headers = var.api.cors == null ? {} : {
    for header, value in {
      Access-Control-Allow-Origin      = var.api.cors.origins[0]
      Access-Control-Allow-Methods     = join(",", var.api.cors.methods)
      Access-Control-Allow-Headers     = join(",", var.api.cors.headers)
      Access-Control-Max-Age           = tostring(var.api.cors.max_age)
      Access-Control-Allow-Credentials = var.api.cors.credentials ? "true" : null
      Vary                             = length(var.api.cors.origins) > 1 ? "Origin" : null
    } : header => value if value != null
  }
}

resource "aws_api_gateway_method" "preflight" {
  for_each = local.preflight_resources

  region = var.region

  rest_api_id   = aws_api_gateway_rest_api.this.id
  resource_id   = each.value
  http_method   = "OPTIONS"
  authorization = "NONE"
}

resource "aws_api_gateway_integration" "preflight" {
  for_each = local.preflight_resources

  region = var.region

  rest_api_id       = aws_api_gateway_rest_api.this.id
  resource_id       = each.value
  http_method       = aws_api_gateway_method.preflight[each.key].http_method
  type              = "MOCK"
  request_templates = { "application/json" = jsonencode({ statusCode = 204 }) }
  # Otherwise API Gateway would take the template for bytes where all media types are binary.
  content_handling = "CONVERT_TO_TEXT"
}

resource "aws_api_gateway_method_response" "preflight" {
  for_each = local.preflight_resources

  region = var.region

  rest_api_id = aws_api_gateway_rest_api.this.id
  resource_id = each.value
  http_method = aws_api_gateway_method.preflight[each.key].http_method
  status_code = "204"

  response_parameters = {
    for header in keys(local.preflight_headers) : "method.response.header.${header}" => true
  }
}

resource "aws_api_gateway_integration_response" "preflight" {
  for_each = local.preflight_resources

  region = var.region

  rest_api_id = aws_api_gateway_rest_api.this.id
  resource_id = each.value
  http_method = aws_api_gateway_integration.preflight[each.key].http_method
  status_code = aws_api_gateway_method_response.preflight[each.key].status_code

  response_parameters = {
    for header, value in local.preflight_headers : "method.response.header.${header}" => "'${value}'"
  }

  # A response can name one origin: the one that asks, if it is among those that may.
  response_templates = {
    "application/json" = <<-EOT
      #set($origin = $input.params().header.get("Origin"))
      #if("$!origin" == "")
      #set($origin = $input.params().header.get("origin"))
      #end
      #if(${join(" || ", [for origin in var.api.cors.origins : "$origin == \"${origin}\""])})
      #set($context.responseOverride.header.Access-Control-Allow-Origin = $origin)
      #end
    EOT
  }
}

# Errors of API Gateway itself, which a script may read only with these headers.
resource "aws_api_gateway_gateway_response" "cors" {
  for_each = toset(var.api.cors == null ? [] : ["DEFAULT_4XX", "DEFAULT_5XX"])

  region = var.region

  rest_api_id   = aws_api_gateway_rest_api.this.id
  response_type = each.key

  response_parameters = {
    for header, value in {
      # Templates cannot choose here. That any origin may read them gives nothing away: these
      # errors hold nothing of the app.
      Access-Control-Allow-Origin = (
        length(var.api.cors.origins) > 1 ? "method.request.header.Origin" : "'${var.api.cors.origins[0]}'"
      )
      Vary                             = length(var.api.cors.origins) > 1 ? "'Origin'" : null
      Access-Control-Allow-Credentials = var.api.cors.credentials ? "'true'" : null
      Access-Control-Expose-Headers = (
        length(var.api.cors.expose_headers) > 0 ? "'${join(",", var.api.cors.expose_headers)}'" : null
      )
    } : "gatewayresponse.header.${header}" => value if value != null
  }
}
