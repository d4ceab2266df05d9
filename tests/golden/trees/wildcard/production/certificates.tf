# Written by tfgen from tfgen.yaml, which is the place to change it: `tfgen render` writes this
# file again. Resources of your own go into files of your own, which tfgen leaves alone.

locals {
  # ACM asks for one record for a wildcard and for the name that it is below.
  # https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html
  validated_domains = { for name in local.domains : trimprefix(name, "*.") => name... }

  validation_record_fqdns = {
    for name in local.domains : name => aws_route53_record.certificate_validation[trimprefix(name, "*.")].fqdn
  }
}

# ACM asks for the same record in every region of an account, so one serves all certificates of a
# domain.
resource "aws_route53_record" "certificate_validation" {
  for_each = local.validated_domains

  zone_id = data.aws_route53_zone.this.zone_id
  name    = module.eu_west_2.certificate_validations[each.value[0]].name
  type    = module.eu_west_2.certificate_validations[each.value[0]].type
  ttl     = 300
  records = [module.eu_west_2.certificate_validations[each.value[0]].value]
}

resource "aws_route53_record" "eu_west_2_validation" {
  zone_id = data.aws_route53_zone.this.zone_id
  name    = module.eu_west_2.certificate_validations[local.region_domains["eu-west-2"]].name
  type    = module.eu_west_2.certificate_validations[local.region_domains["eu-west-2"]].type
  ttl     = 300
  records = [module.eu_west_2.certificate_validations[local.region_domains["eu-west-2"]].value]
}

resource "aws_route53_record" "us_west_2_validation" {
  zone_id = data.aws_route53_zone.this.zone_id
  name    = module.us_west_2.certificate_validations[local.region_domains["us-west-2"]].name
  type    = module.us_west_2.certificate_validations[local.region_domains["us-west-2"]].type
  ttl     = 300
  records = [module.us_west_2.certificate_validations[local.region_domains["us-west-2"]].value]
}
