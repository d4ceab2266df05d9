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
