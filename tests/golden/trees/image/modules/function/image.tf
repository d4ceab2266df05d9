# Written by tfgen from tfgen.yaml, which is the place to change it: `tfgen render` writes this
# file again. Resources of your own go into files of your own, which tfgen leaves alone.

locals {
  # The registry of the account itself has the same name in every region:
  # https://docs.aws.amazon.com/AmazonECR/latest/userguide/Registries.html
  account_registry = "${local.account_id}.dkr.ecr.${var.region}.${data.aws_partition.current.dns_suffix}"

  registry = coalesce(var.function.registry, local.account_registry)
}
