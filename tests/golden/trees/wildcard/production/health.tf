# Written by tfgen from tfgen.yaml, which is the place to change it: `tfgen render` writes this
# file again. Resources of your own go into files of your own, which tfgen leaves alone.

locals {
  # The checkers are always named: an update that names none keeps those that a health check has.
  checker_regions = [
    "ap-northeast-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "eu-west-1",
    "sa-east-1",
    "us-east-1",
    "us-west-1",
    "us-west-2",
  ]
}

# A health check asks its region's own host, so that no other region can answer for it.
resource "aws_route53_health_check" "eu_west_2" {
  type              = "HTTPS"
  fqdn              = aws_route53_record.eu_west_2_domain["A"].name
  port              = 443
  resource_path     = "/_health"
  enable_sni        = true
  request_interval  = 30
  failure_threshold = 3
  regions           = local.checker_regions

  tags = {
    Name = "tenants-production eu-west-2"
  }
}

# Route 53 reports to CloudWatch in this region only. A new check reports nothing for some minutes,
# which is no reason for an alarm.
resource "aws_cloudwatch_metric_alarm" "eu_west_2_health" {
  region = "us-east-1"

  alarm_name          = "tenants-production eu-west-2 health"
  alarm_description   = "Route 53 finds tenants-production in eu-west-2 unhealthy."
  namespace           = "AWS/Route53"
  metric_name         = "HealthCheckStatus"
  statistic           = "Minimum"
  period              = 60
  evaluation_periods  = 1
  comparison_operator = "LessThanThreshold"
  threshold           = 1
  treat_missing_data  = "missing"

  dimensions = {
    HealthCheckId = aws_route53_health_check.eu_west_2.id
  }
}

resource "aws_route53_health_check" "us_west_2" {
  type              = "HTTPS"
  fqdn              = aws_route53_record.us_west_2_domain["A"].name
  port              = 443
  resource_path     = "/_health"
  enable_sni        = true
  request_interval  = 30
  failure_threshold = 3
  regions           = local.checker_regions

  tags = {
    Name = "tenants-production us-west-2"
  }
}

resource "aws_cloudwatch_metric_alarm" "us_west_2_health" {
  region = "us-east-1"

  alarm_name          = "tenants-production us-west-2 health"
  alarm_description   = "Route 53 finds tenants-production in us-west-2 unhealthy."
  namespace           = "AWS/Route53"
  metric_name         = "HealthCheckStatus"
  statistic           = "Minimum"
  period              = 60
  evaluation_periods  = 1
  comparison_operator = "LessThanThreshold"
  threshold           = 1
  treat_missing_data  = "missing"

  dimensions = {
    HealthCheckId = aws_route53_health_check.us_west_2.id
  }
}
