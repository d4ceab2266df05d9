# tfgen: when tables
locals {
  # A table has one name in all its regions: the function finds its own region's by it.
  # tfgen: when mixed_environment
  table_environment = { for variable, table in var.tables : variable => table.name }
  # tfgen: else
  # environment = { for variable, table in var.tables : variable => table.name }
  # tfgen: end

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
  # tfgen: when full_access
  query_language = [
    "dynamodb:DescribeTimeToLive",
    "dynamodb:PartiQLDelete",
    "dynamodb:PartiQLInsert",
    "dynamodb:PartiQLSelect",
    "dynamodb:PartiQLUpdate",
  ]
  # tfgen: end

  table_actions = {
    read  = local.read_items
    write = concat(local.read_items, local.write_items)
    # tfgen: when full_access
    full = concat(local.read_items, local.write_items, local.query_language)
    # tfgen: end
  }
}
# tfgen: end
