"""What a plan may do to tables, and what a destroy leaves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from tests.config.test_resolve import app_of
from tfgen.app import App
from tfgen.cli.steps import PlannedChange
from tfgen.cli.tables import is_replica_change, kept_among, refuse_lost_tables
from tfgen.errors import TfgenError
from tfgen.terraform.state import Instance

TABLE = "module.items_table.aws_dynamodb_table.this"
NAME = "hello-production-items"
KEY = "arn:aws:kms:{}:123456789012:key/1234"
ARN = f"arn:aws:dynamodb:us-west-2:123456789012:table/{NAME}"


def app() -> App:
    return app_of(
        "regions: {us-west-2: {}, eu-west-2: {}}\n"
        "database: {home: us-west-2, dynamodb: {items: {hash_key: id, replicate: true}}}\n"
    )


def change(
    *actions: str,
    address: str = TABLE,
    by: tuple[str, ...] = (),
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> PlannedChange:
    had = {"name": NAME, **(before or {})}
    return PlannedChange(
        address,
        "aws_dynamodb_table",
        actions,
        had,
        {"name": NAME, **(after or {})},
        by,
        tainted=False,
        deposed=False,
    )


PROTECTED = {"deletion_protection_enabled": True}


@pytest.mark.parametrize(
    ("planned", "message", "hint"),
    [
        (
            change("delete", "create", by=("hash_key",)),
            f"To change `hash_key` replaces the table `{NAME}`, and all items in it are lost",
            "add `--allow-replace`",
        ),
        (
            change("delete", "create", by=("hash_key", "range_key"), before=PROTECTED),
            "but it is protected against deletion",
            "set `deletion_protection: false`",
        ),
        (change("delete"), "is not in the config any more", f"`terraform state rm {TABLE}`"),
        (
            change("delete", before=PROTECTED),
            "is not in the config any more, and would be deleted; but it is protected",
            "set `deletion_protection: false`",
        ),
    ],
)
def test_a_plan_that_loses_a_table_is_refused(
    planned: PlannedChange, message: str, hint: str
) -> None:
    with pytest.raises(TfgenError) as raised:
        refuse_lost_tables([planned], app(), allowed=False)
    assert message in raised.value.message
    assert hint in str(raised.value.hint)


def test_one_that_the_user_allows_is_refused_only_if_dynamodb_would() -> None:
    refuse_lost_tables([change("delete"), change("delete", "create")], app(), allowed=True)
    with pytest.raises(TfgenError, match="protected against deletion"):
        refuse_lost_tables([change("delete", before=PROTECTED)], app(), allowed=True)


def test_a_table_is_never_moved() -> None:
    planned = change("delete", "create", by=("region",), before={"region": "eu-west-2"})
    with pytest.raises(TfgenError, match="Terraform cannot move a table") as raised:
        refuse_lost_tables([planned], app(), allowed=True)
    assert "put `home: eu-west-2` back" in str(raised.value.hint)


def test_tables_of_the_user_are_the_users() -> None:
    refuse_lost_tables(
        [
            change("delete", address="aws_dynamodb_table.this"),
            change("delete", address="module.mine.aws_dynamodb_table.this"),
            change("create"),
            change("update"),
        ],
        app(),
        allowed=False,
    )


def test_a_replica_is_no_other_change() -> None:
    assert is_replica_change(change("update", before={"replica": []}, after={"replica": [1]}))
    assert not is_replica_change(change("update", after={"replica": [1], "ttl": [1]}))
    assert not is_replica_change(change("delete", before={"replica": []}))
    assert not is_replica_change(change("update", address="aws_dynamodb_table.this"))


def test_a_table_is_kept_with_the_keys_that_encrypt_it() -> None:
    function = "module.{}.module.function"
    west, london, other = (
        function.format(name) for name in ("us_west_2", "eu_west_2", "eu_west_1")
    )
    table = {
        "name": NAME,
        "arn": ARN,
        "deletion_protection_enabled": True,
        "server_side_encryption": [{"kms_key_arn": KEY.format("us-west-2")}],
        "replica": [{"region_name": "eu-west-2", "kms_key_arn": KEY.format("eu-west-2")}],
    }
    found = [
        Instance(TABLE, "aws_dynamodb_table", table),
        Instance(
            "module.items_table.aws_appautoscaling_target.this", "aws_appautoscaling_target", {}
        ),
        Instance(f"{west}.aws_kms_key.this", "aws_kms_key", {"arn": KEY.format("us-west-2")}),
        Instance(
            f"{london}.aws_kms_alias.this",
            "aws_kms_alias",
            {"target_key_arn": KEY.format("eu-west-2")},
        ),
        Instance(f"{other}.aws_kms_key.this", "aws_kms_key", {"arn": KEY.format("eu-west-1")}),
        Instance(f"{west}.aws_lambda_function.this", "aws_lambda_function", {}),
        Instance("aws_dynamodb_table.mine", "aws_dynamodb_table", {}),
    ]
    kept = kept_among(found)
    assert kept.tables == (f"`{NAME}` in us-west-2, eu-west-2",)
    assert kept.protected == (TABLE,)
    assert kept.others == (
        f"{other}.aws_kms_key.this",
        f"{west}.aws_lambda_function.this",
        "aws_dynamodb_table.mine",
    )
    assert kept_among(found[5:]).tables == ()
