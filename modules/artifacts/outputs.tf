output "bucket" {
  description = "Name of the bucket."
  value       = aws_s3_object.bundle.bucket
}

output "key" {
  description = "Key of the bundle in the bucket."
  value       = aws_s3_object.bundle.key
}
