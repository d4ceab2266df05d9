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

output "user" {
  description = "The master user."
  value       = data.aws_rds_cluster.this.master_username
}

output "resource_id" {
  description = "What IAM calls the cluster: a name is given again, this is not."
  value       = data.aws_rds_cluster.this.cluster_resource_id
}

output "iam" {
  description = "Whether tokens of IAM let anybody in."
  value       = data.aws_rds_cluster.this.iam_database_authentication_enabled
}

output "security_group_ids" {
  description = "Security groups of the cluster."
  value       = data.aws_rds_cluster.this.vpc_security_group_ids
}
