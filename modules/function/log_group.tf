locals {
  log_group_name = "/aws/lambda/${var.name}"
}

resource "aws_cloudwatch_log_group" "this" {
  region = var.region

  name              = local.log_group_name
  retention_in_days = var.function.log_retention_days
  kms_key_id        = local.key_arn
}
