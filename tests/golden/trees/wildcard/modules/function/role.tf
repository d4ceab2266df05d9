# Written by tfgen from tfgen.yaml, which is the place to change it: `tfgen render` writes this
# file again. Resources of your own go into files of your own, which tfgen leaves alone.

data "aws_iam_policy_document" "assume_role" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
  }
}

# IAM is global, so the name carries the region.
resource "aws_iam_role" "this" {
  name               = "${var.name}-${var.region}"
  description        = "What the function ${var.name} may do in ${var.region}"
  assume_role_policy = data.aws_iam_policy_document.assume_role.json
}

# The policy is made before the function, so it cannot ask it for its ARN.
locals {
  function_arn = "arn:${local.partition}:lambda:${var.region}:${local.account_id}:function:${var.name}"
}

data "aws_iam_policy_document" "function" {
  statement {
    sid       = "WriteLogs"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.this.arn}:*"]
  }

  # Lambda decrypts the environment when the function starts: as this role, and bound to the ARN of the
  # function. The grant that Lambda makes for that does not outlive the role; this statement does.
  # https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars-encryption.html
  statement {
    sid       = "DecryptEnvironment"
    actions   = ["kms:Decrypt"]
    resources = [local.key_arn]

    condition {
      test     = "StringLike"
      variable = "kms:EncryptionContext:aws:lambda:FunctionArn"
      values   = [local.function_arn, "${local.function_arn}:*"]
    }
  }
}

resource "aws_iam_role_policy" "this" {
  name   = "function"
  role   = aws_iam_role.this.name
  policy = data.aws_iam_policy_document.function.json
}
