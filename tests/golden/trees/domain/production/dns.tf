# Written by tfgen from tfgen.yaml, which is the place to change it: `tfgen render` writes this
# file again. Resources of your own go into files of your own, which tfgen leaves alone.

locals {
  domain = "shop.example.com"
}

data "aws_route53_zone" "this" {
  name = "example.com"
}

# ACM asks for the same record in every region of an account, so one serves all certificates.
resource "aws_route53_record" "certificate_validation" {
  zone_id = data.aws_route53_zone.this.zone_id
  name    = module.ap_southeast_2.certificate_validation.name
  type    = module.ap_southeast_2.certificate_validation.type
  ttl     = 300
  records = [module.ap_southeast_2.certificate_validation.value]
}

resource "aws_route53_record" "ap_southeast_2" {
  for_each = toset(["A"])

  zone_id        = data.aws_route53_zone.this.zone_id
  name           = local.domain
  type           = each.key
  set_identifier = "ap-southeast-2"

  alias {
    name                   = module.ap_southeast_2.domain_target.name
    zone_id                = module.ap_southeast_2.domain_target.zone_id
    evaluate_target_health = true
  }

  latency_routing_policy {
    region = "ap-southeast-2"
  }
}
