# Written by tfgen from tfgen.yaml, which is the place to change it: `tfgen render` writes this
# file again. Resources of your own go into files of your own, which tfgen leaves alone.

data "aws_partition" "current" {}

# What is off is said as well: the provider leaves on what its configuration no longer mentions.
resource "aws_api_gateway_rest_api" "this" {
  region = var.region

  name                         = var.name
  binary_media_types           = var.api.binary_media_types
  disable_execute_api_endpoint = var.api.disable_execute_api
  minimum_compression_size     = var.api.compression
  security_policy              = var.api.security_policy
  endpoint_access_mode         = startswith(coalesce(var.api.security_policy, "TLS_1_0"), "SecurityPolicy_") ? "BASIC" : null

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

# The path that everybody may ask, unless it is the root, which is there already.
resource "aws_api_gateway_resource" "open" {
  for_each = local.open_segments

  region = var.region

  rest_api_id = aws_api_gateway_rest_api.this.id
  parent_id   = aws_api_gateway_rest_api.this.root_resource_id
  path_part   = each.key
}

locals {
  open_segments = toset(compact(split("/", coalesce(var.api.open_path, "/"))))

  # The greedy path matches everything below the root, but not the root itself.
  resources = merge(
    {
      root  = aws_api_gateway_rest_api.this.root_resource_id
      proxy = aws_api_gateway_resource.proxy.id
    },
    { for segment in local.open_segments : "open" => aws_api_gateway_resource.open[segment].id },
  )

  open_resources = {
    for path in var.api.open_path[*] : path => lookup(local.resources, "open", local.resources.root)
  }
}

resource "aws_api_gateway_method" "any" {
  for_each = local.resources

  region = var.region

  rest_api_id   = aws_api_gateway_rest_api.this.id
  resource_id   = each.value
  http_method   = "ANY"
  authorization = var.api.authorization
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

resource "aws_api_gateway_method" "open" {
  for_each = local.open_resources

  region = var.region

  rest_api_id   = aws_api_gateway_rest_api.this.id
  resource_id   = each.value
  http_method   = "GET"
  authorization = "NONE"
}

resource "aws_api_gateway_integration" "open" {
  for_each = local.open_resources

  region = var.region

  rest_api_id             = aws_api_gateway_rest_api.this.id
  resource_id             = each.value
  http_method             = aws_api_gateway_method.open[each.key].http_method
  type                    = "AWS_PROXY"
  integration_http_method = "POST"
  uri                     = var.function.alias.invoke_arn
}
