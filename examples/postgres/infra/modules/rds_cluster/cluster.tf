# Written by tfgen from tfgen.yaml, which is the place to change it: `tfgen render` writes this
# file again. Resources of your own go into files of your own, which tfgen leaves alone.

# A cluster that is not made here.
data "aws_rds_cluster" "this" {
  region = var.region

  cluster_identifier = var.rds.cluster
}
