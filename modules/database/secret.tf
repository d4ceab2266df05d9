# tfgen: when rds_secret
locals {
  # tfgen: when rds_managed_secret
  # tfgen: when rds_named_secret
  managed_secret = var.rds.secret == null ? var.found.secret : null
  # tfgen: else
  # managed_secret = var.found.secret
  # tfgen: end
  # tfgen: end

  # Both are read from the one secret when the function starts.
  # https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_secret_json_structure.html
  secret_keys = {
    # tfgen: when rds_variables
    (var.rds.variables.user)     = "username"
    (var.rds.variables.password) = "password"
    # tfgen: else
    # DB_USER     = "username"
    # DB_PASSWORD = "password"
    # tfgen: end
  }

  secrets = {
    for variable, key in local.secret_keys : variable => {
      # tfgen: when rds_managed_secret
      # tfgen: when rds_named_secret
      secretsmanager = local.managed_secret == null ? var.rds.secret : local.managed_secret.arn
      # tfgen: else
      # secretsmanager = one(local.managed_secret[*].arn)
      # tfgen: end
      # tfgen: else
      # secretsmanager = var.rds.secret
      # tfgen: end
      key = key
      # tfgen: when rds_managed_secret, rds_secret_key
      # tfgen: when rds_secret_key
      # tfgen: when rds_managed_secret
      kms_key = local.managed_secret == null ? var.rds.kms_key : local.managed_secret.kms_key
      # tfgen: else
      # kms_key = var.rds.kms_key
      # tfgen: end
      # tfgen: else
      # kms_key = one(local.managed_secret[*].kms_key)
      # tfgen: end
      # tfgen: end
    } if var.rds.auth == "secret"
  }
}
# tfgen: end
