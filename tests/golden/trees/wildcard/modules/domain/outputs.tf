# Written by tfgen from tfgen.yaml, which is the place to change it: `tfgen render` writes this
# file again. Resources of your own go into files of your own, which tfgen leaves alone.

output "certificate_validations" {
  description = "For each domain, the DNS record that ACM asks for: its name, type and value."
  value = {
    for name, certificate in aws_acm_certificate.this : name => one([
      for option in certificate.domain_validation_options : {
        name  = option.resource_record_name
        type  = option.resource_record_type
        value = option.resource_record_value
      }
    ])
  }
}

output "targets" {
  description = "For each domain, what its alias records point to: a host name and its hosted zone."
  value = {
    for name, domain in aws_api_gateway_domain_name.this : name => {
      name    = domain.regional_domain_name
      zone_id = domain.regional_zone_id
    }
  }
}
