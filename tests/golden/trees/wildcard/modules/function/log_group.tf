# Written by tfgen from tfgen.yaml, which is the place to change it: `tfgen render` writes this
# file again. Resources of your own go into files of your own, which tfgen leaves alone.

locals {
  log_group_name = "/aws/lambda/${var.name}"
}

resource "aws_cloudwatch_log_group" "this" {
  region = var.region

  name              = local.log_group_name
  retention_in_days = var.function.log_retention_days
  kms_key_id        = local.key_arn
}
