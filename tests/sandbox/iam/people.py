"""IAM users and roles of a simulated account, and what they may do."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from tests.sandbox.conftest import REGION
from tfgen.aws.session import Aws
from tfgen.sandbox.environment import SANDBOX_KEY

ACCOUNT = "123456789012"
ROOT = f"arn:aws:iam::{ACCOUNT}:root"

_REFUSALS = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"}


@cache
def _session() -> boto3.Session:
    return boto3.Session()


def owner(endpoint: str, service: str, region: str = REGION) -> Any:
    """Returns a plain client of whoever owns the sandbox."""
    return client(endpoint, service, SANDBOX_KEY, SANDBOX_KEY, region=region)


def document(*statements: Mapping[str, Any]) -> str:
    """Returns a policy of statements, each of which allows if it does not say otherwise."""
    said = [{"Effect": "Allow", "Resource": "*", **each} for each in statements]
    return json.dumps({"Version": "2012-10-17", "Statement": said})


class Person:
    """An IAM user with an access key.

    Args:
        aws: the account.
        name: the user's.
        statements: of the user's inline policy.
    """

    def __init__(self, aws: Aws, name: str, *statements: Mapping[str, Any]) -> None:
        self._iam = aws.client("iam", REGION)
        self._endpoint = self._iam.meta.endpoint_url
        self.name = name
        self.arn = self._iam.create_user(UserName=name)["User"]["Arn"]
        self._key = self._iam.create_access_key(UserName=name)["AccessKey"]
        if statements:
            self.may(*statements)

    def may(self, *statements: Mapping[str, Any]) -> None:
        """Gives the user an inline policy instead of the one before."""
        self._iam.put_user_policy(
            UserName=self.name, PolicyName="rights", PolicyDocument=document(*statements)
        )

    def client(self, service: str, region: str = REGION) -> Any:
        """Returns a client with the user's credentials."""
        keys = self._key["AccessKeyId"], self._key["SecretAccessKey"]
        return client(self._endpoint, service, *keys, region=region)


def client(
    endpoint: str, service: str, key: str, secret: str, token: str | None = None, *, region: str
) -> Any:
    """Returns a client with credentials that may be anybody's."""
    return _session().client(  # type: ignore[call-overload] # any service
        service,
        region_name=region,
        endpoint_url=endpoint,
        aws_access_key_id=key,
        aws_secret_access_key=secret,
        aws_session_token=token,
    )


def refused(call: Any, *args: Any, **named: Any) -> str:
    """Makes a request that has to be refused, and returns what AWS says."""
    with pytest.raises(ClientError) as raised:
        call(*args, **named)
    said = raised.value.response
    assert said["Error"]["Code"] in _REFUSALS, said
    assert said["ResponseMetadata"]["HTTPStatusCode"] in {400, 403}
    return said["Error"]["Message"]


def failure(call: Any, *args: Any, **named: Any) -> tuple[str, str]:
    """Makes a request that has to fail, and returns the error's code and message."""
    with pytest.raises(ClientError) as raised:
        call(*args, **named)
    said = raised.value.response["Error"]
    return said["Code"], said.get("Message", "")


def key_policy(*statements: Mapping[str, Any]) -> str:
    """Returns the policy of a key, whose statements have the account as their principal."""
    said: Sequence[Mapping[str, Any]] = [
        {"Effect": "Allow", "Principal": {"AWS": ROOT}, "Resource": "*", **each}
        for each in statements
    ]
    return json.dumps({"Version": "2012-10-17", "Statement": said})
