"""The tables in a state, as version 6 of the provider describes them."""

from __future__ import annotations

from typing import Any

import pytest

from tfgen.changes import DeployedReplica, DeployedTable
from tfgen.cli.deployed import deployed_tables
from tfgen.terraform.state import Instance

NAME = "hello-production-items"
KEY = "arn:aws:kms:us-west-2:123456789012:key/1234"
OTHER = "arn:aws:kms:eu-west-2:123456789012:key/5678"
FUNCTION = "module.{}.module.function"
KEYS = [
    Instance(f"{FUNCTION.format('us_west_2')}.aws_kms_key.this", "aws_kms_key", {"arn": KEY}),
    Instance(
        f"{FUNCTION.format('eu_west_2')}.data.aws_kms_key.given",
        "aws_kms_key",
        {"arn": OTHER, "key_id": "alias/company"},
    ),
]


def table(**attributes: Any) -> DeployedTable:
    arn = f"arn:aws:dynamodb:us-west-2:123456789012:table/{NAME}"
    about = {"name": NAME, "arn": arn, **attributes}
    address = "module.items_table.aws_dynamodb_table.this"
    mine = Instance("aws_dynamodb_table.mine", "aws_dynamodb_table", {})
    found = [*KEYS, mine, Instance(address, "aws_dynamodb_table", about)]
    [deployed] = deployed_tables(found)
    return deployed


def test_all_that_there_is() -> None:
    assert table(
        ttl=[{"attribute_name": "expires", "enabled": True}],
        stream_enabled=True,
        stream_view_type="NEW_AND_OLD_IMAGES",
        replica=[
            {
                "region_name": "us-east-1",
                "deletion_protection_enabled": True,
                "consistency_mode": "STRONG",
            },
            # Version 5 says nothing of either.
            {"region_name": "eu-west-2"},
        ],
        global_table_witness=[{"region_name": "us-east-2"}],
        server_side_encryption=[{"enabled": True, "kms_key_arn": KEY}],
    ) == DeployedTable(
        module="items_table",
        name=NAME,
        home="us-west-2",
        ttl="expires",
        stream="new_and_old",
        replicas=(DeployedReplica("eu-west-2", False), DeployedReplica("us-east-1", True)),
        consistency="strong",
        witness="us-east-2",
        encryption="app",
        keys={"eu-west-2": "alias/company", "us-west-2": None},
    )


def test_what_is_off() -> None:
    found = table(
        ttl=[{"attribute_name": "", "enabled": False}],
        stream_enabled=False,
        # The provider keeps it.
        stream_view_type="KEYS_ONLY",
        server_side_encryption=[],
        replica=[],
    )
    assert (found.ttl, found.stream, found.encryption, found.replicas) == (
        None,
        None,
        "aws_owned",
        (),
    )


@pytest.mark.parametrize("arn", ["", OTHER, "arn:aws:kms:us-west-2:123456789012:key/default"])
def test_a_key_that_is_none_of_the_app(arn: str) -> None:
    found = table(server_side_encryption=[{"enabled": True, "kms_key_arn": arn}])
    assert found.encryption == "aws_managed"
