# Written by tfgen from tfgen.yaml, which is the place to change it: `tfgen render` writes this
# file again. Resources of your own go into files of your own, which tfgen leaves alone.

module "rds_cluster" {
  source = "../rds_cluster"

  region = var.region
  rds    = var.rds
}

module "database" {
  source = "../database"

  rds   = var.rds
  found = module.rds_cluster
}
