# Written by tfgen from tfgen.yaml, which is the place to change it: `tfgen render` writes this
# file again. Resources of your own go into files of your own, which tfgen leaves alone.

locals {
  domain = "staging.example.org"
}

data "aws_route53_zone" "this" {
  name = "example.org"
}

# ACM asks for the same record in every region of an account, so one serves all certificates.
resource "aws_route53_record" "certificate_validation" {
  zone_id = data.aws_route53_zone.this.zone_id
  name    = module.eu_west_1.certificate_validation.name
  type    = module.eu_west_1.certificate_validation.type
  ttl     = 300
  records = [module.eu_west_1.certificate_validation.value]
}

resource "aws_route53_record" "eu_west_1" {
  for_each = toset(["A", "AAAA"])

  zone_id        = data.aws_route53_zone.this.zone_id
  name           = local.domain
  type           = each.key
  set_identifier = "eu-west-1"

  alias {
    name                   = module.eu_west_1.domain_target.name
    zone_id                = module.eu_west_1.domain_target.zone_id
    evaluate_target_health = true
  }

  latency_routing_policy {
    region = "eu-west-1"
  }
}
