# Written by tfgen from tfgen.yaml, which is the place to change it: `tfgen render` writes this
# file again. Resources of your own go into files of your own, which tfgen leaves alone.

module "rds_cluster" {
  source = "../rds_cluster"
  count  = try(var.rds.cluster, null) == null ? 0 : 1

  region = var.region
  rds    = var.rds
}

module "rds_instance" {
  source = "../rds_instance"
  count  = try(var.rds.instance, null) == null ? 0 : 1

  region = var.region
  rds    = var.rds
}

module "rds_proxy" {
  source = "../rds_proxy"
  count  = try(var.rds.proxy, null) == null ? 0 : 1

  region = var.region
  rds    = var.rds
}

module "database" {
  source = "../database"
  count  = var.rds == null ? 0 : 1

  rds   = var.rds
  found = one(concat(module.rds_cluster, module.rds_instance, module.rds_proxy))
}
