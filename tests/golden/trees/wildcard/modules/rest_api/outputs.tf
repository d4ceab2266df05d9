# Written by tfgen from tfgen.yaml, which is the place to change it: `tfgen render` writes this
# file again. Resources of your own go into files of your own, which tfgen leaves alone.

output "id" {
  description = "ID of the API."
  value       = aws_api_gateway_rest_api.this.id
}

output "host" {
  description = "The API's own execute-api host."
  value       = "${aws_api_gateway_rest_api.this.id}.execute-api.${var.region}.${data.aws_partition.current.dns_suffix}"
}

output "stage_name" {
  description = "Name of the stage that serves requests."
  value       = aws_api_gateway_stage.this.stage_name
}

output "stage_path" {
  description = "Path of the stage on the API's own execute-api host; custom domains have none."
  value       = "/${aws_api_gateway_stage.this.stage_name}"
}

output "url" {
  description = "URL of the stage on the API's own execute-api host."
  value       = aws_api_gateway_stage.this.invoke_url
}
