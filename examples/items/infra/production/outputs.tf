# Written by tfgen from tfgen.yaml, which is the place to change it: `tfgen render` writes this
# file again. Resources of your own go into files of your own, which tfgen leaves alone.

output "url" {
  description = "URL of the app: clients reach the nearest healthy region."
  value       = "https://${local.domains[0]}/"
}

output "name_servers" {
  description = "Name servers of the hosted zone. Delegate the zone to them at its registrar."
  value       = aws_route53_zone.this.name_servers
}

output "urls" {
  description = "URL of each region's own endpoint."
  value = {
    eu-west-2 = module.eu_west_2.api.url
    us-west-2 = module.us_west_2.api.url
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
    eu-west-2 = module.eu_west_2.function
    us-west-2 = module.us_west_2.function
  }
}
