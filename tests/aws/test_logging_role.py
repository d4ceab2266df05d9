"""The role of API Gateway's logs: whose it is, and whether it works."""

from __future__ import annotations

import json
from typing import Any

from tfgen.aws.logging_role import description, find_own_role, working_role
from tfgen.aws.session import Aws

REGION = "eu-west-2"
NAME = "hello-production-apigateway-eu-west-2"


def make(aws: Aws, name: str, described: str) -> str:
    trust: dict[str, Any] = {"Version": "2012-10-17", "Statement": []}
    made = aws.client("iam", REGION).create_role(
        RoleName=name, Description=described, AssumeRolePolicyDocument=json.dumps(trust)
    )
    return made["Role"]["Arn"]


def set_role(aws: Aws, arn: str) -> None:
    operation: Any = {"op": "replace", "path": "/cloudwatchRoleArn", "value": arn}
    aws.client("apigateway", REGION).update_account(patchOperations=[operation])


def test_a_role_works_if_it_is_set_and_there(aws: Aws) -> None:
    assert working_role(aws, REGION) is None
    arn = make(aws, "others", "")
    assert working_role(aws, REGION) is None
    set_role(aws, arn)
    assert working_role(aws, REGION) == arn
    assert working_role(aws, "us-west-2") is None
    aws.client("iam", REGION).delete_role(RoleName="others")
    assert working_role(aws, REGION) is None


def test_a_role_is_a_stages_own_by_its_name_and_description(aws: Aws) -> None:
    assert not find_own_role(aws, REGION, NAME)
    make(aws, NAME, "Somebody else's")
    assert not find_own_role(aws, REGION, NAME)
    make(aws, NAME.replace("hello", "other"), description(REGION))
    assert find_own_role(aws, REGION, NAME.replace("hello", "other"))
