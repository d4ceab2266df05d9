# Written by tfgen from tfgen.yaml, which is the place to change it: `tfgen render` writes this
# file again. Resources of your own go into files of your own, which tfgen leaves alone.

locals {
  managed_secret = var.rds.secret == null ? var.found.secret : null

  # Both are read from the one secret when the function starts.
  # https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_secret_json_structure.html
  secret_keys = {
    (var.rds.variables.user)     = "username"
    (var.rds.variables.password) = "password"
  }

  secrets = {
    for variable, key in local.secret_keys : variable => {
      secretsmanager = local.managed_secret == null ? var.rds.secret : local.managed_secret.arn
      key            = key
      kms_key        = one(local.managed_secret[*].kms_key)
    } if var.rds.auth == "secret"
  }
}
