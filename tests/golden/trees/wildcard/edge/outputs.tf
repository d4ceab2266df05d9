# Written by tfgen from tfgen.yaml, which is the place to change it: `tfgen render` writes this
# file again. Resources of your own go into files of your own, which tfgen leaves alone.

output "urls" {
  description = "URL of each region's own endpoint."
  value = {
    us-west-2 = module.us_west_2.api.url
  }
}

output "functions" {
  description = "ARNs of each region's function and of the alias that serves requests."
  value = {
    us-west-2 = module.us_west_2.function
  }
}
