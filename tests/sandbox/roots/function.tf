provider "aws" {
  region = "eu-west-2"
}

variable "bundle" {
  type = string
}

variable "url" {
  type = object({ auth = string, cors = bool })
}

variable "concurrency" {
  type = object({ reserved = number, provisioned = number })
}

data "aws_caller_identity" "this" {}

resource "aws_kms_key" "this" {}

resource "aws_s3_bucket" "this" {
  bucket        = "hello-production-${data.aws_caller_identity.this.account_id}-eu-west-2"
  force_destroy = true
  tags          = { team = "edge" }
}

resource "aws_s3_bucket_public_access_block" "this" {
  bucket                  = aws_s3_bucket.this.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "this" {
  bucket = aws_s3_bucket.this.id
  rule { object_ownership = "BucketOwnerEnforced" }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  bucket = aws_s3_bucket.this.id
  rule {
    bucket_key_enabled = true
    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.this.arn
    }
  }
}

resource "aws_s3_bucket_versioning" "this" {
  bucket = aws_s3_bucket.this.id
  versioning_configuration { status = "Enabled" }
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  bucket = aws_s3_bucket_versioning.this.bucket
  rule {
    id     = "old-bundles"
    status = "Enabled"
    filter {}
    noncurrent_version_expiration { noncurrent_days = 30 }
    abort_incomplete_multipart_upload { days_after_initiation = 1 }
  }
}

data "aws_iam_policy_document" "bucket" {
  statement {
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [aws_s3_bucket.this.arn, "${aws_s3_bucket.this.arn}/*"]
    principals {
      type        = "*"
      identifiers = ["*"]
    }
    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}

resource "aws_s3_bucket_policy" "this" {
  bucket     = aws_s3_bucket.this.id
  policy     = data.aws_iam_policy_document.bucket.json
  depends_on = [aws_s3_bucket_public_access_block.this]
}

resource "aws_s3_object" "bundle" {
  bucket      = aws_s3_bucket.this.id
  key         = "${filesha256(var.bundle)}.zip"
  source      = abspath(var.bundle)
  source_hash = filemd5(var.bundle)
  depends_on  = [aws_s3_bucket_server_side_encryption_configuration.this, aws_s3_bucket_versioning.this]
}

data "aws_iam_policy_document" "assume" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "this" {
  name               = "hello-production-eu-west-2"
  assume_role_policy = data.aws_iam_policy_document.assume.json
}

resource "aws_iam_role_policy_attachment" "vpc" {
  role       = aws_iam_role.this.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole"
}

data "aws_iam_policy_document" "extra" {
  statement {
    actions   = ["sqs:SendMessage"]
    resources = [aws_sqs_queue.this.arn]
  }
  statement {
    actions   = ["dynamodb:GetItem"]
    resources = ["*"]
  }
}

resource "aws_iam_role_policy" "extra" {
  name   = "extra"
  role   = aws_iam_role.this.name
  policy = data.aws_iam_policy_document.extra.json
}

resource "aws_sqs_queue" "this" {
  name                      = "hello-production-dead-letter"
  message_retention_seconds = 1209600
  sqs_managed_sse_enabled   = true
}

resource "aws_sqs_queue" "kms" {
  name                              = "hello-production-kms"
  kms_master_key_id                 = aws_kms_key.this.arn
  kms_data_key_reuse_period_seconds = 300
}

resource "aws_vpc" "this" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "this" {
  for_each   = { a = "10.0.0.0/24", b = "10.0.1.0/24" }
  vpc_id     = aws_vpc.this.id
  cidr_block = each.value
}

resource "aws_security_group" "this" {
  name   = "hello"
  vpc_id = aws_vpc.this.id
}

resource "aws_lambda_layer_version" "this" {
  layer_name = "hello-layer"
  # The provider works in a folder of its own.
  filename            = abspath("layer.zip")
  source_code_hash    = filebase64sha256("layer.zip")
  compatible_runtimes = ["python3.13"]
}

resource "aws_cloudwatch_log_group" "this" {
  name = "/aws/lambda/hello-production"
}

resource "aws_lambda_function" "this" {
  function_name                  = "hello-production"
  role                           = aws_iam_role.this.arn
  s3_bucket                      = aws_s3_object.bundle.bucket
  s3_key                         = aws_s3_object.bundle.key
  source_code_hash               = filebase64sha256(var.bundle)
  runtime                        = "python3.13"
  handler                        = "app.handler"
  timeout                        = 10
  publish                        = true
  layers                         = [aws_lambda_layer_version.this.arn]
  reserved_concurrent_executions = var.concurrency.reserved
  ephemeral_storage { size = 1024 }
  dead_letter_config { target_arn = aws_sqs_queue.kms.arn }
  vpc_config {
    subnet_ids         = [for subnet in aws_subnet.this : subnet.id]
    security_group_ids = [aws_security_group.this.id]
  }
  depends_on = [
    aws_cloudwatch_log_group.this,
    aws_iam_role_policy.extra,
    aws_iam_role_policy_attachment.vpc,
  ]
}

resource "aws_lambda_alias" "live" {
  name             = "live"
  function_name    = aws_lambda_function.this.function_name
  function_version = aws_lambda_function.this.version
}

resource "aws_lambda_provisioned_concurrency_config" "live" {
  function_name                     = aws_lambda_alias.live.function_name
  qualifier                         = aws_lambda_alias.live.name
  provisioned_concurrent_executions = var.concurrency.provisioned
}

resource "aws_lambda_function_url" "live" {
  function_name      = aws_lambda_function.this.function_name
  qualifier          = aws_lambda_alias.live.name
  authorization_type = var.url.auth
  dynamic "cors" {
    for_each = var.url.cors ? [1] : []
    content {
      allow_origins     = ["https://app.example.com"]
      allow_methods     = ["GET", "POST"]
      allow_headers     = ["content-type"]
      expose_headers    = ["x-version"]
      allow_credentials = true
      max_age           = 600
    }
  }
}

resource "aws_lambda_permission" "url" {
  statement_id           = "AllowUrl"
  action                 = "lambda:InvokeFunctionUrl"
  function_name          = aws_lambda_function.this.function_name
  qualifier              = aws_lambda_alias.live.name
  principal              = "*"
  function_url_auth_type = "NONE"
}

resource "aws_lambda_permission" "invoke" {
  statement_id  = "AllowInvokeUrl"
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.this.function_name
  qualifier     = aws_lambda_alias.live.name
  principal     = "*"
}

resource "aws_ecr_repository" "this" {
  name         = "hello"
  force_delete = true
}

resource "aws_lambda_function" "image" {
  function_name = "hello-image"
  role          = aws_iam_role.this.arn
  package_type  = "Image"
  image_uri     = "${data.aws_caller_identity.this.account_id}.dkr.ecr.eu-west-2.amazonaws.com/hello:v1"
  publish       = true
}

output "url" { value = aws_lambda_function_url.live.function_url }
