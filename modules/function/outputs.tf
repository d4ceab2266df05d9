output "name" {
  description = "Name of the function."
  value       = aws_lambda_function.this.function_name
}

output "arn" {
  description = "ARN of the function, without a version."
  value       = aws_lambda_function.this.arn
}

# tfgen: when s3, access_logs, table_keys
output "key_arn" {
  description = "ARN of the KMS key that encrypts what belongs to the function."
  value       = local.key_arn
}
# tfgen: end

# tfgen: when dead_letter
output "dead_letter_queue" {
  description = "The queue of events that failed: its ARN and its URL; null if there is none."
  value = one([
    for queue in aws_sqs_queue.dead_letter : {
      arn = queue.arn
      url = queue.url
    }
  ])
}
# tfgen: end

output "alias" {
  description = "The alias that serves requests: its name, its ARN, and the ARN that an API integration calls."
  value = {
    name       = aws_lambda_alias.live.name
    arn        = aws_lambda_alias.live.arn
    invoke_arn = aws_lambda_alias.live.invoke_arn
  }
}
