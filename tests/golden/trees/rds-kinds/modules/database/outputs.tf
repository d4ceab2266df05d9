# Written by tfgen from tfgen.yaml, which is the place to change it: `tfgen render` writes this
# file again. Resources of your own go into files of your own, which tfgen leaves alone.

output "environment" {
  description = "Environment variables that say where the database is."
  value       = local.environment

  precondition {
    condition     = local.name != null
    error_message = "The database ${var.found.arn} was made without a name to connect to. Say it with `name`."
  }

  precondition {
    condition     = !var.rds.public || var.found.public != false
    error_message = "The database ${var.found.arn} has no address outside its VPC. Remove `public`, and give the function a `vpc` in its region."
  }
}

output "secrets" {
  description = "Environment variables with the user and the password, by name: each with its place in Secrets Manager."
  value       = local.secrets

  precondition {
    condition     = alltrue([for secret in values(local.secrets) : secret.secretsmanager != null])
    error_message = "RDS manages no secret for the database ${var.found.arn}. Let it manage the password of the master user, or name a secret with `secret`."
  }
}
