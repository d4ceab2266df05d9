# Written by tfgen from tfgen.yaml, which is the place to change it: `tfgen render` writes this
# file again. Resources of your own go into files of your own, which tfgen leaves alone.

# The API is described by the document in document.tf. What is off is named as well: the provider keeps
# what its configuration no longer mentions.
resource "aws_api_gateway_rest_api" "this" {
  region = var.region

  name                         = var.name
  body                         = jsonencode(local.document)
  binary_media_types           = []
  disable_execute_api_endpoint = false
  minimum_compression_size     = -1

  endpoint_configuration {
    types           = [var.api.endpoint]
    ip_address_type = var.api.ip_address_type
  }
}
