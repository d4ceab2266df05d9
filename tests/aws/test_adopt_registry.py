"""Which resource types can be found, and what an import ID looks like."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

import pytest

from tfgen.aws.adopt import FINDERS, NOTHING_TO_ADOPT, PlannedResource, find_existing
from tfgen.aws.adopt.evidence import CLOCK_SKEW
from tfgen.aws.session import Aws

ROOT = Path(__file__).resolve().parent.parent.parent
LIBRARY = ("modules", "templates")
GROUP = "/aws/lambda/hello-production"


def created_types() -> set[str]:
    """The resource types that the module library and the templates create."""
    texts = [
        path.read_text("utf-8")
        for folder in LIBRARY
        for path in (ROOT / folder).rglob("*")
        if path.suffix in (".tf", ".j2")
    ]
    return {kind for text in texts for kind in re.findall(r'^ *resource "(\w+)"', text, re.M)}


def test_every_type_of_the_library_is_known() -> None:
    assert created_types() == FINDERS.keys() | NOTHING_TO_ADOPT.keys()


def test_no_type_is_both_found_and_not_searched() -> None:
    assert not FINDERS.keys() & NOTHING_TO_ADOPT.keys()


@pytest.mark.parametrize("kind", ["aws_acm_certificate_validation", "aws_vpc"])
def test_other_types_are_left_to_terraform(aws: Aws, before: datetime, kind: str) -> None:
    resource = PlannedResource(f"{kind}.this", kind, "eu-west-2", {"name": "hello"})
    assert find_existing(aws, resource, before) is None


def test_import_id_of_provider_6_names_the_region(aws: Aws, before: datetime) -> None:
    aws.client("logs", "eu-west-2").create_log_group(logGroupName=GROUP)
    kind = "aws_cloudwatch_log_group"
    values = {"name": GROUP, "region": "eu-west-2"}
    resource = PlannedResource(f"{kind}.this", kind, "eu-west-2", values)
    assert find_existing(aws, resource, before) == f"{GROUP}@eu-west-2"


def test_clocks_may_differ_a_little(aws: Aws, before: datetime) -> None:
    aws.client("logs", "eu-west-2").create_log_group(logGroupName=GROUP)
    kind = "aws_cloudwatch_log_group"
    resource = PlannedResource(f"{kind}.this", kind, "eu-west-2", {"name": GROUP})
    assert find_existing(aws, resource, before + CLOCK_SKEW * 0.9) == GROUP
    assert find_existing(aws, resource, before + CLOCK_SKEW * 1.1) is None
