# Written by tfgen from tfgen.yaml, which is the place to change it: `tfgen render` writes this
# file again. Resources of your own go into files of your own, which tfgen leaves alone.

resource "aws_lambda_function" "this" {
  region = var.region

  function_name = var.name
  description   = "${var.name} in ${var.region}"
  role          = aws_iam_role.this.arn
  runtime       = var.function.runtime
  handler       = var.function.handler
  architectures = [var.function.architecture]
  memory_size   = var.function.memory
  timeout       = var.function.timeout
  publish       = true

  filename = var.bundle
  # Compared with the code that Lambda has, so that an update which failed is planned again.
  code_sha256 = filebase64sha256(var.bundle)

  reserved_concurrent_executions = var.function.reserved_concurrency

  # Naming the group here makes it exist before the function first logs; otherwise Lambda would
  # create one that keeps everything for ever.
  logging_config {
    log_format = "Text"
    log_group  = aws_cloudwatch_log_group.this.name
  }

  # What is off is set as well: Lambda keeps what an update does not name, and the AWS provider names
  # no block that is gone.
  ephemeral_storage {
    size = var.function.ephemeral_storage
  }

  tracing_config {
    mode = "PassThrough"
  }

  dynamic "vpc_config" {
    for_each = var.function.vpc[*]

    content {
      subnet_ids                  = vpc_config.value.subnet_ids
      security_group_ids          = vpc_config.value.security_group_ids
      ipv6_allowed_for_dual_stack = vpc_config.value.ipv6
    }
  }

  # Lambda removes the network interfaces some time after the function, and what they belong to
  # cannot be deleted before.
  replace_security_groups_on_destroy = one(var.function.vpc[*].replace_security_groups_on_destroy)
  replacement_security_group_ids     = one(var.function.vpc[*].replacement_security_group_ids)

  dynamic "dead_letter_config" {
    for_each = aws_sqs_queue.dead_letter

    content {
      target_arn = dead_letter_config.value.arn
    }
  }

  depends_on = [aws_iam_role_policy.this]
}

resource "aws_lambda_alias" "live" {
  region = var.region

  name             = "live"
  description      = "The version that serves requests"
  function_name    = aws_lambda_function.this.function_name
  function_version = aws_lambda_function.this.version

  lifecycle {
    # A function that is replaced takes its alias along. Only then is its ARN not known beforehand.
    replace_triggered_by = [aws_lambda_function.this.arn]
  }
}

# On the alias, it goes along with it from version to version: nothing is replaced by a release.
# https://docs.aws.amazon.com/lambda/latest/dg/provisioned-concurrency.html
resource "aws_lambda_provisioned_concurrency_config" "live" {
  count = var.function.provisioned_concurrency == null ? 0 : 1

  region = var.region

  function_name                     = aws_lambda_function.this.function_name
  qualifier                         = aws_lambda_alias.live.name
  provisioned_concurrent_executions = var.function.provisioned_concurrency

  lifecycle {
    replace_triggered_by = [aws_lambda_alias.live.arn]
  }
}
