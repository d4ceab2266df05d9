# Written by tfgen from tfgen.yaml, which is the place to change it: `tfgen render` writes this
# file again. Resources of your own go into files of your own, which tfgen leaves alone.

data "aws_partition" "current" {}

# What is off is said as well: the provider leaves on what its configuration no longer mentions.
resource "aws_api_gateway_rest_api" "this" {
  region = var.region

  name                         = var.name
  binary_media_types           = []
  disable_execute_api_endpoint = false
  minimum_compression_size     = -1

  endpoint_configuration {
    types           = ["REGIONAL"]
    ip_address_type = var.api.ip_address_type
  }
}

resource "aws_api_gateway_resource" "proxy" {
  region = var.region

  rest_api_id = aws_api_gateway_rest_api.this.id
  parent_id   = aws_api_gateway_rest_api.this.root_resource_id
  path_part   = "{proxy+}"
}

locals {
  # The greedy path matches everything below the root, but not the root itself.
  resources = {
    root  = aws_api_gateway_rest_api.this.root_resource_id
    proxy = aws_api_gateway_resource.proxy.id
  }
}

resource "aws_api_gateway_method" "any" {
  for_each = local.resources

  region = var.region

  rest_api_id   = aws_api_gateway_rest_api.this.id
  resource_id   = each.value
  http_method   = "ANY"
  authorization = "NONE"
}

resource "aws_api_gateway_integration" "function" {
  for_each = local.resources

  region = var.region

  rest_api_id             = aws_api_gateway_rest_api.this.id
  resource_id             = each.value
  http_method             = aws_api_gateway_method.any[each.key].http_method
  type                    = "AWS_PROXY"
  integration_http_method = "POST"
  uri                     = var.function.alias.invoke_arn
}
