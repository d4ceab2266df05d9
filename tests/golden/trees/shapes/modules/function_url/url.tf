# Written by tfgen from tfgen.yaml, which is the place to change it: `tfgen render` writes this
# file again. Resources of your own go into files of your own, which tfgen leaves alone.

resource "aws_lambda_function_url" "this" {
  region = var.region

  function_name      = var.function.name
  qualifier          = var.function.alias.name
  authorization_type = var.api.authorization

  lifecycle {
    replace_triggered_by = [terraform_data.alias]
  }
}

# A function that is replaced takes its alias along, and an alias its URL and its policy. Its ARN is
# then known after the apply only, which replaces these as well.
resource "terraform_data" "alias" {
  triggers_replace = var.function.alias.arn
}
