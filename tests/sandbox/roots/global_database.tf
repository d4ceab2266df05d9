# What stands in for the global database's data source, which the provider has from 6.17 on.

variable "region" {
  type = string
}

variable "members" {
  type = list(object({
    db_cluster_arn = string
    is_writer      = bool
  }))
}

provider "aws" {
  region = var.region
}

output "found" {
  value = {
    arn         = data.aws_rds_cluster.this.arn
    host        = local.host
    writer      = data.aws_rds_cluster.this.endpoint
    reader_host = data.aws_rds_cluster.this.reader_endpoint
  }
}
