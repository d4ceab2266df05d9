# Written by tfgen from tfgen.yaml, which is the place to change it: `tfgen render` writes this
# file again. Resources of your own go into files of your own, which tfgen leaves alone.

resource "aws_apigatewayv2_stage" "this" {
  region = var.region

  api_id      = aws_apigatewayv2_api.this.id
  name        = "$default"
  auto_deploy = true

  # Limits are set even where the app has none: when the block goes, the AWS provider sends zeros, and
  # API Gateway refuses every request. The account's own limits count beside these.
  # https://github.com/hashicorp/terraform-provider-aws/issues/30373
  # https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-throttling.html
  default_route_settings {
    throttling_rate_limit  = var.api.throttle.rate
    throttling_burst_limit = var.api.throttle.burst
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

  lifecycle {
    replace_triggered_by = [terraform_data.alias]
  }
}

# A function that is replaced takes its alias along, and an alias its policy. Its ARN is then known
# after the apply only, which replaces the permission as well.
resource "terraform_data" "alias" {
  triggers_replace = var.function.alias.arn
}
