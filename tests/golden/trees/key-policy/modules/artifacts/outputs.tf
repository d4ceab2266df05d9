# Written by tfgen from tfgen.yaml, which is the place to change it: `tfgen render` writes this
# file again. Resources of your own go into files of your own, which tfgen leaves alone.

output "bucket" {
  description = "Name of the bucket."
  value       = aws_s3_object.bundle.bucket
}

output "key" {
  description = "Key of the bundle in the bucket."
  value       = aws_s3_object.bundle.key
}
