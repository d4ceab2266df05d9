# Written by tfgen from tfgen.yaml, which is the place to change it: `tfgen render` writes this
# file again. Resources of your own go into files of your own, which tfgen leaves alone.

module "function" {
  source = "../function"

  region      = var.region
  name        = var.name
  bundle      = var.bundle
  function    = var.function
  environment = var.environment
}

module "rest_api" {
  source = "../rest_api"

  region          = var.region
  name            = var.name
  ip_address_type = var.api.ip_address_type
  function        = module.function
  tracing         = var.function.tracing
}

module "domain" {
  source = "../domain"

  region                 = var.region
  name                   = var.domain
  validation_record_fqdn = var.validation_record_fqdn
  ip_address_type        = var.api.ip_address_type
  api                    = module.rest_api
}
