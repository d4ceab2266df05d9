# Written by tfgen from tfgen.yaml, which is the place to change it: `tfgen render` writes this
# file again. Resources of your own go into files of your own, which tfgen leaves alone.

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

output "public" {
  description = "Whether it has an address outside its VPC."
  value       = data.aws_db_instance.this.publicly_accessible
}
