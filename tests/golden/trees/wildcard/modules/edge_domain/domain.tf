# Written by tfgen from tfgen.yaml, which is the place to change it: `tfgen render` writes this
# file again. Resources of your own go into files of your own, which tfgen leaves alone.

# Not called "this": API Gateway does not make a regional domain name an edge one in one step, so that
# Terraform must not take the two for the same resource.
resource "aws_api_gateway_domain_name" "edge" {
  for_each = toset(var.names)

  region = var.region

  domain_name     = each.key
  certificate_arn = var.certificate_arns[each.key]
  security_policy = "TLS_1_2"

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
