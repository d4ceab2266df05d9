# The API is described by the document in document.tf. What is off is named as well: the provider keeps
# what its configuration no longer mentions.
resource "aws_api_gateway_rest_api" "this" {
  region = var.region

  name = var.name
  # tfgen: when compression, security_policy
  body = jsonencode(merge(local.document, local.settings))
  # tfgen: else
  # body = jsonencode(local.document)
  # tfgen: end
  # tfgen: when binary_media_types
  binary_media_types = var.api.binary_media_types
  # tfgen: else
  # binary_media_types = []
  # tfgen: end
  # tfgen: when disable_execute_api
  disable_execute_api_endpoint = var.api.disable_execute_api
  # tfgen: else
  # disable_execute_api_endpoint = false
  # tfgen: end
  # tfgen: when compression
  minimum_compression_size = var.api.compression
  # tfgen: else
  # minimum_compression_size = -1
  # tfgen: end
  # tfgen: when security_policy
  security_policy      = var.api.security_policy
  endpoint_access_mode = local.endpoint_access_mode
  # tfgen: end

  endpoint_configuration {
    # tfgen: when edge
    types = [var.api.endpoint]
    # tfgen: else
    # types = ["REGIONAL"]
    # tfgen: end
    ip_address_type = var.api.ip_address_type
  }
}
