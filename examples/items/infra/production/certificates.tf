# Written by tfgen from tfgen.yaml, which is the place to change it: `tfgen render` writes this
# file again. Resources of your own go into files of your own, which tfgen leaves alone.

locals {
  validation_record_fqdns = {
    for name, record in aws_route53_record.certificate_validation : name => record.fqdn
  }
}

# ACM asks for the same record in every region of an account, so one serves all certificates of a
# domain.
resource "aws_route53_record" "certificate_validation" {
  for_each = toset(local.domains)

  zone_id = aws_route53_zone.this.zone_id
  name    = module.us_west_2.certificate_validations[each.key].name
  type    = module.us_west_2.certificate_validations[each.key].type
  ttl     = 300
  records = [module.us_west_2.certificate_validations[each.key].value]
}
