# Written by tfgen from tfgen.yaml, which is the place to change it: `tfgen render` writes this
# file again. Resources of your own go into files of your own, which tfgen leaves alone.

module "function" {
  source = "../function"

  region   = var.region
  name     = var.name
  bundle   = var.bundle
  function = var.function
}

module "api" {
  source = "../rest_api"

  region   = var.region
  name     = var.name
  function = module.function
  api      = var.api
}

module "domain" {
  source = "../domain"

  region                  = var.region
  names                   = var.domains
  validation_record_fqdns = var.validation_record_fqdns
  ip_address_type         = var.api.ip_address_type
  api                     = module.api
}
