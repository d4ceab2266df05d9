# Written by tfgen from tfgen.yaml, which is the place to change it: `tfgen render` writes this
# file again. Resources of your own go into files of your own, which tfgen leaves alone.

output "url" {
  description = "URL of the app: clients reach the nearest healthy region."
  value       = "https://${local.domains[1]}/"
}

output "urls" {
  description = "URL of each region's own endpoint."
  value = {
    eu-west-2 = "https://${local.region_domains["eu-west-2"]}/"
    us-west-2 = "https://${local.region_domains["us-west-2"]}/"
  }
}

output "functions" {
  description = "ARNs of each region's function and of the alias that serves requests."
  value = {
    eu-west-2 = module.eu_west_2.function
    us-west-2 = module.us_west_2.function
  }
}
