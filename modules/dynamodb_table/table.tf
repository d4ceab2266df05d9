resource "aws_dynamodb_table" "this" {
  region = var.region

  name     = var.name
  hash_key = var.table.hash_key
  # tfgen: when table_range_key
  range_key = var.table.range_key
  # tfgen: end
  deletion_protection_enabled = var.table.deletion_protection

  # tfgen: when capacity
  billing_mode   = var.table.capacity == null ? "PAY_PER_REQUEST" : "PROVISIONED"
  read_capacity  = try(var.table.capacity.read, null)
  write_capacity = try(var.table.capacity.write, null)
  # tfgen: else
  # billing_mode = "PAY_PER_REQUEST"
  # tfgen: end

  # tfgen: when table_stream
  stream_enabled   = var.table.stream != null
  stream_view_type = var.table.stream
  # tfgen: end

  dynamic "attribute" {
    for_each = var.table.attributes

    content {
      name = attribute.key
      type = attribute.value
    }
  }

  # tfgen: when table_indexes
  dynamic "global_secondary_index" {
    for_each = var.table.indexes

    content {
      name               = global_secondary_index.key
      hash_key           = global_secondary_index.value.hash_key
      range_key          = global_secondary_index.value.range_key
      projection_type    = global_secondary_index.value.projection
      non_key_attributes = global_secondary_index.value.attributes
      # tfgen: when fixed_capacity
      read_capacity  = try(var.table.capacity.read, null)
      write_capacity = try(var.table.capacity.write, null)
      # tfgen: end
    }
  }
  # tfgen: end

  # tfgen: when table_local_indexes
  dynamic "local_secondary_index" {
    for_each = var.table.local_indexes

    content {
      name               = local_secondary_index.key
      range_key          = local_secondary_index.value.range_key
      projection_type    = local_secondary_index.value.projection
      non_key_attributes = local_secondary_index.value.attributes
    }
  }
  # tfgen: end

  # tfgen: when table_ttl
  # AWS wants the attribute's name to switch it off, too.
  dynamic "ttl" {
    for_each = var.table.ttl[*]

    content {
      attribute_name = ttl.value.attribute
      enabled        = ttl.value.enabled
    }
  }
  # tfgen: end

  point_in_time_recovery {
    enabled = var.table.point_in_time_recovery
  }

  # What is off is said as well: without the block, a table stays on the key that it has. Off is a key
  # that DynamoDB owns.
  server_side_encryption {
    # tfgen: when table_encryption
    enabled = var.table.encryption != null
    # tfgen: when table_keys
    kms_key_arn = try(var.table.encryption.kms_key_arn, null)
    # tfgen: end
    # tfgen: else
    # enabled = false
    # tfgen: end
  }

  # tfgen: when replicas
  # Tags, backups and protection are a replica's own; all else is the table's.
  # https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/V2globaltables_HowItWorks.html
  dynamic "replica" {
    for_each = var.table.replicas

    content {
      region_name            = replica.key
      point_in_time_recovery = var.table.point_in_time_recovery
      propagate_tags         = true
      # tfgen: when replica_protection
      deletion_protection_enabled = var.table.deletion_protection && replica.value.deletion_protection
      # tfgen: end
      # tfgen: when strong_consistency
      consistency_mode = var.table.consistency
      # tfgen: end
      # tfgen: when table_keys
      kms_key_arn = replica.value.kms_key_arn
      # tfgen: end
    }
  }
  # tfgen: end

  # tfgen: when witness
  dynamic "global_table_witness" {
    for_each = var.table.witness[*]

    content {
      region_name = global_table_witness.value
    }
  }
  # tfgen: end

  # tfgen: when scaled_capacity
  # Of a table whose capacity scales, it is not Terraform's to set any more.
  lifecycle {
    ignore_changes = [read_capacity, write_capacity]
  }
  # tfgen: end
}
