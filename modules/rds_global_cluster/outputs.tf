output "arn" {
  description = "ARN of the region's cluster."
  value       = data.aws_rds_cluster.this.arn
}

output "host" {
  description = "Host that takes writes."
  value       = local.host
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
  description = "The database that the region's cluster was made with; null or empty if there is none."
  value       = data.aws_rds_cluster.this.database_name
}

# tfgen: when rds_iam
output "user" {
  description = "The master user."
  value       = data.aws_rds_cluster.this.master_username
}
# tfgen: end

# tfgen: when rds_iam
output "resource_id" {
  description = "What IAM calls the region's cluster: a name is given again, this is not."
  value       = data.aws_rds_cluster.this.cluster_resource_id
}

output "iam" {
  description = "Whether tokens of IAM let anybody in."
  value       = data.aws_rds_cluster.this.iam_database_authentication_enabled
}
# tfgen: end

# tfgen: when rds_managed_secret
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
# tfgen: end

# tfgen: when rds_open
output "security_group_ids" {
  description = "Security groups of the region's cluster."
  value       = data.aws_rds_cluster.this.vpc_security_group_ids
}
# tfgen: end
