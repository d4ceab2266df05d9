"""What is said of network interfaces that outlive their functions."""

from __future__ import annotations

import pytest

from tfgen.app import App
from tfgen.cli.interfaces import left_interfaces
from tfgen.config.load import loads
from tfgen.resolve import resolve_all

REPLACED = ", replace_security_groups_on_destroy: true"


def apps(of_the_first: str = "", of_the_second: str = "") -> tuple[App, ...]:
    first = f"{{subnet_ids: [subnet-0aaaaaaa], security_group_ids: [sg-0aaaaaaa]{of_the_first}}}"
    second = f"{{subnet_ids: [subnet-0bbbbbbb], security_group_ids: [sg-0bbbbbbb]{of_the_second}}}"
    text = f"""\
name: hello
function: {{source: ./src, runtime: python3.13, handler: app.handler}}
regions:
  us-west-2: {{vpc: {first}}}
  eu-west-2: {{vpc: {second}}}
  eu-west-1: {{}}
"""
    return resolve_all(loads(text))


@pytest.mark.parametrize(
    ("found", "regions", "where", "kept"),
    [
        (apps(), (), "`eu-west-2`, `us-west-2`", "subnets and security groups"),
        (apps(), ("eu-west-2", "eu-west-1"), "`eu-west-2`", "subnets and security groups"),
        (apps(REPLACED), (), "`eu-west-2`, `us-west-2`", "subnets and security groups"),
        (apps(REPLACED), ("us-west-2",), "`us-west-2`", "subnets"),
        (apps(REPLACED, REPLACED), (), "`eu-west-2`, `us-west-2`", "subnets"),
    ],
)
def test_what_cannot_be_deleted_yet(
    found: tuple[App, ...], regions: tuple[str, ...], where: str, kept: str
) -> None:
    assert left_interfaces(found, regions) == (
        f"Lambda keeps the function's network interfaces in {where} for another 20 to 45 minutes: "
        f"until then their {kept} cannot be deleted"
    )


def test_nothing_is_said_where_no_function_was_in_a_vpc() -> None:
    assert left_interfaces(apps(), ("eu-west-1",)) is None
