# Written by tfgen from tfgen.yaml, which is the place to change it: `tfgen render` writes this
# file again. Resources of your own go into files of your own, which tfgen leaves alone.

# The API is described by the document in document.tf. What is off is named as well: the provider keeps
# what its configuration no longer mentions.
resource "aws_api_gateway_rest_api" "this" {
  region = var.region

  name                         = var.name
  body                         = jsonencode(merge(local.document, local.settings))
  binary_media_types           = var.api.binary_media_types
  disable_execute_api_endpoint = var.api.disable_execute_api
  minimum_compression_size     = var.api.compression
  security_policy              = var.api.security_policy
  endpoint_access_mode         = local.endpoint_access_mode

  endpoint_configuration {
    types           = ["REGIONAL"]
    ip_address_type = var.api.ip_address_type
  }
}
