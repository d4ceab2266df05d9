"""What is left behind is found, and what AWS makes up is not."""

from __future__ import annotations

import datetime as dt
from typing import Any

from tests.removal.compare import Difference, differences
from tests.removal.noted import Noted


def account(key: str, **settings: Any) -> dict[str, Any]:
    """Returns an account with a table, as it is read."""
    notes = Noted()
    notes.call(key, "key alias/r001 in us-west-2")
    notes.add(
        "dynamodb",
        "us-west-2",
        "r001-production-items",
        TableId=key,
        CreationDateTime=dt.datetime.now(dt.UTC),
        Key=f"arn:aws:kms:us-west-2:123456789012:key/{key}",
        **settings,
    )
    return notes.plain()


def test_what_aws_makes_up_is_no_difference() -> None:
    assert differences(account("aaaa-01", ttl="DISABLED"), account("bbbb-02", ttl="DISABLED")) == []


def test_what_is_left_of_a_resource_is_found() -> None:
    found = differences(account("aaaa-01", ttl={"Status": "ENABLED"}), account("aaaa-01", ttl={}))
    name = "dynamodb us-west-2 r001-production-items"
    assert found == [Difference("r001", name, "ttl.Status", "ENABLED", "(nothing)")]
    assert str(found[0]) == f"{name}: ttl.Status is ENABLED, not (nothing)"


def test_a_resource_that_is_left_is_found() -> None:
    [found] = differences(account("aaaa-01"), {})
    assert (found.app, found.found, found.expected) == ("r001", "there", "missing")


def test_a_resource_that_is_missing_is_found() -> None:
    [found] = differences({}, account("aaaa-01"))
    assert (found.app, found.found, found.expected) == ("r001", "missing", "there")


def test_a_document_in_a_text_is_compared_as_data() -> None:
    notes = Noted()
    notes.add("iam", "role", "r001", policy='{"b": 1, "a": [2]}')
    assert notes.plain() == {"iam role r001": {"policy": {"a": [2], "b": 1}}}


def test_of_another_status_nothing_else_is_said() -> None:
    found = {"r001": {"status": 200, "body": "x"}, "r002": {"status": 200, "body": "x"}}
    expected = {"r001": {"status": 403, "body": "y"}, "r002": {"status": 200, "body": "y"}}
    assert differences(found, expected, decisive="status") == [
        Difference("r001", "r001", "status", "200", "403"),
        Difference("r002", "r002", "body", "x", "y"),
    ]
