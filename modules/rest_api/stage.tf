resource "aws_api_gateway_deployment" "this" {
  region = var.region

  rest_api_id = aws_api_gateway_rest_api.this.id

  # A deployment is a snapshot, and the document is all of the API, which changes before the snapshot
  # is taken. https://docs.aws.amazon.com/apigateway/latest/developerguide/updating-api.html
  triggers = {
    redeployment = sha1(aws_api_gateway_rest_api.this.body)
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

  # A stage serves only when it may call the function.
  # tfgen: when account_role
  # API Gateway refuses to log before the account has told it how.
  depends_on = [aws_lambda_permission.api, aws_api_gateway_account.this]
  # tfgen: else
  # depends_on = [aws_lambda_permission.api]
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
