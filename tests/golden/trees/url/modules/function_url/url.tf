# Written by tfgen from tfgen.yaml, which is the place to change it: `tfgen render` writes this
# file again. Resources of your own go into files of your own, which tfgen leaves alone.

resource "aws_lambda_function_url" "this" {
  region = var.region

  function_name      = var.function.name
  qualifier          = var.function.alias.name
  authorization_type = var.api.authorization

  dynamic "cors" {
    for_each = var.api.cors[*]

    content {
      allow_origins = cors.value.origins
      allow_methods = cors.value.methods
      # Lambda keeps names of headers in lower case, and the AWS provider compares them as they are.
      allow_headers = [for header in cors.value.headers : lower(header)]
      max_age       = cors.value.max_age
    }
  }

  lifecycle {
    replace_triggered_by = [terraform_data.alias]
  }
}

# A function that is replaced takes its alias along, and an alias its URL and its policy. Its ARN is
# then known after the apply only, which replaces these as well.
resource "terraform_data" "alias" {
  triggers_replace = var.function.alias.arn
}

# Everybody needs both permissions, the second for requests by way of the URL only:
# https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
resource "aws_lambda_permission" "url" {
  count = var.api.authorization == "NONE" ? 1 : 0

  region = var.region

  statement_id           = "AllowUrl"
  action                 = "lambda:InvokeFunctionUrl"
  function_name          = aws_lambda_function_url.this.function_name
  qualifier              = aws_lambda_function_url.this.qualifier
  principal              = "*"
  function_url_auth_type = "NONE"

  lifecycle {
    replace_triggered_by = [terraform_data.alias]
  }
}

resource "aws_lambda_permission" "function" {
  count = var.api.authorization == "NONE" ? 1 : 0

  region = var.region

  statement_id  = "AllowInvocationByUrl"
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function_url.this.function_name
  qualifier     = aws_lambda_function_url.this.qualifier
  principal     = "*"

  invoked_via_function_url = true

  lifecycle {
    replace_triggered_by = [terraform_data.alias]
  }
}
