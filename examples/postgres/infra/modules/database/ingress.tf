# Written by tfgen from tfgen.yaml, which is the place to change it: `tfgen render` writes this
# file again. Resources of your own go into files of your own, which tfgen leaves alone.

# Each of the function's security groups may come in through each of the database's.
resource "aws_vpc_security_group_ingress_rule" "function" {
  for_each = var.rds.open ? {
    for pair in setproduct(var.found.security_group_ids, var.security_group_ids) : join("/", pair) => pair
  } : {}

  region = var.region

  description                  = "The function ${var.name}"
  security_group_id            = each.value[0]
  referenced_security_group_id = each.value[1]
  ip_protocol                  = "tcp"
  from_port                    = var.found.port
  to_port                      = var.found.port
}
