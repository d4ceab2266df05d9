# Written by tfgen from tfgen.yaml, which is the place to change it: `tfgen render` writes this
# file again. Resources of your own go into files of your own, which tfgen leaves alone.

resource "aws_apigatewayv2_api" "this" {
  region = var.region

  name            = var.name
  protocol_type   = "HTTP"
  ip_address_type = var.api.ip_address_type

  dynamic "cors_configuration" {
    for_each = var.api.cors[*]

    content {
      allow_origins     = cors_configuration.value.origins
      allow_methods     = cors_configuration.value.methods
      allow_headers     = cors_configuration.value.headers
      max_age           = cors_configuration.value.max_age
      allow_credentials = cors_configuration.value.credentials
    }
  }
}

resource "aws_apigatewayv2_integration" "function" {
  region = var.region

  api_id                 = aws_apigatewayv2_api.this.id
  integration_type       = "AWS_PROXY"
  integration_uri        = var.function.alias.invoke_arn
  payload_format_version = "2.0"
}

resource "aws_apigatewayv2_authorizer" "jwt" {
  count = var.api.jwt == null ? 0 : 1

  region = var.region

  api_id           = aws_apigatewayv2_api.this.id
  name             = "jwt"
  authorizer_type  = "JWT"
  identity_sources = ["$request.header.Authorization"]

  jwt_configuration {
    issuer   = var.api.jwt.issuer
    audience = var.api.jwt.audience
  }

  lifecycle {
    # API Gateway deletes no authorizer that a route names: the routes must let go of it first.
    create_before_destroy = true
  }
}

resource "aws_apigatewayv2_route" "default" {
  region = var.region

  api_id             = aws_apigatewayv2_api.this.id
  route_key          = "$default"
  target             = "integrations/${aws_apigatewayv2_integration.function.id}"
  authorization_type = var.api.authorization
  authorizer_id      = one(aws_apigatewayv2_authorizer.jwt[*].id)
}

# What everybody may ask, although the default route is not for everybody.
resource "aws_apigatewayv2_route" "open" {
  for_each = toset(concat(
    [for path in var.api.open_path[*] : "GET ${path}"],
    # Browsers send no credentials with the question whether they may ask:
    # https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html
    var.api.cors == null || var.api.authorization == "NONE" ? [] : ["OPTIONS /", "OPTIONS /{proxy+}"],
  ))

  region = var.region

  api_id             = aws_apigatewayv2_api.this.id
  route_key          = each.key
  target             = "integrations/${aws_apigatewayv2_integration.function.id}"
  authorization_type = "NONE"
}
