# Written by tfgen from tfgen.yaml, which is the place to change it: `tfgen render` writes this
# file again. Resources of your own go into files of your own, which tfgen leaves alone.

resource "aws_api_gateway_domain_name" "this" {
  for_each = toset(var.names)

  region = var.region

  domain_name              = each.key
  regional_certificate_arn = aws_acm_certificate_validation.this[each.key].certificate_arn
  security_policy          = "TLS_1_2"

  endpoint_configuration {
    types           = ["REGIONAL"]
    ip_address_type = var.ip_address_type
  }
}

# A mapping of this kind takes REST and HTTP APIs alike:
# https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-custom-domain-names.html
resource "aws_apigatewayv2_api_mapping" "this" {
  for_each = toset(var.names)

  region = var.region

  domain_name = aws_api_gateway_domain_name.this[each.key].domain_name
  api_id      = var.api.id
  stage       = var.api.stage_name
}
