# Written by tfgen from tfgen.yaml, which is the place to change it: `tfgen render` writes this
# file again. Resources of your own go into files of your own, which tfgen leaves alone.

output "targets" {
  description = "For each domain, what its alias records point to: a host name and its hosted zone."
  value = {
    for name, domain in aws_api_gateway_domain_name.edge : name => {
      name    = domain.cloudfront_domain_name
      zone_id = domain.cloudfront_zone_id
    }
  }
}
