# tfgen: when rds_global_cluster
# A global database that is not made here: every region has a cluster of its own in it.
data "aws_rds_global_cluster" "this" {
  region = var.region

  identifier = var.rds.global_cluster

  lifecycle {
    postcondition {
      condition     = contains([for member in self.members : split(":", member.db_cluster_arn)[3]], var.region)
      error_message = "The global database ${var.rds.global_cluster} has no cluster in ${var.region}: it has ${join(", ", [for member in self.members : member.db_cluster_arn])}. Add one there, or name another database."
    }
  }
}

locals {
  member = one([
    for member in data.aws_rds_global_cluster.this.members : member
    if split(":", member.db_cluster_arn)[3] == var.region
  ])
}

data "aws_rds_cluster" "this" {
  region = var.region

  cluster_identifier = split(":", local.member.db_cluster_arn)[6]
}

# Nobody answers at the writer's host of a secondary cluster. Its readers take writes as well, if the
# cluster forwards them.
# https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-global-database-connecting.html
locals {
  host = local.member.is_writer ? data.aws_rds_cluster.this.endpoint : data.aws_rds_cluster.this.reader_endpoint
}
# tfgen: end
