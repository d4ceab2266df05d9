# Written by tfgen from tfgen.yaml, which is the place to change it: `tfgen render` writes this
# file again. Resources of your own go into files of your own, which tfgen leaves alone.

locals {
  # A table has one name in all its regions: the function finds its own region's by it.
  table_environment = { for variable, table in var.tables : variable => table.name }

  # The table is made before this policy, and its replicas as well: their ARNs follow from its name.
  table_arns = {
    for variable, table in var.tables : variable =>
    "arn:${local.partition}:dynamodb:${var.region}:${local.account_id}:table/${table.name}"
  }

  # To work with items, and not to change the table.
  # https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html
  read_items = [
    "dynamodb:BatchGetItem",
    "dynamodb:ConditionCheckItem",
    "dynamodb:DescribeTable",
    "dynamodb:GetItem",
    "dynamodb:Query",
    "dynamodb:Scan",
  ]
  write_items = [
    "dynamodb:BatchWriteItem",
    "dynamodb:DeleteItem",
    "dynamodb:PutItem",
    "dynamodb:UpdateItem",
  ]

  table_actions = {
    read  = local.read_items
    write = concat(local.read_items, local.write_items)
  }
}
