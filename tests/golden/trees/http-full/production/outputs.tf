# Written by tfgen from tfgen.yaml, which is the place to change it: `tfgen render` writes this
# file again. Resources of your own go into files of your own, which tfgen leaves alone.

output "url" {
  description = "URL of the app: clients reach the nearest healthy region."
  value       = "https://${local.domains[0]}/"
}

output "urls" {
  description = "URL of each region's own endpoint."
  value = {
    ap-south-1 = module.ap_south_1.api.url
    eu-north-1 = module.eu_north_1.api.url
  }
}

output "functions" {
  description = "ARNs of each region's function and of the alias that serves requests."
  value = {
    ap-south-1 = module.ap_south_1.function
    eu-north-1 = module.eu_north_1.function
  }
}
