resource "aws_lambda_function" "this" {
  region = var.region

  function_name = var.name
  description   = "${var.name} in ${var.region}"
  role          = aws_iam_role.this.arn
  # tfgen: when bundle
  runtime = var.function.runtime
  handler = var.function.handler
  # tfgen: end
  # tfgen: when image
  package_type = "Image"
  image_uri    = "${local.registry}/${var.function.image}"
  # tfgen: end
  architectures = [var.function.architecture]
  memory_size   = var.function.memory
  timeout       = var.function.timeout
  publish       = true
  # tfgen: when layers
  layers = var.function.layers
  # tfgen: end

  # tfgen: when direct
  filename = var.bundle
  # tfgen: end
  # tfgen: when s3
  s3_bucket = var.artifact.bucket
  s3_key    = var.artifact.key
  # tfgen: end
  # tfgen: when bundle
  # tfgen: when code_sha256
  # Compared with the code that Lambda has, so that an update which failed is planned again.
  code_sha256 = filebase64sha256(var.bundle)
  # tfgen: else
  # source_code_hash = filebase64sha256(var.bundle)
  # tfgen: end
  # tfgen: end

  # tfgen: when reserved_concurrency
  reserved_concurrent_executions = var.function.reserved_concurrency
  # tfgen: end

  # Naming the group here makes it exist before the function first logs; otherwise Lambda would
  # create one that keeps everything for ever.
  logging_config {
    log_format = "Text"
    log_group  = aws_cloudwatch_log_group.this.name
  }

  # What is off is set as well: Lambda keeps what an update does not name, and the AWS provider names
  # no block that is gone.
  ephemeral_storage {
    # tfgen: when ephemeral_storage
    size = var.function.ephemeral_storage
    # tfgen: else
    # size = 512
    # tfgen: end
  }

  tracing_config {
    # tfgen: when tracing
    mode = var.function.tracing ? "Active" : "PassThrough"
    # tfgen: else
    # mode = "PassThrough"
    # tfgen: end
  }

  # tfgen: when environment, secrets, tables
  # Lambda keeps no key for an environment without variables:
  # https://github.com/hashicorp/terraform-provider-aws/issues/6366
  # tfgen: when secrets, tables
  kms_key_arn = length(local.environment) > 0 ? local.key_arn : null
  # tfgen: else
  # kms_key_arn = length(var.environment) > 0 ? local.key_arn : null
  # tfgen: end

  dynamic "environment" {
    # tfgen: when secrets, tables
    for_each = length(local.environment) > 0 ? [local.environment] : []
    # tfgen: else
    # for_each = length(var.environment) > 0 ? [var.environment] : []
    # tfgen: end

    content {
      variables = environment.value
    }
  }
  # tfgen: end

  # tfgen: when vpc
  dynamic "vpc_config" {
    for_each = var.function.vpc[*]

    content {
      subnet_ids         = vpc_config.value.subnet_ids
      security_group_ids = vpc_config.value.security_group_ids
      # tfgen: when vpc_ipv6
      ipv6_allowed_for_dual_stack = vpc_config.value.ipv6
      # tfgen: end
    }
  }
  # tfgen: end
  # tfgen: when vpc_replacement

  # Lambda removes the network interfaces some time after the function, and what they belong to
  # cannot be deleted before.
  replace_security_groups_on_destroy = one(var.function.vpc[*].replace_security_groups_on_destroy)
  # tfgen: when vpc_replacement_ids
  replacement_security_group_ids = one(var.function.vpc[*].replacement_security_group_ids)
  # tfgen: end
  # tfgen: end

  # tfgen: when dead_letter
  dynamic "dead_letter_config" {
    for_each = aws_sqs_queue.dead_letter

    content {
      target_arn = dead_letter_config.value.arn
    }
  }
  # tfgen: end

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

# tfgen: when provisioned_concurrency
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
# tfgen: end
