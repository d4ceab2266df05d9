# tfgen: when image
locals {
  # The registry of the account itself has the same name in every region:
  # https://docs.aws.amazon.com/AmazonECR/latest/userguide/Registries.html
  account_registry = "${local.account_id}.dkr.ecr.${var.region}.${data.aws_partition.current.dns_suffix}"

  registry = coalesce(var.function.registry, local.account_registry)
}
# tfgen: end
