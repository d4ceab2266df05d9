# Written by tfgen from tfgen.yaml, which is the place to change it: `tfgen render` writes this
# file again. Resources of your own go into files of your own, which tfgen leaves alone.

output "name" {
  description = "Name of the table, which is in all its regions when this is known."
  value       = aws_dynamodb_table.this.name
}

output "arn" {
  description = "ARN of the table in its home region."
  value       = aws_dynamodb_table.this.arn
}

output "stream_arn" {
  description = "ARN of the table's stream of changes in its home region; null if it has none."
  value       = aws_dynamodb_table.this.stream_enabled ? aws_dynamodb_table.this.stream_arn : null
}
