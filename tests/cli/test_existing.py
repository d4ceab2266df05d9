"""An apply that fails on names that are taken."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.cli.test_zones import REGIONS, workspace
from tfgen.cli.existing import Existing, advice, is_taken
from tfgen.terraform import engine
from tfgen.terraform.events import Diagnostic

ROLE = "module.us_west_2.module.function.aws_iam_role.this"


def error(summary: str, address: str | None = ROLE) -> Diagnostic:
    return Diagnostic(
        at=datetime.now(UTC),
        message=f"Error: {summary}",
        severity="error",
        summary=summary,
        detail="",
        address=address,
        file=None,
        line=None,
    )


# What the provider says, cut to what tells it apart.
@pytest.mark.parametrize(
    "summary",
    [
        "creating CloudWatch Logs Log Group (/aws/lambda/x): ResourceAlreadyExistsException: The "
        "specified log group already exists",
        "creating IAM Role (x): EntityAlreadyExists: Role with name x already exists.",
        "creating Lambda Function (x): ResourceConflictException: Function already exist: x",
        "creating KMS Alias (alias/x): AlreadyExistsException: An alias with the name already",
        "creating AWS DynamoDB Table (x): ResourceInUseException: Table already exists: x",
        "creating Lambda Function URL (x): ResourceConflictException: FunctionUrlConfig exists for "
        "this Lambda function",
        "creating S3 Bucket (x): BucketAlreadyOwnedByYou: ",
        "creating SQS Queue (x): QueueNameExists: A queue already exists with the same name",
        "creating API Gateway Domain Name (x): BadRequestException: The domain name you provided "
        "already exists.",
        "creating VPC Security Group Rule: InvalidPermission.Duplicate: the specified rule",
    ],
)
def test_what_the_provider_says_of_a_name_that_is_taken(summary: str) -> None:
    assert is_taken(error(summary))
    assert not is_taken(error(summary, address=None))


def test_other_failures_are_none_of_it() -> None:
    assert not is_taken(error("creating IAM Role (x): AccessDenied: not authorized"))
    assert not is_taken(error("ResourceConflictException: An update is in progress"))


def test_the_import_line_can_be_typed() -> None:
    found = Existing(imports=((f"{ROLE}[0]", "x"), ('aws_x.y["*.example.com A"]', "y@us-west-2")))
    said = advice(workspace(REGIONS), found)
    assert f"`{ROLE}[0]`" in said
    lines = [line.strip() for line in said.splitlines()]
    program = engine.find(os.environ).command
    root = "infra/production"
    assert f"{program} -chdir={root} import '{ROLE}[0]' x" in lines
    assert f"{program} -chdir={root} import 'aws_x.y[\"*.example.com A\"]' y@us-west-2" in lines


def test_no_import_is_typed_for_the_sandbox() -> None:
    in_sandbox = replace(workspace(REGIONS), endpoint="http://127.0.0.1:1", root=Path("/tmp/x"))  # noqa: S108 # nothing is there
    said = advice(in_sandbox, Existing(imports=((ROLE, "x"),)))
    assert "import" not in said
    assert "`tfgen sandbox stop`" in said


def test_nothing_is_said_where_nothing_is_in_the_way() -> None:
    assert advice(workspace(REGIONS), Existing()) == ""
