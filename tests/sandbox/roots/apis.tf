# A REST API and an HTTP API before one function, and a regional domain that leads to one of them.

variable "kind" {
  type = string
}

variable "auth" {
  type = string
}

variable "origin" {
  type = string
}

variable "fields" {
  type = list(string)
}

variable "own_hosts" {
  type = bool
}

variable "binary_types" {
  type = list(string)
}

variable "compression" {
  type = number
}

variable "rate" {
  type = number
}

variable "tags" {
  type = map(string)
}

provider "aws" {
  region = "eu-west-2"

  default_tags {
    tags = var.tags
  }
}

locals {
  domain = "api.example.com"
  format = jsonencode({ for field in var.fields : field => "$context.${field}" })
  cors = merge(
    {
      "Access-Control-Allow-Origin"  = "'${var.origin}'"
      "Access-Control-Allow-Methods" = "'GET,POST'"
      "Access-Control-Allow-Headers" = "'authorization'"
    },
    var.auth == "NONE" ? {} : { "Access-Control-Max-Age" = "'300'" },
  )
}

resource "aws_route53_zone" "this" {
  name = "example.com"
}

# The function

resource "aws_iam_role" "this" {
  name = "app"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = ["lambda.amazonaws.com", "apigateway.amazonaws.com"] }
    }]
  })
}

resource "aws_cloudwatch_log_group" "function" {
  name              = "/aws/lambda/app"
  retention_in_days = 7
}

resource "aws_lambda_function" "this" {
  function_name = "app"
  role          = aws_iam_role.this.arn
  runtime       = "python3.13"
  handler       = "app.handler"
  # The provider works in a folder of its own.
  filename         = abspath("app.zip")
  source_code_hash = filebase64sha256("app.zip")
  depends_on       = [aws_cloudwatch_log_group.function]
}

resource "aws_lambda_permission" "this" {
  for_each = {
    rest = aws_api_gateway_rest_api.this.execution_arn
    http = aws_apigatewayv2_api.this.execution_arn
  }

  statement_id  = each.key
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.this.function_name
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${each.value}/*"
}

# The REST API

resource "aws_api_gateway_account" "this" {
  cloudwatch_role_arn = aws_iam_role.this.arn
}

resource "aws_api_gateway_rest_api" "this" {
  name                         = "app"
  binary_media_types           = var.binary_types
  minimum_compression_size     = var.compression
  disable_execute_api_endpoint = !var.own_hosts

  endpoint_configuration {
    types = ["REGIONAL"]
  }
}

resource "aws_api_gateway_resource" "this" {
  for_each = toset(["_health", "{proxy+}"])

  rest_api_id = aws_api_gateway_rest_api.this.id
  parent_id   = aws_api_gateway_rest_api.this.root_resource_id
  path_part   = each.value
}

resource "aws_api_gateway_method" "this" {
  for_each = {
    "_health"  = "NONE"
    "{proxy+}" = var.auth
  }

  rest_api_id   = aws_api_gateway_rest_api.this.id
  resource_id   = aws_api_gateway_resource.this[each.key].id
  http_method   = each.key == "_health" ? "GET" : "ANY"
  authorization = each.value
}

resource "aws_api_gateway_integration" "this" {
  for_each = aws_api_gateway_method.this

  rest_api_id             = each.value.rest_api_id
  resource_id             = each.value.resource_id
  http_method             = each.value.http_method
  type                    = "AWS_PROXY"
  integration_http_method = "POST"
  uri                     = aws_lambda_function.this.invoke_arn
}

resource "aws_api_gateway_method" "preflight" {
  rest_api_id   = aws_api_gateway_rest_api.this.id
  resource_id   = aws_api_gateway_resource.this["{proxy+}"].id
  http_method   = "OPTIONS"
  authorization = "NONE"
}

resource "aws_api_gateway_integration" "preflight" {
  rest_api_id = aws_api_gateway_method.preflight.rest_api_id
  resource_id = aws_api_gateway_method.preflight.resource_id
  http_method = aws_api_gateway_method.preflight.http_method
  type        = "MOCK"

  request_templates = {
    "application/json" = jsonencode({ statusCode = 204 })
  }
}

resource "aws_api_gateway_method_response" "preflight" {
  rest_api_id         = aws_api_gateway_method.preflight.rest_api_id
  resource_id         = aws_api_gateway_method.preflight.resource_id
  http_method         = aws_api_gateway_method.preflight.http_method
  status_code         = "204"
  response_parameters = { for name, _ in local.cors : "method.response.header.${name}" => true }
}

resource "aws_api_gateway_integration_response" "preflight" {
  rest_api_id         = aws_api_gateway_integration.preflight.rest_api_id
  resource_id         = aws_api_gateway_integration.preflight.resource_id
  http_method         = aws_api_gateway_integration.preflight.http_method
  status_code         = aws_api_gateway_method_response.preflight.status_code
  response_parameters = { for name, value in local.cors : "method.response.header.${name}" => value }
}

resource "aws_api_gateway_gateway_response" "this" {
  for_each = toset(["DEFAULT_4XX", "DEFAULT_5XX"])

  rest_api_id   = aws_api_gateway_rest_api.this.id
  response_type = each.value

  response_parameters = {
    "gatewayresponse.header.Access-Control-Allow-Origin" = "'${var.origin}'"
  }
}

resource "aws_api_gateway_deployment" "this" {
  rest_api_id = aws_api_gateway_rest_api.this.id

  # Not the resources as a whole: the provider reads back more than it was given.
  triggers = {
    redeployment = sha1(jsonencode([
      var.auth,
      var.origin,
      var.own_hosts,
      var.binary_types,
      var.compression,
    ]))
  }

  depends_on = [
    aws_api_gateway_integration.this,
    aws_api_gateway_integration_response.preflight,
    aws_api_gateway_gateway_response.this,
  ]

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_cloudwatch_log_group" "this" {
  for_each = toset(["rest", "http"])

  name              = "/api/${each.value}"
  retention_in_days = 7
}

resource "aws_api_gateway_stage" "this" {
  rest_api_id   = aws_api_gateway_rest_api.this.id
  deployment_id = aws_api_gateway_deployment.this.id
  stage_name    = "live"

  access_log_settings {
    destination_arn = aws_cloudwatch_log_group.this["rest"].arn
    format          = local.format
  }

  depends_on = [aws_api_gateway_account.this]
}

resource "aws_api_gateway_method_settings" "this" {
  rest_api_id = aws_api_gateway_rest_api.this.id
  stage_name  = aws_api_gateway_stage.this.stage_name
  method_path = "*/*"

  settings {
    throttling_rate_limit  = var.rate
    throttling_burst_limit = 2 * var.rate
  }
}

resource "aws_wafv2_web_acl" "this" {
  name  = "app"
  scope = "REGIONAL"

  default_action {
    allow {}
  }

  visibility_config {
    cloudwatch_metrics_enabled = true
    metric_name                = "app"
    sampled_requests_enabled   = false
  }
}

resource "aws_wafv2_web_acl_association" "this" {
  resource_arn = aws_api_gateway_stage.this.arn
  web_acl_arn  = aws_wafv2_web_acl.this.arn
}

# The HTTP API

resource "aws_apigatewayv2_api" "this" {
  name                         = "app"
  protocol_type                = "HTTP"
  ip_address_type              = var.own_hosts ? "ipv4" : "dualstack"
  disable_execute_api_endpoint = !var.own_hosts

  cors_configuration {
    allow_origins = [var.origin]
    allow_methods = ["GET", "POST"]
    allow_headers = ["authorization"]
    max_age       = 300
  }
}

resource "aws_apigatewayv2_integration" "this" {
  api_id                 = aws_apigatewayv2_api.this.id
  integration_type       = "AWS_PROXY"
  integration_uri        = aws_lambda_function.this.arn
  payload_format_version = "2.0"
}

resource "aws_apigatewayv2_authorizer" "this" {
  api_id           = aws_apigatewayv2_api.this.id
  authorizer_type  = "JWT"
  name             = "jwt"
  identity_sources = ["$request.header.Authorization"]

  jwt_configuration {
    issuer   = "https://id.example.com"
    audience = ["app"]
  }
}

resource "aws_apigatewayv2_route" "this" {
  for_each = {
    "$default"     = var.auth == "NONE" ? "NONE" : "JWT"
    "GET /_health" = "NONE"
    "GET /signed"  = var.auth
  }

  api_id             = aws_apigatewayv2_api.this.id
  route_key          = each.key
  target             = "integrations/${aws_apigatewayv2_integration.this.id}"
  authorization_type = each.value
  authorizer_id      = each.value == "JWT" ? aws_apigatewayv2_authorizer.this.id : null
}

resource "aws_apigatewayv2_stage" "this" {
  api_id      = aws_apigatewayv2_api.this.id
  name        = "$default"
  auto_deploy = true

  access_log_settings {
    destination_arn = aws_cloudwatch_log_group.this["http"].arn
    format          = local.format
  }

  default_route_settings {
    throttling_rate_limit  = var.rate
    throttling_burst_limit = 2 * var.rate
  }
}

# The domain

resource "aws_acm_certificate" "this" {
  domain_name       = local.domain
  validation_method = "DNS"
}

resource "aws_route53_record" "validation" {
  zone_id = aws_route53_zone.this.zone_id
  name    = one(aws_acm_certificate.this.domain_validation_options).resource_record_name
  type    = one(aws_acm_certificate.this.domain_validation_options).resource_record_type
  records = [one(aws_acm_certificate.this.domain_validation_options).resource_record_value]
  ttl     = 300
}

resource "aws_acm_certificate_validation" "this" {
  certificate_arn         = aws_acm_certificate.this.arn
  validation_record_fqdns = [aws_route53_record.validation.fqdn]
}

resource "aws_api_gateway_domain_name" "this" {
  domain_name              = local.domain
  regional_certificate_arn = aws_acm_certificate_validation.this.certificate_arn
  security_policy          = "TLS_1_2"

  endpoint_configuration {
    types = ["REGIONAL"]
  }

  mutual_tls_authentication {
    truststore_uri = "s3://truststore/ca.pem"
  }
}

resource "aws_apigatewayv2_api_mapping" "this" {
  domain_name = aws_api_gateway_domain_name.this.domain_name
  api_id      = var.kind == "rest" ? aws_api_gateway_rest_api.this.id : aws_apigatewayv2_api.this.id
  stage       = var.kind == "rest" ? aws_api_gateway_stage.this.stage_name : aws_apigatewayv2_stage.this.name
}

resource "aws_route53_record" "this" {
  for_each = toset(["A", "AAAA"])

  zone_id = aws_route53_zone.this.zone_id
  name    = local.domain
  type    = each.value

  alias {
    name                   = aws_api_gateway_domain_name.this.regional_domain_name
    zone_id                = aws_api_gateway_domain_name.this.regional_zone_id
    evaluate_target_health = true
  }
}

resource "aws_route53_health_check" "this" {
  type              = "HTTPS"
  fqdn              = aws_route53_record.this["A"].fqdn
  port              = 443
  resource_path     = "/_health"
  request_interval  = 10
  failure_threshold = 1
}

output "health_check" {
  value = aws_route53_health_check.this.id
}

output "rest_host" {
  value = split("/", aws_api_gateway_stage.this.invoke_url)[2]
}

output "http_host" {
  value = split("/", aws_apigatewayv2_api.this.api_endpoint)[2]
}
