# Resources that name their region, as provider 6 has it, and one that does not.

variable "region" {
  type = string
}

provider "aws" {
  region = "us-east-1"

  default_tags {
    tags = { team = "edge" }
  }
}

resource "aws_cloudwatch_log_group" "here" {
  name = "here"
}

resource "aws_cloudwatch_log_group" "there" {
  region = var.region

  name = "there"
}

# Its region is an attribute of version 5, too.
resource "aws_s3_bucket" "this" {
  region = "eu-west-1"

  bucket = "somewhere"
}

data "aws_cloudwatch_log_group" "there" {
  region = aws_cloudwatch_log_group.there.region

  name = aws_cloudwatch_log_group.there.name
}

output "regions" {
  value = {
    here   = aws_cloudwatch_log_group.here.region
    there  = aws_cloudwatch_log_group.there.region
    bucket = aws_s3_bucket.this.region
    data   = data.aws_cloudwatch_log_group.there.arn
  }
}
