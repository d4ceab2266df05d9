# Written by tfgen from tfgen.yaml, which is the place to change it: `tfgen render` writes this
# file again. Resources of your own go into files of your own, which tfgen leaves alone.

output "id" {
  description = "ID of the API."
  value       = aws_apigatewayv2_api.this.id
}

output "host" {
  description = "The API's own execute-api host."
  value       = trimprefix(aws_apigatewayv2_api.this.api_endpoint, "https://")
}

output "stage_name" {
  description = "Name of the stage that serves requests."
  value       = aws_apigatewayv2_stage.this.name
}

output "stage_path" {
  description = "Path of the stage on the API's own execute-api host: none, for the default stage."
  value       = ""
}

output "url" {
  description = "URL of the stage on the API's own execute-api host."
  value       = aws_apigatewayv2_stage.this.invoke_url
}
