# Written by tfgen from tfgen.yaml, which is the place to change it: `tfgen render` writes this
# file again. Resources of your own go into files of your own, which tfgen leaves alone.

locals {
  domains = ["*.edge.example.com"]

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

resource "aws_route53_record" "us_west_2" {
  for_each = local.records

  zone_id        = data.aws_route53_zone.this.zone_id
  name           = each.value.name
  type           = each.value.type
  set_identifier = "us-west-2"

  alias {
    name                   = module.us_west_2.domain_targets[each.value.name].name
    zone_id                = module.us_west_2.domain_targets[each.value.name].zone_id
    evaluate_target_health = false
  }

  latency_routing_policy {
    region = "us-west-2"
  }

  lifecycle {
    replace_triggered_by = [terraform_data.routing]
  }
}
