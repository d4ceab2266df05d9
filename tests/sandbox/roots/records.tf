# Records of every routing policy, with health checks and an alarm, and a zone of its own name.

variable "prefix" {
  type = string
}

variable "weights" {
  type = map(number)
}

provider "aws" {
  region = "us-east-1"
}

locals {
  regions = {
    us-west-2 = { role = "PRIMARY", continent = null, country = "*" }
    eu-west-2 = { role = "SECONDARY", continent = "EU", country = null }
  }

  # Every name has an A and an AAAA record in every region.
  records = {
    for pair in setproduct(keys(local.regions), ["A", "AAAA"]) :
    "${pair[0]} ${pair[1]}" => { region = pair[0], type = pair[1] }
  }
}

resource "aws_route53_zone" "this" {
  name = "example.com"
}

resource "aws_vpc" "this" {
  cidr_block = "10.0.0.0/24"
}

resource "aws_route53_zone" "private" {
  name = "example.com"

  vpc {
    vpc_id = aws_vpc.this.id
  }
}

resource "aws_route53_health_check" "this" {
  for_each = local.regions

  type              = "HTTPS"
  fqdn              = "${each.key}.api.example.com"
  port              = 443
  resource_path     = "/_health"
  request_interval  = 10
  failure_threshold = 1
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = local.regions

  alarm_name          = "api-${each.key}"
  namespace           = "AWS/Route53"
  metric_name         = "HealthCheckStatus"
  statistic           = "Minimum"
  comparison_operator = "LessThanThreshold"
  threshold           = 1
  period              = 60
  evaluation_periods  = 1
  treat_missing_data  = "breaching"

  dimensions = {
    HealthCheckId = aws_route53_health_check.this[each.key].id
  }
}

# A host of its own for every region, so that a health check can ask it by name.
resource "aws_route53_record" "own" {
  for_each = local.records

  zone_id = aws_route53_zone.this.zone_id
  name    = "${each.value.region}.api.example.com"
  type    = each.value.type

  alias {
    name                   = "d-${each.value.region}.execute-api.${each.value.region}.amazonaws.com"
    zone_id                = "Z2FDTNDATAQYW2"
    evaluate_target_health = false
  }
}

resource "aws_route53_record" "this" {
  for_each = {
    for pair in setproduct(["latency", "weighted", "failover", "geolocation"], keys(local.records)) :
    join(" ", pair) => merge(local.records[pair[1]], { policy = pair[0], own = pair[1] })
  }

  zone_id         = aws_route53_zone.this.zone_id
  name            = "${each.value.policy}.example.com"
  type            = each.value.type
  set_identifier  = "${var.prefix}${each.value.region}"
  health_check_id = aws_route53_health_check.this[each.value.region].id

  dynamic "latency_routing_policy" {
    for_each = each.value.policy == "latency" ? [each.value.region] : []

    content {
      region = latency_routing_policy.value
    }
  }

  dynamic "weighted_routing_policy" {
    for_each = each.value.policy == "weighted" ? [var.weights[each.value.region]] : []

    content {
      weight = weighted_routing_policy.value
    }
  }

  dynamic "failover_routing_policy" {
    for_each = each.value.policy == "failover" ? [local.regions[each.value.region].role] : []

    content {
      type = failover_routing_policy.value
    }
  }

  dynamic "geolocation_routing_policy" {
    for_each = each.value.policy == "geolocation" ? [local.regions[each.value.region]] : []

    content {
      continent = geolocation_routing_policy.value.continent
      country   = geolocation_routing_policy.value.country
    }
  }

  alias {
    name                   = aws_route53_record.own[each.value.own].fqdn
    zone_id                = aws_route53_zone.this.zone_id
    evaluate_target_health = true
  }
}

data "aws_route53_zone" "public" {
  name         = aws_route53_zone.this.name
  private_zone = false
  depends_on   = [aws_route53_zone.private]
}

output "public_zone" {
  value = data.aws_route53_zone.public.zone_id == aws_route53_zone.this.zone_id
}
