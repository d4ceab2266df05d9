# Written by tfgen from tfgen.yaml, which is the place to change it: `tfgen render` writes this
# file again. Resources of your own go into files of your own, which tfgen leaves alone.

locals {
  tags = {
    team = "orders"
  }
}

# Where IAM and Route 53 have their control plane.
provider "aws" {
  region              = "us-east-1"
  allowed_account_ids = ["123456789012"]

  default_tags {
    tags = local.tags
  }
}

provider "aws" {
  alias               = "ap_northeast_1"
  region              = "ap-northeast-1"
  allowed_account_ids = ["123456789012"]

  default_tags {
    tags = local.tags
  }
}

provider "aws" {
  alias               = "sa_east_1"
  region              = "sa-east-1"
  allowed_account_ids = ["123456789012"]

  default_tags {
    tags = local.tags
  }
}

provider "aws" {
  alias               = "us_east_2"
  region              = "us-east-2"
  allowed_account_ids = ["123456789012"]

  default_tags {
    tags = local.tags
  }
}
