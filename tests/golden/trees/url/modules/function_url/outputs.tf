# Written by tfgen from tfgen.yaml, which is the place to change it: `tfgen render` writes this
# file again. Resources of your own go into files of your own, which tfgen leaves alone.

output "host" {
  description = "Host of the function's URL."
  value       = trimsuffix(trimprefix(aws_lambda_function_url.this.function_url, "https://"), "/")
}

output "url" {
  description = "The function's URL."
  value       = aws_lambda_function_url.this.function_url
}
