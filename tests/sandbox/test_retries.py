"""A call whose answer was lost is not done twice."""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping
from typing import Any

import pytest

from tfgen.sandbox.lifecycle import Running

SIGNED = "AWS4-HMAC-SHA256 Credential=user/20261129/eu-west-2/{}/aws4_request, Signature=x"


def asked(running: Running, call: str, attempt: int, **said: Any) -> tuple[int, Mapping[str, Any]]:
    """Creates a table, as an SDK asks for it."""
    connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=30)
    headers = {
        "Amz-Sdk-Invocation-Id": call,
        "Amz-Sdk-Request": f"attempt={attempt}; max=3",
        "Authorization": SIGNED.format("dynamodb"),
        "X-Amz-Target": "DynamoDB_20120810.CreateTable",
    }
    table = {
        "TableName": "items",
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
        "BillingMode": "PAY_PER_REQUEST",
    }
    connection.request("POST", "/", json.dumps({**table, **said}), headers)
    answer = connection.getresponse()
    found = answer.status, json.loads(answer.read())
    connection.close()
    return found


@pytest.mark.usefixtures("endpoint")
def test_a_success_is_said_again(running: Running) -> None:
    first = asked(running, "a", 1)
    assert first[0] == 200
    assert asked(running, "a", 2) == first
    assert asked(running, "a", 3) == first


@pytest.mark.usefixtures("endpoint")
def test_another_call_is_another_call(running: Running) -> None:
    assert asked(running, "b", 1)[0] == 200
    status, said = asked(running, "c", 1)
    assert (status, said["__type"].rpartition("#")[2]) == (400, "ResourceInUseException")
    # The first attempt has not come here at all.
    assert asked(running, "d", 2)[0] == 400


@pytest.mark.usefixtures("endpoint")
def test_a_failure_is_tried_again(running: Running) -> None:
    assert asked(running, "e", 1, KeySchema=[])[0] == 400
    assert asked(running, "e", 2)[0] == 200
