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

  # Naming the group here makes it exist before the function first logs; otherwise Lambda would
  # create one that keeps everything for ever.
  logging_config {
    log_format = "Text"
    log_group  = aws_cloudwatch_log_group.this.name
  }

  # What is off is set as well: Lambda keeps what an update does not name, and the AWS provider names
  # no block that is gone.
  ephemeral_storage {
    size = 512
  }

  tracing_config {
    mode = "PassThrough"
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
