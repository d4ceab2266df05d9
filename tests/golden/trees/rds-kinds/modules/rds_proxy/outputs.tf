# Written by tfgen from tfgen.yaml, which is the place to change it: `tfgen render` writes this
# file again. Resources of your own go into files of your own, which tfgen leaves alone.

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
