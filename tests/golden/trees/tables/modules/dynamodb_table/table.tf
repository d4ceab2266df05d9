# Written by tfgen from tfgen.yaml, which is the place to change it: `tfgen render` writes this
# file again. Resources of your own go into files of your own, which tfgen leaves alone.

resource "aws_dynamodb_table" "this" {
  region = var.region

  name                        = var.name
  hash_key                    = var.table.hash_key
  range_key                   = var.table.range_key
  deletion_protection_enabled = var.table.deletion_protection

  billing_mode = "PAY_PER_REQUEST"

  stream_enabled   = var.table.stream != null
  stream_view_type = var.table.stream

  dynamic "attribute" {
    for_each = var.table.attributes

    content {
      name = attribute.key
      type = attribute.value
    }
  }

  dynamic "global_secondary_index" {
    for_each = var.table.indexes

    content {
      name               = global_secondary_index.key
      hash_key           = global_secondary_index.value.hash_key
      range_key          = global_secondary_index.value.range_key
      projection_type    = global_secondary_index.value.projection
      non_key_attributes = global_secondary_index.value.attributes
    }
  }

  dynamic "local_secondary_index" {
    for_each = var.table.local_indexes

    content {
      name               = local_secondary_index.key
      range_key          = local_secondary_index.value.range_key
      projection_type    = local_secondary_index.value.projection
      non_key_attributes = local_secondary_index.value.attributes
    }
  }

  # AWS wants the attribute's name to switch it off, too.
  dynamic "ttl" {
    for_each = var.table.ttl[*]

    content {
      attribute_name = ttl.value.attribute
      enabled        = ttl.value.enabled
    }
  }

  point_in_time_recovery {
    enabled = var.table.point_in_time_recovery
  }

  # What is off is said as well: without the block, a table stays on the key that it has. Off is a key
  # that DynamoDB owns.
  server_side_encryption {
    enabled     = var.table.encryption != null
    kms_key_arn = try(var.table.encryption.kms_key_arn, null)
  }

  # Tags, backups and protection are a replica's own; all else is the table's.
  # https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/V2globaltables_HowItWorks.html
  dynamic "replica" {
    for_each = var.table.replicas

    content {
      region_name                 = replica.key
      point_in_time_recovery      = var.table.point_in_time_recovery
      propagate_tags              = true
      deletion_protection_enabled = var.table.deletion_protection && replica.value.deletion_protection
      kms_key_arn                 = replica.value.kms_key_arn
    }
  }
}
