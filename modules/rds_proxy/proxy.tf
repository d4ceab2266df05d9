# A proxy that is not made here.
data "aws_db_proxy" "this" {
  region = var.region

  name = var.rds.proxy
}

locals {
  # A proxy listens where the databases behind it do by default, and does not say so:
  # https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy-connecting.html
  ports = {
    MYSQL      = 3306
    POSTGRESQL = 5432
    SQLSERVER  = 1433
  }
}
