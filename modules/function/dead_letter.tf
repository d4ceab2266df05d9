# tfgen: when dead_letter
# The events of asynchronous invocations that failed, after Lambda's own retries.
# https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
resource "aws_sqs_queue" "dead_letter" {
  count = var.function.dead_letter ? 1 : 0

  region = var.region

  name                      = "${var.name}-dead-letter"
  message_retention_seconds = 14 * 24 * 60 * 60
  sqs_managed_sse_enabled   = true
}
# tfgen: end
