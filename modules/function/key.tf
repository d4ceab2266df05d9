data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

locals {
  account_id = data.aws_caller_identity.current.account_id
  partition  = data.aws_partition.current.partition

  # tfgen: when given_key
  # tfgen: when own_key
  key_arn = one(concat(aws_kms_key.this[*].arn, data.aws_kms_key.given[*].arn))
  # tfgen: else
  # key_arn = data.aws_kms_key.given.arn
  # tfgen: end
  # tfgen: else
  # key_arn = aws_kms_key.this.arn
  # tfgen: end
}

# tfgen: when given_key
# A key that is not made here. Its policy is not either, and must let CloudWatch Logs, Lambda and the
# function use it.
data "aws_kms_key" "given" {
  # tfgen: when own_key
  count = var.kms_key == null ? 0 : 1

  # tfgen: end
  region = var.region

  key_id = var.kms_key

  lifecycle {
    postcondition {
      condition     = self.key_state == "Enabled" && self.key_spec == "SYMMETRIC_DEFAULT"
      error_message = "The key ${var.kms_key} cannot encrypt for Lambda and CloudWatch Logs: it must be enabled and symmetric, and is ${self.key_state} and ${self.key_spec}."
    }
  }
}
# tfgen: end

# tfgen: when own_key
resource "aws_kms_key" "this" {
  # tfgen: when given_key
  count = var.kms_key == null ? 1 : 0

  # tfgen: end
  region = var.region

  description             = "${var.name} in ${var.region}: environment and logs"
  enable_key_rotation     = true
  deletion_window_in_days = 30
  policy                  = data.aws_iam_policy_document.key.json

  tags = {
    Name = var.name
  }
}

resource "aws_kms_alias" "this" {
  # tfgen: when given_key
  count = var.kms_key == null ? 1 : 0

  # tfgen: end
  region = var.region

  name = "alias/${var.name}"
  # tfgen: when given_key
  target_key_id = aws_kms_key.this[0].key_id
  # tfgen: else
  # target_key_id = aws_kms_key.this.key_id
  # tfgen: end
}
# tfgen: end
