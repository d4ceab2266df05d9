# Not called "this": API Gateway does not make a regional domain name an edge one in one step, so that
# Terraform must not take the two for the same resource.
resource "aws_api_gateway_domain_name" "edge" {
  for_each = toset(var.names)

  region = var.region

  domain_name     = each.key
  certificate_arn = var.certificate_arns[each.key]
  # tfgen: when security_policy
  # The policy of the API, but nothing older than TLS 1.2. Enhanced policies need an endpoint access
  # mode, and legacy policies must not have one:
  # https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-security-policies.html
  security_policy      = var.security_policy == "TLS_1_0" ? "TLS_1_2" : var.security_policy
  endpoint_access_mode = startswith(var.security_policy, "SecurityPolicy_") ? "BASIC" : null
  # tfgen: else
  # security_policy = "TLS_1_2"
  # tfgen: end

  endpoint_configuration {
    types           = ["EDGE"]
    ip_address_type = var.ip_address_type
  }
}

resource "aws_api_gateway_base_path_mapping" "this" {
  for_each = toset(var.names)

  region = var.region

  domain_name = aws_api_gateway_domain_name.edge[each.key].domain_name
  api_id      = var.api.id
  stage_name  = var.api.stage_name
}
