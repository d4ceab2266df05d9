# Written by tfgen from tfgen.yaml, which is the place to change it: `tfgen render` writes this
# file again. Resources of your own go into files of your own, which tfgen leaves alone.

resource "aws_api_gateway_deployment" "this" {
  region = var.region

  rest_api_id = aws_api_gateway_rest_api.this.id

  # A deployment is a snapshot: whatever changes the API must be named here to go live.
  # https://docs.aws.amazon.com/apigateway/latest/developerguide/updating-api.html
  triggers = {
    redeployment = sha1(jsonencode({
      methods = {
        for name, method in aws_api_gateway_method.any : name => [
          method.resource_id,
          method.http_method,
          method.authorization,
          aws_api_gateway_integration.function[name].id,
          aws_api_gateway_integration.function[name].type,
          aws_api_gateway_integration.function[name].uri,
        ]
      }
      open = {
        for path, method in aws_api_gateway_method.open : path => [
          method.resource_id,
          method.http_method,
          aws_api_gateway_integration.open[path].id,
          aws_api_gateway_integration.open[path].uri,
        ]
      }
      preflight = {
        for name, response in aws_api_gateway_integration_response.preflight : name => [
          response.resource_id,
          response.response_parameters,
          response.response_templates,
          aws_api_gateway_integration.preflight[name].content_handling,
        ]
      }
      errors = {
        for type, response in aws_api_gateway_gateway_response.cors : type => response.response_parameters
      }
      binary_media_types  = aws_api_gateway_rest_api.this.binary_media_types
      disable_execute_api = aws_api_gateway_rest_api.this.disable_execute_api_endpoint
      compression         = aws_api_gateway_rest_api.this.minimum_compression_size
      security_policy     = aws_api_gateway_rest_api.this.security_policy
    }))
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_api_gateway_stage" "this" {
  region = var.region

  rest_api_id          = aws_api_gateway_rest_api.this.id
  deployment_id        = aws_api_gateway_deployment.this.id
  stage_name           = "live"
  xray_tracing_enabled = var.tracing

  dynamic "access_log_settings" {
    for_each = aws_cloudwatch_log_group.access_logs

    content {
      destination_arn = access_log_settings.value.arn
      format          = jsonencode(local.access_log_fields)
    }
  }

  # API Gateway refuses to log before the account has told it how.
  depends_on = [aws_api_gateway_account.this]
}

resource "aws_api_gateway_method_settings" "throttle" {
  count = var.api.throttle == null ? 0 : 1

  region = var.region

  rest_api_id = aws_api_gateway_rest_api.this.id
  stage_name  = aws_api_gateway_stage.this.stage_name
  method_path = "*/*"

  settings {
    throttling_rate_limit  = var.api.throttle.rate
    throttling_burst_limit = var.api.throttle.burst
  }
}

resource "aws_wafv2_web_acl_association" "this" {
  count = var.api.web_acl_arn == null ? 0 : 1

  region = var.region

  resource_arn = aws_api_gateway_stage.this.arn
  web_acl_arn  = var.api.web_acl_arn
}

resource "aws_lambda_permission" "api" {
  region = var.region

  statement_id  = "AllowRestApi"
  action        = "lambda:InvokeFunction"
  function_name = var.function.name
  qualifier     = var.function.alias.name
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_api_gateway_rest_api.this.execution_arn}/*/*"

  lifecycle {
    replace_triggered_by = [terraform_data.alias]
  }
}

# A function that is replaced takes its alias along, and an alias its policy. Its ARN is then known
# after the apply only, which replaces the permission as well.
resource "terraform_data" "alias" {
  triggers_replace = var.function.alias.arn
}
