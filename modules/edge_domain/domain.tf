# A domain cannot become one of an edge endpoint, or of a regional one, in place: it is replaced.
# https://github.com/hashicorp/terraform-provider-aws/issues/28059
resource "terraform_data" "endpoint_type" {
  input = "EDGE"
}

resource "aws_api_gateway_domain_name" "this" {
  for_each = toset(var.names)

  region = var.region

  domain_name     = each.key
  certificate_arn = var.certificate_arns[each.key]
  security_policy = "TLS_1_2"

  endpoint_configuration {
    types           = ["EDGE"]
    ip_address_type = var.ip_address_type
  }

  lifecycle {
    replace_triggered_by = [terraform_data.endpoint_type]
  }
}

resource "aws_api_gateway_base_path_mapping" "this" {
  for_each = aws_api_gateway_domain_name.this

  region = var.region

  domain_name = each.value.domain_name
  api_id      = var.api.id
  stage_name  = var.api.stage_name
}
