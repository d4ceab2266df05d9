# Written by tfgen from tfgen.yaml, which is the place to change it: `tfgen render` writes this
# file again. Resources of your own go into files of your own, which tfgen leaves alone.

locals {
  domains = ["fastapi.example.com"]

  # Every domain has the same records in every region.
  records = {
    for pair in setproduct(local.domains, ["A", "AAAA"]) : join(" ", pair) => {
      name = pair[0]
      type = pair[1]
    }
  }

  validation_record_fqdns = {
    for name, record in aws_route53_record.certificate_validation : name => record.fqdn
  }
}

resource "aws_route53_zone" "this" {
  name = "example.com"
}

# ACM asks for the same record in every region of an account, so one serves all certificates of a
# domain.
resource "aws_route53_record" "certificate_validation" {
  for_each = toset(local.domains)

  zone_id = aws_route53_zone.this.zone_id
  name    = module.us_east_1.certificate_validations[each.key].name
  type    = module.us_east_1.certificate_validations[each.key].type
  ttl     = 300
  records = [module.us_east_1.certificate_validations[each.key].value]
}

# A health check asks its region's own host, so that no other region can answer for it.
resource "aws_route53_health_check" "eu_central_1" {
  type              = "HTTPS"
  fqdn              = module.eu_central_1.api.host
  port              = 443
  resource_path     = "${module.eu_central_1.api.stage_path}/_health"
  request_interval  = 30
  failure_threshold = 3

  tags = {
    Name = "fastapi-production eu-central-1"
  }
}

resource "aws_route53_record" "eu_central_1" {
  for_each = local.records

  zone_id         = aws_route53_zone.this.zone_id
  name            = each.value.name
  type            = each.value.type
  set_identifier  = "eu-central-1"
  health_check_id = aws_route53_health_check.eu_central_1.id

  alias {
    name                   = module.eu_central_1.domain_targets[each.value.name].name
    zone_id                = module.eu_central_1.domain_targets[each.value.name].zone_id
    evaluate_target_health = true
  }

  latency_routing_policy {
    region = "eu-central-1"
  }
}

resource "aws_route53_health_check" "us_east_1" {
  type              = "HTTPS"
  fqdn              = module.us_east_1.api.host
  port              = 443
  resource_path     = "${module.us_east_1.api.stage_path}/_health"
  request_interval  = 30
  failure_threshold = 3

  tags = {
    Name = "fastapi-production us-east-1"
  }
}

resource "aws_route53_record" "us_east_1" {
  for_each = local.records

  zone_id         = aws_route53_zone.this.zone_id
  name            = each.value.name
  type            = each.value.type
  set_identifier  = "us-east-1"
  health_check_id = aws_route53_health_check.us_east_1.id

  alias {
    name                   = module.us_east_1.domain_targets[each.value.name].name
    zone_id                = module.us_east_1.domain_targets[each.value.name].zone_id
    evaluate_target_health = true
  }

  latency_routing_policy {
    region = "us-east-1"
  }
}
