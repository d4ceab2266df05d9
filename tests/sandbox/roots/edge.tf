# A REST API behind CloudFront, with a certificate of the region that CloudFront is in.

variable "endpoint" {
  type = string
}

variable "domain_endpoint" {
  type = string
}

provider "aws" {
  region = "eu-west-2"
}

provider "aws" {
  alias  = "us_east_1"
  region = "us-east-1"
}

locals {
  domain = "edge.example.com"
}

resource "aws_route53_zone" "this" {
  name = "example.com"
}

resource "aws_api_gateway_rest_api" "this" {
  name = "edge"

  endpoint_configuration {
    types = [var.endpoint]
  }
}

resource "aws_api_gateway_method" "this" {
  rest_api_id   = aws_api_gateway_rest_api.this.id
  resource_id   = aws_api_gateway_rest_api.this.root_resource_id
  http_method   = "GET"
  authorization = "NONE"
}

resource "aws_api_gateway_integration" "this" {
  rest_api_id = aws_api_gateway_method.this.rest_api_id
  resource_id = aws_api_gateway_method.this.resource_id
  http_method = aws_api_gateway_method.this.http_method
  type        = "MOCK"

  request_templates = {
    "application/json" = jsonencode({ statusCode = 200 })
  }
}

resource "aws_api_gateway_method_response" "this" {
  rest_api_id = aws_api_gateway_method.this.rest_api_id
  resource_id = aws_api_gateway_method.this.resource_id
  http_method = aws_api_gateway_method.this.http_method
  status_code = "200"
}

resource "aws_api_gateway_integration_response" "this" {
  rest_api_id = aws_api_gateway_integration.this.rest_api_id
  resource_id = aws_api_gateway_integration.this.resource_id
  http_method = aws_api_gateway_integration.this.http_method
  status_code = aws_api_gateway_method_response.this.status_code

  response_templates = {
    "application/json" = jsonencode({ message = "Hello from the edge" })
  }
}

resource "aws_api_gateway_deployment" "this" {
  rest_api_id = aws_api_gateway_rest_api.this.id
  depends_on  = [aws_api_gateway_integration_response.this]

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_api_gateway_stage" "this" {
  rest_api_id   = aws_api_gateway_rest_api.this.id
  deployment_id = aws_api_gateway_deployment.this.id
  stage_name    = "live"
}

resource "aws_acm_certificate" "this" {
  provider = aws.us_east_1

  domain_name       = local.domain
  validation_method = "DNS"
}

resource "aws_acm_certificate" "regional" {
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
  provider = aws.us_east_1

  certificate_arn         = aws_acm_certificate.this.arn
  validation_record_fqdns = [aws_route53_record.validation.fqdn]
}

resource "aws_api_gateway_domain_name" "this" {
  domain_name              = local.domain
  certificate_arn          = var.domain_endpoint == "EDGE" ? aws_acm_certificate_validation.this.certificate_arn : null
  regional_certificate_arn = var.domain_endpoint == "EDGE" ? null : aws_acm_certificate.regional.arn
  security_policy          = "TLS_1_2"

  endpoint_configuration {
    types = [var.domain_endpoint]
  }
}

resource "aws_api_gateway_base_path_mapping" "this" {
  domain_name = aws_api_gateway_domain_name.this.domain_name
  api_id      = aws_api_gateway_rest_api.this.id
  stage_name  = aws_api_gateway_stage.this.stage_name
}

resource "aws_route53_record" "this" {
  for_each = toset(["A", "AAAA"])

  zone_id = aws_route53_zone.this.zone_id
  name    = local.domain
  type    = each.value

  alias {
    name                   = aws_api_gateway_domain_name.this.cloudfront_domain_name
    zone_id                = aws_api_gateway_domain_name.this.cloudfront_zone_id
    evaluate_target_health = false
  }
}

output "alias_zone" {
  value = aws_api_gateway_domain_name.this.cloudfront_zone_id
}
