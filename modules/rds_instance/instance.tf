# An instance that is not made here.
data "aws_db_instance" "this" {
  region = var.region

  db_instance_identifier = var.rds.instance
}
