"""A global table as Terraform makes it: applied, planned again, changed, destroyed."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path

from tfgen.aws.session import Aws
from tfgen.sandbox.inventory import inventory

ROOT = """\
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

provider "aws" {
  region = "eu-west-2"
}

provider "aws" {
  alias  = "us"
  region = "us-west-2"
}

resource "aws_kms_key" "eu" {}

resource "aws_kms_key" "us" {
  provider = aws.us
}

resource "aws_dynamodb_table" "this" {
  name             = "items"
  billing_mode     = "PAY_PER_REQUEST"
  hash_key         = "id"
  range_key        = "at"
  stream_enabled   = true
  stream_view_type = "NEW_AND_OLD_IMAGES"

  attribute {
    name = "id"
    type = "S"
  }

  attribute {
    name = "at"
    type = "N"
  }

  attribute {
    name = "owner"
    type = "S"
  }

  global_secondary_index {
    name            = "by-owner"
    hash_key        = "owner"
    projection_type = "ALL"
  }

  ttl {
    attribute_name = "expires"
    enabled        = true
  }

  point_in_time_recovery {
    enabled = true
  }

  server_side_encryption {
    enabled     = true
    kms_key_arn = aws_kms_key.eu.arn
  }

  tags = {
    team = "edge"
  }
REPLICAS
}
"""

REPLICA = """
  replica {
    region_name            = "us-west-2"
    kms_key_arn            = aws_kms_key.us.arn
    point_in_time_recovery = true
    propagate_tags         = true
  }
"""


def terraform(root: Path, environ: Mapping[str, str], *arguments: str, code: int = 0) -> None:
    done = subprocess.run(
        ["terraform", *arguments, "-input=false", "-no-color"],
        cwd=root,
        env=environ,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == code, done.stdout + done.stderr


def test_a_replica_comes_and_goes(
    tmp_path: Path, environ: Mapping[str, str], endpoint: str, aws: Aws
) -> None:
    root = tmp_path / "root"
    root.mkdir()
    main = root / "main.tf"
    regions = ("eu-west-2", "us-west-2")
    main.write_text(ROOT.replace("REPLICAS\n", REPLICA), "utf-8")
    terraform(root, environ, "init")
    terraform(root, environ, "apply", "-auto-approve")
    terraform(root, environ, "plan", "-detailed-exitcode")
    other = aws.client("dynamodb", "us-west-2")
    described = other.describe_table(TableName="items")["Table"]
    assert [each["RegionName"] for each in described["Replicas"]] == ["eu-west-2"]
    assert ":us-west-2:" in described["SSEDescription"]["KMSMasterKeyArn"]
    tags = other.list_tags_of_resource(ResourceArn=described["TableArn"])["Tags"]
    assert tags == [{"Key": "team", "Value": "edge"}]

    main.write_text(ROOT.replace("REPLICAS\n", ""), "utf-8")
    terraform(root, environ, "apply", "-auto-approve")
    terraform(root, environ, "plan", "-detailed-exitcode")
    assert other.list_tables()["TableNames"] == []

    main.write_text(ROOT.replace("REPLICAS\n", REPLICA), "utf-8")
    terraform(root, environ, "apply", "-auto-approve")
    terraform(root, environ, "plan", "-detailed-exitcode")
    terraform(root, environ, "destroy", "-auto-approve")
    assert inventory(endpoint, regions) == []
