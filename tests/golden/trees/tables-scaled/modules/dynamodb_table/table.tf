# Written by tfgen from tfgen.yaml, which is the place to change it: `tfgen render` writes this
# file again. Resources of your own go into files of your own, which tfgen leaves alone.

resource "aws_dynamodb_table" "this" {
  region = var.region

  name                        = var.name
  hash_key                    = var.table.hash_key
  deletion_protection_enabled = var.table.deletion_protection

  billing_mode   = var.table.capacity == null ? "PAY_PER_REQUEST" : "PROVISIONED"
  read_capacity  = try(var.table.capacity.read, null)
  write_capacity = try(var.table.capacity.write, null)

  dynamic "attribute" {
    for_each = var.table.attributes

    content {
      name = attribute.key
      type = attribute.value
    }
  }

  point_in_time_recovery {
    enabled = var.table.point_in_time_recovery
  }

  # What is off is said as well: without the block, a table stays on the key that it has. Off is a key
  # that DynamoDB owns.
  server_side_encryption {
    enabled = false
  }

  # Of a table whose capacity scales, it is not Terraform's to set any more.
  lifecycle {
    ignore_changes = [read_capacity, write_capacity]
  }
}
