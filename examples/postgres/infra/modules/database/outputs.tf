# Written by tfgen from tfgen.yaml, which is the place to change it: `tfgen render` writes this
# file again. Resources of your own go into files of your own, which tfgen leaves alone.

output "environment" {
  description = "Environment variables that say where the database is."
  value       = merge(local.environment, local.user_environment)

  precondition {
    condition     = local.name != null
    error_message = "The database ${var.found.arn} was made without a name to connect to. Say it with `name`."
  }
}

output "user_arn" {
  description = "The user that IAM lets the function in as; null if something else lets it in."
  value       = var.rds.auth == "iam" ? "${local.users_arn}/${local.user}" : null

  precondition {
    condition     = var.rds.auth != "iam" || var.found.iam != false
    error_message = "The database ${var.found.arn} takes no tokens of IAM. Enable IAM database authentication where it is made, or use `auth: secret`."
  }
}
