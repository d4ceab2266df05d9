"""Lambda: a function and each of its aliases have a policy of their own."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.sandbox.conftest import REGION
from tfgen.aws.session import Aws
from tfgen.errors import TfgenError

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient


@pytest.fixture
def client(aws: Aws, role: str, bundle: bytes) -> LambdaClient:
    """Lambda, with a function and two aliases of it."""
    client = aws.client("lambda", REGION)
    client.create_function(
        FunctionName="app",
        Role=role,
        Runtime="python3.13",
        Handler="app.handler",
        Code={"ZipFile": bundle},
        Publish=True,
    )
    for name in ("live", "next"):
        client.create_alias(FunctionName="app", Name=name, FunctionVersion="1")
    return client


def grant(client: LambdaClient, **more: Any) -> None:
    client.add_permission(
        **{
            "FunctionName": "app",
            "StatementId": "Allow",
            "Action": "lambda:InvokeFunction",
            "Principal": "apigateway.amazonaws.com",
            **more,
        }
    )


def statements(client: LambdaClient, **more: Any) -> list[Any]:
    policy = client.get_policy(FunctionName="app", **more)
    found: list[Any] = json.loads(policy["Policy"])["Statement"]
    return found


def test_an_id_is_taken_once_for_each(client: LambdaClient) -> None:
    grant(client)
    grant(client, Qualifier="live")
    for more in ({}, {"Qualifier": "live"}):
        said = r"ResourceConflictException: The statement id \(Allow\) provided already exists"
        with pytest.raises(TfgenError, match=said):
            grant(client, **more)
        arn = client.get_function(FunctionName="app")["Configuration"]["FunctionArn"]
        wanted = f"{arn}:live" if more else arn
        assert [each["Resource"] for each in statements(client, **more)] == [wanted]


def test_a_statement_is_removed_where_it_belongs(client: LambdaClient) -> None:
    grant(client, Qualifier="live")
    grant(client, Qualifier="next")
    client.remove_permission(FunctionName="app", Qualifier="next", StatementId="Allow")
    assert len(statements(client, Qualifier="live")) == 1
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.get_policy(FunctionName="app", Qualifier="next")
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.remove_permission(FunctionName="app", StatementId="Allow")


def test_the_conditions_of_function_urls(client: LambdaClient) -> None:
    public = {"Qualifier": "live", "Principal": "*"}
    grant(
        client,
        **public,
        StatementId="Url",
        Action="lambda:InvokeFunctionUrl",
        FunctionUrlAuthType="NONE",
        PrincipalOrgID="o-0123456789",
    )
    grant(client, **public, InvokedViaFunctionUrl=True)
    url, invoke = statements(client, Qualifier="live")
    assert url["Condition"] == {
        "StringEquals": {
            "aws:PrincipalOrgID": "o-0123456789",
            "lambda:FunctionUrlAuthType": "NONE",
        }
    }
    assert invoke["Condition"] == {"Bool": {"lambda:InvokedViaFunctionUrl": "true"}}


def test_a_condition_is_of_one_action(client: LambdaClient) -> None:
    for more in (
        {"FunctionUrlAuthType": "NONE"},
        {"Action": "lambda:InvokeFunctionUrl", "InvokedViaFunctionUrl": True},
    ):
        with pytest.raises(TfgenError, match="is only supported for"):
            grant(client, **more)


def test_the_policy_of_an_alias_goes_with_it(client: LambdaClient) -> None:
    for more in ({}, {"Qualifier": "live"}, {"Qualifier": "next"}):
        grant(client, **more)
    client.delete_alias(FunctionName="app", Name="live")
    client.create_alias(FunctionName="app", Name="live", FunctionVersion="1")
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        statements(client, Qualifier="live")
    grant(client, Qualifier="live")
    assert [len(statements(client, **more)) for more in ({}, {"Qualifier": "next"})] == [1, 1]
    client.delete_alias(FunctionName="app", Name="live")
    client.delete_alias(FunctionName="app", Name="live")
