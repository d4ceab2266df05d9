# Written by tfgen from tfgen.yaml, which is the place to change it: `tfgen render` writes this
# file again. Resources of your own go into files of your own, which tfgen leaves alone.

output "url" {
  description = "URL of the app: clients reach the nearest location of CloudFront."
  value       = "https://${local.domains[0]}/"
}

output "urls" {
  description = "URL of each region's own endpoint."
  value = {
    eu-central-1 = module.eu_central_1.api.url
  }
}

output "functions" {
  description = "ARNs of each region's function and of the alias that serves requests."
  value = {
    eu-central-1 = module.eu_central_1.function
  }
}
