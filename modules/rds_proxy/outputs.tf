output "arn" {
  description = "ARN of the proxy."
  value       = data.aws_db_proxy.this.arn
}

output "host" {
  description = "Host that takes writes."
  value       = data.aws_db_proxy.this.endpoint
}

output "reader_host" {
  description = "The same host: only a further endpoint of a proxy is for reads alone."
  value       = data.aws_db_proxy.this.endpoint
}

output "port" {
  description = "Port of all hosts."
  value       = local.ports[data.aws_db_proxy.this.engine_family]
}

# tfgen: when rds_iam
output "resource_id" {
  description = "What IAM calls the proxy: a name is given again, this is not."
  value       = split(":", data.aws_db_proxy.this.arn)[6]
}

output "iam" {
  description = "Whether tokens of IAM let anybody in."
  # Without a secret, IAM is all there is.
  value = length(data.aws_db_proxy.this.auth) == 0 || anytrue([
    for auth in data.aws_db_proxy.this.auth : auth.iam_auth != "DISABLED"
  ])
}
# tfgen: end

# tfgen: when rds_open
output "security_group_ids" {
  description = "Security groups of the proxy."
  value       = data.aws_db_proxy.this.vpc_security_group_ids
}
# tfgen: end
