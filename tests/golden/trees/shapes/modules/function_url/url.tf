# Written by tfgen from tfgen.yaml, which is the place to change it: `tfgen render` writes this
# file again. Resources of your own go into files of your own, which tfgen leaves alone.

resource "aws_lambda_function_url" "this" {
  region = var.region

  function_name      = var.function.name
  qualifier          = var.function.alias.name
  authorization_type = var.api.authorization
}
