# Written by tfgen from tfgen.yaml, which is the place to change it: `tfgen render` writes this
# file again. Resources of your own go into files of your own, which tfgen leaves alone.

locals {
  domains = ["chat.example.com"]

  # Every domain has the same records in every region.
  records = {
    for pair in setproduct(local.domains, ["A", "AAAA"]) : join(" ", pair) => {
      name = pair[0]
      type = pair[1]
    }
  }
}

data "aws_route53_zone" "this" {
  name         = "example.com"
  private_zone = false
}

# Route 53 refuses records of two routing policies for one name. With another policy this is replaced,
# and with it all records: each is destroyed before the first is created.
resource "terraform_data" "routing" {
  triggers_replace = "latency"
}

resource "aws_route53_record" "ap_south_1" {
  for_each = local.records

  zone_id         = data.aws_route53_zone.this.zone_id
  name            = each.value.name
  type            = each.value.type
  set_identifier  = "ap-south-1"
  health_check_id = aws_route53_health_check.ap_south_1.id

  alias {
    name                   = module.ap_south_1.domain_targets[each.value.name].name
    zone_id                = module.ap_south_1.domain_targets[each.value.name].zone_id
    evaluate_target_health = true
  }

  latency_routing_policy {
    region = "ap-south-1"
  }

  lifecycle {
    replace_triggered_by = [terraform_data.routing]
  }
}

resource "aws_route53_record" "eu_north_1" {
  for_each = local.records

  zone_id         = data.aws_route53_zone.this.zone_id
  name            = each.value.name
  type            = each.value.type
  set_identifier  = "eu-north-1"
  health_check_id = aws_route53_health_check.eu_north_1.id

  alias {
    name                   = module.eu_north_1.domain_targets[each.value.name].name
    zone_id                = module.eu_north_1.domain_targets[each.value.name].zone_id
    evaluate_target_health = true
  }

  latency_routing_policy {
    region = "eu-north-1"
  }

  lifecycle {
    replace_triggered_by = [terraform_data.routing]
  }
}
