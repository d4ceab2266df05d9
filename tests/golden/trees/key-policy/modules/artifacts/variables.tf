# Written by tfgen from tfgen.yaml, which is the place to change it: `tfgen render` writes this
# file again. Resources of your own go into files of your own, which tfgen leaves alone.

variable "region" {
  description = "AWS region of the bucket: Lambda takes code only from a bucket in its own."
  type        = string
}

variable "name" {
  description = "Name of the app and its stage, and the first part of the bucket's name."
  type        = string
}

variable "bundle" {
  description = "Path of the zip to upload."
  type        = string
}

variable "kms_key_arn" {
  description = "ARN of the KMS key that encrypts what is in the bucket."
  type        = string
}
