# Written by tfgen from tfgen.yaml, which is the place to change it: `tfgen render` writes this
# file again. Resources of your own go into files of your own, which tfgen leaves alone.

# A domain cannot become one of an edge endpoint, or of a regional one, in place: it is replaced.
# https://github.com/hashicorp/terraform-provider-aws/issues/28059
resource "terraform_data" "endpoint_type" {
  input = "REGIONAL"
}

resource "aws_api_gateway_domain_name" "this" {
  for_each = aws_acm_certificate_validation.this

  region = var.region

  domain_name              = each.key
  regional_certificate_arn = each.value.certificate_arn
  security_policy          = "TLS_1_2"

  endpoint_configuration {
    types           = ["REGIONAL"]
    ip_address_type = var.ip_address_type
  }

  dynamic "mutual_tls_authentication" {
    for_each = var.truststore[*]

    content {
      truststore_uri     = mutual_tls_authentication.value.uri
      truststore_version = mutual_tls_authentication.value.version
    }
  }

  lifecycle {
    replace_triggered_by = [terraform_data.endpoint_type]
  }
}

# A mapping of this kind takes REST and HTTP APIs alike:
# https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-custom-domain-names.html
resource "aws_apigatewayv2_api_mapping" "this" {
  for_each = aws_api_gateway_domain_name.this

  region = var.region

  domain_name = each.value.domain_name
  api_id      = var.api.id
  stage       = var.api.stage_name
}
