"""Keys and aliases that a broken run left behind."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from tfgen.aws.adopt import PlannedResource, find_existing
from tfgen.aws.session import Aws
from tfgen.errors import TfgenError

REGION = "eu-west-2"
DESCRIPTION = "hello-production in eu-west-2: environment and logs"
TAGS = {"Name": "hello-production", "team": "edge"}


def planned_key(**changed: Any) -> PlannedResource:
    values = {"description": DESCRIPTION, "tags_all": TAGS} | changed
    return PlannedResource("module.eu.aws_kms_key.this", "aws_kms_key", REGION, values)


def planned_alias(**changed: Any) -> PlannedResource:
    values = {"name": "alias/hello-production"} | changed
    return PlannedResource("module.eu.aws_kms_alias.this", "aws_kms_alias", REGION, values)


def make_key(aws: Aws, description: str = DESCRIPTION, tags: dict[str, str] = TAGS) -> str:
    answer = aws.client("kms", REGION).create_key(
        Description=description,
        Tags=[{"TagKey": key, "TagValue": value} for key, value in tags.items()],
    )
    return answer["KeyMetadata"]["KeyId"]


def test_key_is_found_among_others(aws: Aws, before: datetime) -> None:
    make_key(aws, description="hello-staging in eu-west-2: environment and logs")
    key_id = make_key(aws)
    assert find_existing(aws, planned_key(), before) == key_id


def test_key_of_another_region_is_not_found(aws: Aws, before: datetime) -> None:
    aws.client("kms", "us-west-2").create_key(Description=DESCRIPTION)
    assert find_existing(aws, planned_key(tags_all={}), before) is None


def test_key_from_before_the_run_is_not_found(aws: Aws, later: datetime) -> None:
    make_key(aws)
    assert find_existing(aws, planned_key(), later) is None


def test_key_of_somebody_else_is_not_found(aws: Aws, before: datetime) -> None:
    make_key(aws, tags=TAGS | {"team": "core"})
    make_key(aws, tags={})
    assert find_existing(aws, planned_key(), before) is None


def test_key_that_awaits_its_deletion_is_not_found(aws: Aws, before: datetime) -> None:
    key_id = make_key(aws)
    aws.client("kms", REGION).schedule_key_deletion(KeyId=key_id, PendingWindowInDays=7)
    assert find_existing(aws, planned_key(), before) is None


def test_key_without_a_known_description_is_not_searched(aws: Aws, before: datetime) -> None:
    make_key(aws, description="")
    assert find_existing(aws, planned_key(description=None), before) is None


def test_two_keys_are_named_and_neither_is_taken(aws: Aws, before: datetime) -> None:
    first, second = sorted([make_key(aws), make_key(aws)])
    with pytest.raises(TfgenError) as raised:
        find_existing(aws, planned_key(), before)
    assert raised.value.message == (
        "an interrupted apply left more than one candidate for module.eu.aws_kms_key.this "
        f"in eu-west-2: {first}, {second}"
    )
    assert raised.value.hint is not None


def test_alias_is_found_on_its_key(aws: Aws, before: datetime) -> None:
    key_id = make_key(aws)
    aws.client("kms", REGION).create_alias(AliasName="alias/hello-production", TargetKeyId=key_id)
    found = find_existing(aws, planned_alias(target_key_id=key_id), before)
    assert found == "alias/hello-production"


def test_alias_on_another_key_is_not_found(aws: Aws, before: datetime) -> None:
    ours, theirs = make_key(aws), make_key(aws)
    aws.client("kms", REGION).create_alias(AliasName="alias/hello-production", TargetKeyId=theirs)
    assert find_existing(aws, planned_alias(target_key_id=ours), before) is None


def test_alias_of_a_key_that_is_yet_to_come_is_not_searched(aws: Aws, before: datetime) -> None:
    key_id = make_key(aws)
    aws.client("kms", REGION).create_alias(AliasName="alias/hello-production", TargetKeyId=key_id)
    assert find_existing(aws, planned_alias(), before) is None


def test_alias_of_a_key_that_is_gone_is_not_found(aws: Aws, before: datetime) -> None:
    gone = "11111111-2222-3333-4444-555555555555"
    assert find_existing(aws, planned_alias(target_key_id=gone), before) is None
