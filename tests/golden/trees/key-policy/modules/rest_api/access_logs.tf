# Written by tfgen from tfgen.yaml, which is the place to change it: `tfgen render` writes this
# file again. Resources of your own go into files of your own, which tfgen leaves alone.

# The function's key is for a log group of this name. The prefix keeps the log groups' resource policy
# short: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-and-resource-policy.html
resource "aws_cloudwatch_log_group" "access_logs" {
  count = var.api.access_logs == null ? 0 : 1

  region = var.region

  name              = "/aws/vendedlogs/apigateway/${var.name}"
  retention_in_days = var.api.access_logs.retention_days
  kms_key_id        = var.function.key_arn
}

locals {
  # https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-variables-for-access-logging.html
  access_log_fields = {
    requestId          = "$context.requestId"
    extendedRequestId  = "$context.extendedRequestId"
    requestTime        = "$context.requestTime"
    ip                 = "$context.identity.sourceIp"
    userAgent          = "$context.identity.userAgent"
    domainName         = "$context.domainName"
    httpMethod         = "$context.httpMethod"
    path               = "$context.path"
    protocol           = "$context.protocol"
    status             = "$context.status"
    responseLength     = "$context.responseLength"
    responseLatency    = "$context.responseLatency"
    integrationStatus  = "$context.integration.status"
    integrationLatency = "$context.integration.latency"
    integrationError   = "$context.integration.error"
    error              = "$context.error.message"
    errorType          = "$context.error.responseType"
  }
}
