# Written by tfgen from tfgen.yaml, which is the place to change it: `tfgen render` writes this
# file again. Resources of your own go into files of your own, which tfgen leaves alone.

resource "aws_acm_certificate" "this" {
  for_each = toset(var.names)

  region = var.region

  domain_name       = each.key
  validation_method = "DNS"

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_acm_certificate_validation" "this" {
  for_each = toset(var.names)

  region = var.region

  certificate_arn         = aws_acm_certificate.this[each.key].arn
  validation_record_fqdns = [var.validation_record_fqdns[each.key]]
}
