# Written by tfgen from tfgen.yaml, which is the place to change it: `tfgen render` writes this
# file again. Resources of your own go into files of your own, which tfgen leaves alone.

module "rds_cluster" {
  source = "../rds_cluster"

  region = var.region
  rds    = var.rds
}

module "database" {
  source = "../database"

  region             = var.region
  rds                = var.rds
  found              = module.rds_cluster
  name               = var.name
  security_group_ids = flatten(var.function.vpc[*].security_group_ids)
}
