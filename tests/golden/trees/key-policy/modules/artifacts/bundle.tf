# Written by tfgen from tfgen.yaml, which is the place to change it: `tfgen render` writes this
# file again. Resources of your own go into files of your own, which tfgen leaves alone.

# The key is the hash of the content: a bundle that changes is another object, and the function
# has moved on to it before the one before goes.
resource "aws_s3_object" "bundle" {
  region = var.region

  bucket       = aws_s3_bucket.this.bucket
  key          = "${filesha256(var.bundle)}.zip"
  source       = var.bundle
  content_type = "application/zip"

  # S3 takes ten tags of an object, and fifty of everything else.
  override_provider {
    default_tags {
      tags = {}
    }
  }

  lifecycle {
    create_before_destroy = true
  }

  depends_on = [
    aws_s3_bucket_ownership_controls.this,
    aws_s3_bucket_policy.this,
    aws_s3_bucket_server_side_encryption_configuration.this,
    aws_s3_bucket_versioning.this,
  ]
}
