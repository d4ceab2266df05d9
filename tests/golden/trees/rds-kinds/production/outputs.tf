# Written by tfgen from tfgen.yaml, which is the place to change it: `tfgen render` writes this
# file again. Resources of your own go into files of your own, which tfgen leaves alone.

output "urls" {
  description = "URL of each region's own endpoint."
  value = {
    ap-southeast-2 = module.ap_southeast_2.api.url
    eu-central-1   = module.eu_central_1.api.url
    eu-west-2      = module.eu_west_2.api.url
    us-west-2      = module.us_west_2.api.url
  }
}

output "tables" {
  description = "Name of each table, and its ARN in its home region."
  value = {
    items = {
      name = module.items_table.name
      arn  = module.items_table.arn
    }
  }
}

output "functions" {
  description = "ARNs of each region's function and of the alias that serves requests."
  value = {
    ap-southeast-2 = module.ap_southeast_2.function
    eu-central-1   = module.eu_central_1.function
    eu-west-2      = module.eu_west_2.function
    us-west-2      = module.us_west_2.function
  }
}
