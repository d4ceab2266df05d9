# Written by tfgen from tfgen.yaml, which is the place to change it: `tfgen render` writes this
# file again. Resources of your own go into files of your own, which tfgen leaves alone.

locals {
  domains = ["*.example.com", "example.com"]

  # Each leads to its region alone.
  region_domains = {
    eu-west-2 = "eu-west-2.example.com"
    us-west-2 = "us-west-2.example.com"
  }

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

resource "aws_route53_record" "eu_west_2" {
  for_each = local.records

  zone_id         = data.aws_route53_zone.this.zone_id
  name            = each.value.name
  type            = each.value.type
  set_identifier  = "eu-west-2"
  health_check_id = aws_route53_health_check.eu_west_2.id

  alias {
    name                   = module.eu_west_2.domain_targets[each.value.name].name
    zone_id                = module.eu_west_2.domain_targets[each.value.name].zone_id
    evaluate_target_health = true
  }

  latency_routing_policy {
    region = "eu-west-2"
  }

  lifecycle {
    replace_triggered_by = [terraform_data.routing]
  }
}

resource "aws_route53_record" "us_west_2" {
  for_each = local.records

  zone_id         = data.aws_route53_zone.this.zone_id
  name            = each.value.name
  type            = each.value.type
  set_identifier  = "us-west-2"
  health_check_id = aws_route53_health_check.us_west_2.id

  alias {
    name                   = module.us_west_2.domain_targets[each.value.name].name
    zone_id                = module.us_west_2.domain_targets[each.value.name].zone_id
    evaluate_target_health = true
  }

  latency_routing_policy {
    region = "us-west-2"
  }

  lifecycle {
    replace_triggered_by = [terraform_data.routing]
  }
}

resource "aws_route53_record" "eu_west_2_domain" {
  for_each = toset(["A", "AAAA"])

  zone_id = data.aws_route53_zone.this.zone_id
  name    = local.region_domains["eu-west-2"]
  type    = each.key

  alias {
    name                   = module.eu_west_2.domain_targets[local.region_domains["eu-west-2"]].name
    zone_id                = module.eu_west_2.domain_targets[local.region_domains["eu-west-2"]].zone_id
    evaluate_target_health = false
  }
}

resource "aws_route53_record" "us_west_2_domain" {
  for_each = toset(["A", "AAAA"])

  zone_id = data.aws_route53_zone.this.zone_id
  name    = local.region_domains["us-west-2"]
  type    = each.key

  alias {
    name                   = module.us_west_2.domain_targets[local.region_domains["us-west-2"]].name
    zone_id                = module.us_west_2.domain_targets[local.region_domains["us-west-2"]].zone_id
    evaluate_target_health = false
  }
}
