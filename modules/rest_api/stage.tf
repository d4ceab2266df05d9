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
      # tfgen: when open_path
      open = {
        for path, method in aws_api_gateway_method.open : path => [
          method.resource_id,
          method.http_method,
          aws_api_gateway_integration.open[path].id,
          aws_api_gateway_integration.open[path].uri,
        ]
      }
      # tfgen: end
      # tfgen: when cors
      preflight = {
        for name, response in aws_api_gateway_integration_response.preflight : name => [
          response.resource_id,
          response.response_parameters,
          # tfgen: when cors_origins
          response.response_templates,
          # tfgen: end
          # tfgen: when binary_media_types
          aws_api_gateway_integration.preflight[name].content_handling,
          # tfgen: end
        ]
      }
      errors = {
        for type, response in aws_api_gateway_gateway_response.cors : type => response.response_parameters
      }
      # tfgen: end
      # tfgen: when binary_media_types
      binary_media_types = aws_api_gateway_rest_api.this.binary_media_types
      # tfgen: end
      # tfgen: when disable_execute_api
      disable_execute_api = aws_api_gateway_rest_api.this.disable_execute_api_endpoint
      # tfgen: end
      # tfgen: when compression
      compression = aws_api_gateway_rest_api.this.minimum_compression_size
      # tfgen: end
      # tfgen: when security_policy
      security_policy = aws_api_gateway_rest_api.this.security_policy
      # tfgen: end
    }))
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_api_gateway_stage" "this" {
  region = var.region

  rest_api_id   = aws_api_gateway_rest_api.this.id
  deployment_id = aws_api_gateway_deployment.this.id
  stage_name    = "live"
  # tfgen: when tracing
  xray_tracing_enabled = var.tracing
  # tfgen: end

  # tfgen: when access_logs
  dynamic "access_log_settings" {
    for_each = aws_cloudwatch_log_group.access_logs

    content {
      destination_arn = access_log_settings.value.arn
      format          = jsonencode(local.access_log_fields)
    }
  }
  # tfgen: end

  # tfgen: when account_role
  # API Gateway refuses to log before the account has told it how.
  depends_on = [aws_api_gateway_account.this]
  # tfgen: end
}

# tfgen: when throttle
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
# tfgen: end

# tfgen: when waf
resource "aws_wafv2_web_acl_association" "this" {
  count = var.api.web_acl_arn == null ? 0 : 1

  region = var.region

  resource_arn = aws_api_gateway_stage.this.arn
  web_acl_arn  = var.api.web_acl_arn
}
# tfgen: end

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
