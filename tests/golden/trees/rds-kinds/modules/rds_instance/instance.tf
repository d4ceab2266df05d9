# Written by tfgen from tfgen.yaml, which is the place to change it: `tfgen render` writes this
# file again. Resources of your own go into files of your own, which tfgen leaves alone.

# An instance that is not made here.
data "aws_db_instance" "this" {
  region = var.region

  db_instance_identifier = var.rds.instance
}
