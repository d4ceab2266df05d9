# A cluster that is not made here.
data "aws_rds_cluster" "this" {
  region = var.region

  cluster_identifier = var.rds.cluster
}
