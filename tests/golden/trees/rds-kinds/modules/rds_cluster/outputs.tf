# Written by tfgen from tfgen.yaml, which is the place to change it: `tfgen render` writes this
# file again. Resources of your own go into files of your own, which tfgen leaves alone.

output "arn" {
  description = "ARN of the cluster."
  value       = data.aws_rds_cluster.this.arn
}

output "host" {
  description = "Host that takes writes."
  value       = data.aws_rds_cluster.this.endpoint
}

output "reader_host" {
  description = "Host that is for reads alone."
  value       = data.aws_rds_cluster.this.reader_endpoint
}

output "port" {
  description = "Port of all hosts."
  value       = data.aws_rds_cluster.this.port
}

output "name" {
  description = "The database that the cluster was made with; null or empty if there is none."
  value       = data.aws_rds_cluster.this.database_name
}

output "secret" {
  description = "The secret that RDS manages for the master user: its ARN, and that of its key; null if RDS manages none."
  # What is nowhere said is null, not empty.
  value = one([
    for secret in coalesce(data.aws_rds_cluster.this.master_user_secret, []) : {
      arn     = secret.secret_arn
      kms_key = secret.kms_key_id
    }
  ])
}
