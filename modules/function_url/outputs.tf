output "host" {
  description = "Host of the function's URL."
  value       = trimsuffix(trimprefix(aws_lambda_function_url.this.function_url, "https://"), "/")
}

output "url" {
  description = "The function's URL."
  value       = aws_lambda_function_url.this.function_url
}
