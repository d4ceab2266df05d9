# Written by tfgen from tfgen.yaml, which is the place to change it: `tfgen render` writes this
# file again. Resources of your own go into files of your own, which tfgen leaves alone.

resource "aws_apigatewayv2_stage" "this" {
  region = var.region

  api_id      = aws_apigatewayv2_api.this.id
  name        = "$default"
  auto_deploy = true

  dynamic "default_route_settings" {
    for_each = var.api.throttle[*]

    content {
      throttling_rate_limit  = default_route_settings.value.rate
      throttling_burst_limit = default_route_settings.value.burst
    }
  }

  dynamic "access_log_settings" {
    for_each = aws_cloudwatch_log_group.access_logs

    content {
      destination_arn = access_log_settings.value.arn
      format          = jsonencode(local.access_log_fields)
    }
  }
}

resource "aws_lambda_permission" "api" {
  region = var.region

  statement_id  = "AllowHttpApi"
  action        = "lambda:InvokeFunction"
  function_name = var.function.name
  qualifier     = var.function.alias.name
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_apigatewayv2_api.this.execution_arn}/*/*"
}
