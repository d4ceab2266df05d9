# Written by tfgen from tfgen.yaml, which is the place to change it: `tfgen render` writes this
# file again. Resources of your own go into files of your own, which tfgen leaves alone.

locals {
  scaled_units = {
    read  = "ReadCapacity"
    write = "WriteCapacity"
  }
}

resource "aws_appautoscaling_target" "this" {
  for_each = var.table.scaling

  region = var.region

  service_namespace  = "dynamodb"
  resource_id        = "table/${aws_dynamodb_table.this.name}"
  scalable_dimension = "dynamodb:table:${local.scaled_units[each.key]}Units"
  min_capacity       = var.table.capacity[each.key]
  max_capacity       = each.value.max
}

# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/AutoScaling.html
resource "aws_appautoscaling_policy" "this" {
  for_each = var.table.scaling

  region = var.region

  name               = "${var.name}-${each.key}"
  policy_type        = "TargetTrackingScaling"
  service_namespace  = aws_appautoscaling_target.this[each.key].service_namespace
  resource_id        = aws_appautoscaling_target.this[each.key].resource_id
  scalable_dimension = aws_appautoscaling_target.this[each.key].scalable_dimension

  target_tracking_scaling_policy_configuration {
    target_value = each.value.target

    predefined_metric_specification {
      predefined_metric_type = "DynamoDB${local.scaled_units[each.key]}Utilization"
    }
  }
}
