# Written by tfgen from tfgen.yaml, which is the place to change it: `tfgen render` writes this
# file again. Resources of your own go into files of your own, which tfgen leaves alone.

output "certificate_validation" {
  description = "The DNS record that ACM asks for: its name, type and value."
  value = one([
    for option in aws_acm_certificate.this.domain_validation_options : {
      name  = option.resource_record_name
      type  = option.resource_record_type
      value = option.resource_record_value
    }
  ])
}

output "target" {
  description = "What the domain's alias records point to: a host name and its hosted zone."
  value = {
    name    = aws_api_gateway_domain_name.this.regional_domain_name
    zone_id = aws_api_gateway_domain_name.this.regional_zone_id
  }
}
