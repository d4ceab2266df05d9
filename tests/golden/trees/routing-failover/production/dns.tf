# Written by tfgen from tfgen.yaml, which is the place to change it: `tfgen render` writes this
# file again. Resources of your own go into files of your own, which tfgen leaves alone.

locals {
  domains = ["shop.example.com"]

  # Every domain has the same records in every region.
  records = {
    for pair in setproduct(local.domains, ["A", "AAAA"]) : join(" ", pair) => {
      name = pair[0]
      type = pair[1]
    }
  }
}

resource "aws_route53_zone" "this" {
  name = "example.com"

  # Records can be changed even while us-east-1, where Route 53 takes changes, is not available.
  # https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/accelerated-recovery.html
  enable_accelerated_recovery = true
}

# Route 53 refuses records of two routing policies for one name. With another policy this is replaced,
# and with it all records: each is destroyed before the first is created.
resource "terraform_data" "routing" {
  triggers_replace = "failover"
}

resource "aws_route53_record" "secondary" {
  for_each = local.records

  zone_id         = aws_route53_zone.this.zone_id
  name            = each.value.name
  type            = each.value.type
  set_identifier  = "secondary"
  health_check_id = aws_route53_health_check.eu_west_2.id

  alias {
    name                   = module.eu_west_2.domain_targets[each.value.name].name
    zone_id                = module.eu_west_2.domain_targets[each.value.name].zone_id
    evaluate_target_health = true
  }

  failover_routing_policy {
    type = "SECONDARY"
  }

  lifecycle {
    replace_triggered_by = [terraform_data.routing]
  }
}

resource "aws_route53_record" "primary" {
  for_each = local.records

  zone_id         = aws_route53_zone.this.zone_id
  name            = each.value.name
  type            = each.value.type
  set_identifier  = "primary"
  health_check_id = aws_route53_health_check.us_west_2.id

  alias {
    name                   = module.us_west_2.domain_targets[each.value.name].name
    zone_id                = module.us_west_2.domain_targets[each.value.name].zone_id
    evaluate_target_health = true
  }

  failover_routing_policy {
    type = "PRIMARY"
  }

  lifecycle {
    replace_triggered_by = [terraform_data.routing]
  }
}
