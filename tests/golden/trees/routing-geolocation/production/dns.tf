# Written by tfgen from tfgen.yaml, which is the place to change it: `tfgen render` writes this
# file again. Resources of your own go into files of your own, which tfgen leaves alone.

locals {
  domains = ["shop.example.com"]

  # Where the clients are that each region serves.
  locations = {
    eu-west-1 = {
      "continent:EU" = { continent = "EU" }
      GB             = { country = "GB" }
      "continent:AF" = { continent = "AF" }
    }
    us-east-1 = {
      "continent:NA" = { continent = "NA" }
    }
    us-west-2 = {
      "*"   = { country = "*" }
      US-WA = { country = "US", subdivision = "WA" }
      US-OR = { country = "US", subdivision = "OR" }
    }
  }

  # Every domain has a record of each type for every location.
  records = {
    for region, locations in local.locations : region => {
      for key in setproduct(local.domains, ["A", "AAAA"], keys(locations)) : join(" ", key) => {
        name     = key[0]
        type     = key[1]
        place    = key[2]
        location = locations[key[2]]
      }
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
  triggers_replace = "geolocation"
}

resource "aws_route53_record" "eu_west_1" {
  for_each = local.records["eu-west-1"]

  zone_id         = data.aws_route53_zone.this.zone_id
  name            = each.value.name
  type            = each.value.type
  set_identifier  = "eu-west-1 ${each.value.place}"
  health_check_id = aws_route53_health_check.eu_west_1.id

  alias {
    name                   = module.eu_west_1.domain_targets[each.value.name].name
    zone_id                = module.eu_west_1.domain_targets[each.value.name].zone_id
    evaluate_target_health = true
  }

  geolocation_routing_policy {
    continent   = lookup(each.value.location, "continent", null)
    country     = lookup(each.value.location, "country", null)
    subdivision = lookup(each.value.location, "subdivision", null)
  }

  lifecycle {
    replace_triggered_by = [terraform_data.routing]
  }
}

resource "aws_route53_record" "us_east_1" {
  for_each = local.records["us-east-1"]

  zone_id         = data.aws_route53_zone.this.zone_id
  name            = each.value.name
  type            = each.value.type
  set_identifier  = "us-east-1 ${each.value.place}"
  health_check_id = aws_route53_health_check.us_east_1.id

  alias {
    name                   = module.us_east_1.domain_targets[each.value.name].name
    zone_id                = module.us_east_1.domain_targets[each.value.name].zone_id
    evaluate_target_health = true
  }

  geolocation_routing_policy {
    continent   = lookup(each.value.location, "continent", null)
    country     = lookup(each.value.location, "country", null)
    subdivision = lookup(each.value.location, "subdivision", null)
  }

  lifecycle {
    replace_triggered_by = [terraform_data.routing]
  }
}

resource "aws_route53_record" "us_west_2" {
  for_each = local.records["us-west-2"]

  zone_id         = data.aws_route53_zone.this.zone_id
  name            = each.value.name
  type            = each.value.type
  set_identifier  = "us-west-2 ${each.value.place}"
  health_check_id = aws_route53_health_check.us_west_2.id

  alias {
    name                   = module.us_west_2.domain_targets[each.value.name].name
    zone_id                = module.us_west_2.domain_targets[each.value.name].zone_id
    evaluate_target_health = true
  }

  geolocation_routing_policy {
    continent   = lookup(each.value.location, "continent", null)
    country     = lookup(each.value.location, "country", null)
    subdivision = lookup(each.value.location, "subdivision", null)
  }

  lifecycle {
    replace_triggered_by = [terraform_data.routing]
  }
}
