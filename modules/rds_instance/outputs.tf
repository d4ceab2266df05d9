output "arn" {
  description = "ARN of the instance."
  value       = data.aws_db_instance.this.db_instance_arn
}

output "host" {
  description = "Host that takes writes."
  value       = data.aws_db_instance.this.address
}

output "reader_host" {
  description = "The same host: an instance has one."
  value       = data.aws_db_instance.this.address
}

output "port" {
  description = "Port of all hosts."
  value       = data.aws_db_instance.this.port
}

output "name" {
  description = "The database that the instance was made with; null or empty if there is none."
  value       = data.aws_db_instance.this.db_name
}

# tfgen: when rds_iam
output "user" {
  description = "The master user."
  value       = data.aws_db_instance.this.master_username
}
# tfgen: end

# tfgen: when rds_iam
output "resource_id" {
  description = "What IAM calls the instance: a name is given again, this is not."
  value       = data.aws_db_instance.this.resource_id
}
# tfgen: end

# tfgen: when rds_managed_secret
output "secret" {
  description = "The secret that RDS manages for the master user: its ARN, and that of its key; null if RDS manages none."
  # What is nowhere said is null, not empty.
  value = one([
    for secret in coalesce(data.aws_db_instance.this.master_user_secret, []) : {
      arn     = secret.secret_arn
      kms_key = secret.kms_key_id
    }
  ])
}
# tfgen: end

# tfgen: when rds_public
output "public" {
  description = "Whether it has an address outside its VPC."
  value       = data.aws_db_instance.this.publicly_accessible
}
# tfgen: end

# tfgen: when rds_open
output "security_group_ids" {
  description = "Security groups of the instance."
  value       = data.aws_db_instance.this.vpc_security_groups
}
# tfgen: end
