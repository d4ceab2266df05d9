"""What surrounds a function, and the function itself, that a broken run left behind."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import datetime
from typing import Any

import pytest

from tfgen.aws.adopt import PlannedResource, find_existing
from tfgen.aws.session import Aws

REGION = "eu-west-2"
NAME = "hello-production"
ROLE = f"{NAME}-{REGION}"
ROLE_ARN = f"arn:aws:iam::123456789012:role/{ROLE}"
GROUP = f"/aws/lambda/{NAME}"
TAGS = {"team": "edge"}
SOURCE_ARN = "arn:aws:execute-api:eu-west-2:123456789012:abc123/*/*"
POLICY = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"}],
}
ASSUME = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": "sts:AssumeRole",
            "Principal": {"Service": "lambda.amazonaws.com"},
        }
    ],
}


def planned(kind: str, **values: Any) -> PlannedResource:
    return PlannedResource(f"module.eu.{kind}.this", kind, REGION, values)


def make_role(aws: Aws, **tags: str) -> None:
    aws.client("iam", REGION).create_role(
        RoleName=ROLE,
        AssumeRolePolicyDocument=json.dumps(ASSUME),
        Tags=[{"Key": key, "Value": value} for key, value in (tags or TAGS).items()],
    )


def make_function(aws: Aws, **tags: str) -> None:
    make_role(aws)
    bundle = io.BytesIO()
    with zipfile.ZipFile(bundle, "w") as archive:
        archive.writestr("app.py", "def handler(event, context): return {}")
    aws.client("lambda", REGION).create_function(
        FunctionName=NAME,
        Role=ROLE_ARN,
        Runtime="python3.13",
        Handler="app.handler",
        Code={"ZipFile": bundle.getvalue()},
        Publish=True,
        Tags=tags or TAGS,
    )


def make_permission(aws: Aws, **changed: str) -> None:
    aws.client("lambda", REGION).add_permission(
        FunctionName=NAME,
        StatementId="AllowRestApi",
        Action="lambda:InvokeFunction",
        Principal="apigateway.amazonaws.com",
        SourceArn=changed.get("source_arn", SOURCE_ARN),
        Qualifier="live",
    )


LOG_GROUP = planned("aws_cloudwatch_log_group", name=GROUP, tags_all=TAGS)
ROLE_PLAN = planned("aws_iam_role", name=ROLE, tags_all=TAGS)
FUNCTION = planned("aws_lambda_function", function_name=NAME, role=ROLE_ARN, tags_all=TAGS)
ALIAS = planned("aws_lambda_alias", function_name=NAME, name="live", function_version="1")
PERMISSION = planned(
    "aws_lambda_permission",
    function_name=NAME,
    qualifier="live",
    statement_id="AllowRestApi",
    action="lambda:InvokeFunction",
    principal="apigateway.amazonaws.com",
    source_arn=SOURCE_ARN,
)


def test_log_group_is_found(aws: Aws, before: datetime) -> None:
    logs = aws.client("logs", REGION)
    logs.create_log_group(logGroupName=f"{GROUP}-2", tags=TAGS)
    logs.create_log_group(logGroupName=GROUP, tags=TAGS)
    assert find_existing(aws, LOG_GROUP, before) == GROUP


def test_log_group_that_lambda_made_by_itself_is_not_found(aws: Aws, before: datetime) -> None:
    aws.client("logs", REGION).create_log_group(logGroupName=GROUP)
    assert find_existing(aws, LOG_GROUP, before) is None


def test_log_group_from_before_the_run_is_not_found(aws: Aws, later: datetime) -> None:
    aws.client("logs", REGION).create_log_group(logGroupName=GROUP, tags=TAGS)
    assert find_existing(aws, LOG_GROUP, later) is None


def test_log_group_with_a_longer_name_is_another(aws: Aws, before: datetime) -> None:
    aws.client("logs", REGION).create_log_group(logGroupName=f"{GROUP}-2", tags=TAGS)
    assert find_existing(aws, LOG_GROUP, before) is None


def test_role_is_found(aws: Aws, before: datetime) -> None:
    make_role(aws)
    assert find_existing(aws, ROLE_PLAN, before) == ROLE


def test_role_from_before_the_run_is_not_found(aws: Aws, later: datetime) -> None:
    make_role(aws)
    assert find_existing(aws, ROLE_PLAN, later) is None


def test_role_of_somebody_else_is_not_found(aws: Aws, before: datetime) -> None:
    make_role(aws, team="core")
    assert find_existing(aws, ROLE_PLAN, before) is None


def test_role_policy_is_found_by_its_document(aws: Aws, before: datetime) -> None:
    make_role(aws)
    aws.client("iam", REGION).put_role_policy(
        RoleName=ROLE, PolicyName="function", PolicyDocument=json.dumps(POLICY)
    )
    same = planned(
        "aws_iam_role_policy", role=ROLE, name="function", policy=json.dumps(POLICY, indent=2)
    )
    other = planned("aws_iam_role_policy", role=ROLE, name="function", policy="{}")
    assert find_existing(aws, same, before) == f"{ROLE}:function"
    assert find_existing(aws, other, before) is None


def test_function_is_found(aws: Aws, before: datetime) -> None:
    make_function(aws)
    assert find_existing(aws, FUNCTION, before) == NAME


def test_function_from_before_the_run_is_not_found(aws: Aws, later: datetime) -> None:
    make_function(aws)
    assert find_existing(aws, FUNCTION, later) is None


def test_function_with_other_tags_is_not_found(aws: Aws, before: datetime) -> None:
    make_function(aws, team="core")
    assert find_existing(aws, FUNCTION, before) is None


def test_function_with_another_role_is_not_found(aws: Aws, before: datetime) -> None:
    make_function(aws)
    other = planned("aws_lambda_function", function_name=NAME, role=f"{ROLE_ARN}-2")
    assert find_existing(aws, other, before) is None


def test_function_alias_is_found_on_its_version(aws: Aws, before: datetime) -> None:
    make_function(aws)
    aws.client("lambda", REGION).create_alias(FunctionName=NAME, Name="live", FunctionVersion="1")
    moved = planned("aws_lambda_alias", function_name=NAME, name="live", function_version="2")
    unknown = planned("aws_lambda_alias", function_name=NAME, name="live")
    assert find_existing(aws, ALIAS, before) == f"{NAME}/live"
    assert find_existing(aws, unknown, before) == f"{NAME}/live"
    assert find_existing(aws, moved, before) is None


def test_permission_is_found_on_its_alias(aws: Aws, before: datetime) -> None:
    make_function(aws)
    aws.client("lambda", REGION).create_alias(FunctionName=NAME, Name="live", FunctionVersion="1")
    make_permission(aws)
    assert find_existing(aws, PERMISSION, before) == f"{NAME}:live/AllowRestApi"


def test_permission_for_another_api_is_not_found(aws: Aws, before: datetime) -> None:
    make_function(aws)
    aws.client("lambda", REGION).create_alias(FunctionName=NAME, Name="live", FunctionVersion="1")
    make_permission(aws, source_arn="arn:aws:execute-api:eu-west-2:123456789012:other/*/*")
    assert find_existing(aws, PERMISSION, before) is None


@pytest.mark.parametrize(
    "resource",
    [
        LOG_GROUP,
        ROLE_PLAN,
        planned("aws_iam_role_policy", role=ROLE, name="function"),
        FUNCTION,
        ALIAS,
        PERMISSION,
    ],
    ids=lambda resource: resource.type,
)
def test_nothing_is_found_in_an_empty_account(
    aws: Aws, before: datetime, resource: PlannedResource
) -> None:
    assert find_existing(aws, resource, before) is None


@pytest.mark.parametrize(
    "kind",
    [
        "aws_cloudwatch_log_group",
        "aws_iam_role",
        "aws_iam_role_policy",
        "aws_lambda_alias",
        "aws_lambda_function",
        "aws_lambda_permission",
    ],
)
def test_what_has_no_known_name_is_not_searched(aws: Aws, before: datetime, kind: str) -> None:
    assert find_existing(aws, planned(kind), before) is None
