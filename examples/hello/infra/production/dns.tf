# Written by tfgen from tfgen.yaml, which is the place to change it: `tfgen render` writes this
# file again. Resources of your own go into files of your own, which tfgen leaves alone.

locals {
  domain = "api.example.com"
}

resource "aws_route53_zone" "this" {
  name = "example.com"
}

# ACM asks for the same record in every region of an account, so one serves all certificates.
resource "aws_route53_record" "certificate_validation" {
  zone_id = aws_route53_zone.this.zone_id
  name    = module.eu_west_2.certificate_validation.name
  type    = module.eu_west_2.certificate_validation.type
  ttl     = 300
  records = [module.eu_west_2.certificate_validation.value]
}

# A health check asks its region's own host, so that no other region can answer for it.
resource "aws_route53_health_check" "eu_west_2" {
  type              = "HTTPS"
  fqdn              = module.eu_west_2.api.host
  port              = 443
  resource_path     = "/${module.eu_west_2.api.stage_name}/_health"
  request_interval  = 10
  failure_threshold = 2

  tags = {
    Name = "hello-production eu-west-2"
  }
}

resource "aws_route53_record" "eu_west_2" {
  for_each = toset(["A", "AAAA"])

  zone_id         = aws_route53_zone.this.zone_id
  name            = local.domain
  type            = each.key
  set_identifier  = "eu-west-2"
  health_check_id = aws_route53_health_check.eu_west_2.id

  alias {
    name                   = module.eu_west_2.domain_target.name
    zone_id                = module.eu_west_2.domain_target.zone_id
    evaluate_target_health = true
  }

  latency_routing_policy {
    region = "eu-west-2"
  }
}

resource "aws_route53_health_check" "us_west_2" {
  type              = "HTTPS"
  fqdn              = module.us_west_2.api.host
  port              = 443
  resource_path     = "/${module.us_west_2.api.stage_name}/_health"
  request_interval  = 10
  failure_threshold = 2

  tags = {
    Name = "hello-production us-west-2"
  }
}

resource "aws_route53_record" "us_west_2" {
  for_each = toset(["A", "AAAA"])

  zone_id         = aws_route53_zone.this.zone_id
  name            = local.domain
  type            = each.key
  set_identifier  = "us-west-2"
  health_check_id = aws_route53_health_check.us_west_2.id

  alias {
    name                   = module.us_west_2.domain_target.name
    zone_id                = module.us_west_2.domain_target.zone_id
    evaluate_target_health = true
  }

  latency_routing_policy {
    region = "us-west-2"
  }
}
