output "environment" {
  description = "Environment variables that say where the database is."
  # tfgen: when rds_iam
  value = merge(local.environment, local.user_environment)
  # tfgen: else
  # value = local.environment
  # tfgen: end

  precondition {
    condition     = local.name != null
    error_message = "The database ${var.found.arn} was made without a name to connect to. Say it with `name`."
  }

  # tfgen: when rds_public
  precondition {
    condition     = !var.rds.public || var.found.public != false
    error_message = "The database ${var.found.arn} has no address outside its VPC. Remove `public`, and give the function a `vpc` in its region."
  }
  # tfgen: end
}

# tfgen: when rds_iam
output "user_arn" {
  description = "The user that IAM lets the function in as; null if something else lets it in."
  value       = var.rds.auth == "iam" ? "${local.users_arn}/${local.user}" : null

  precondition {
    condition     = var.rds.auth != "iam" || var.found.iam != false
    error_message = "The database ${var.found.arn} takes no tokens of IAM. Enable IAM database authentication where it is made, or use `auth: secret`."
  }
}
# tfgen: end

# tfgen: when rds_secret
output "secrets" {
  description = "Environment variables with the user and the password, by name: each with its place in Secrets Manager."
  value       = local.secrets

  # tfgen: when rds_managed_secret
  precondition {
    condition     = alltrue([for secret in values(local.secrets) : secret.secretsmanager != null])
    error_message = "RDS manages no secret for the database ${var.found.arn}. Let it manage the password of the master user, or name a secret with `secret`."
  }
  # tfgen: end
}
# tfgen: end
