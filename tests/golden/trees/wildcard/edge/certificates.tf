# Written by tfgen from tfgen.yaml, which is the place to change it: `tfgen render` writes this
# file again. Resources of your own go into files of your own, which tfgen leaves alone.

locals {
  # ACM asks for one record for a wildcard and for the name that it is below.
  # https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html
  validated_domains = { for name in local.domains : trimprefix(name, "*.") => name... }

  certificate_arns = {
    for name, validation in aws_acm_certificate_validation.this : name => validation.certificate_arn
  }
}

# CloudFront, which is in front of an edge endpoint, takes certificates of this region only.
resource "aws_acm_certificate" "this" {
  for_each = toset(local.domains)

  region = "us-east-1"

  domain_name       = each.key
  validation_method = "DNS"

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_route53_record" "certificate_validation" {
  for_each = local.validated_domains

  zone_id = data.aws_route53_zone.this.zone_id
  name    = one(aws_acm_certificate.this[each.value[0]].domain_validation_options).resource_record_name
  type    = one(aws_acm_certificate.this[each.value[0]].domain_validation_options).resource_record_type
  ttl     = 300
  records = [one(aws_acm_certificate.this[each.value[0]].domain_validation_options).resource_record_value]
}

resource "aws_acm_certificate_validation" "this" {
  for_each = toset(local.domains)

  region = "us-east-1"

  certificate_arn         = aws_acm_certificate.this[each.key].arn
  validation_record_fqdns = [aws_route53_record.certificate_validation[trimprefix(each.key, "*.")].fqdn]
}
