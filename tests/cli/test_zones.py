"""What a plan may do to the hosted zone that a stage created."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.config.test_resolve import HEAD
from tfgen.aws.dns import Record
from tfgen.cli.steps import PlannedChange
from tfgen.cli.workspace import Workspace
from tfgen.cli.zones import ADDRESS, ZONE, foreign, refuse_lost_zone, warn_of_lost_zone
from tfgen.config.load import loads
from tfgen.errors import TfgenError
from tfgen.resolve import resolve
from tfgen.terraform import engine
from tfgen.terraform.state import Instance
from tfgen.ui.console import Console

ID = "Z0123456789ABCDEFGHIJ"
REGIONS = "regions: {us-west-2: }\n"
CREATED = REGIONS + "api:\n  domain: a.example.com\n  zone: example.com\n  create_zone: true\n"
LOOKED_UP = REGIONS + "api:\n  domain: a.example.com\n  zone: example.com\n"
BY_ID = REGIONS + f"api:\n  domain: a.example.com\n  zone: {ID}\n"
ELSEWHERE = LOOKED_UP.replace("example.com", "example.org")


def workspace(config: str) -> Workspace:
    loaded = loads(HEAD + config)
    return Workspace(
        app=resolve(loaded, "production"),
        places=loaded.places.for_stage("production"),
        root=Path.cwd() / "infra" / "production",
        engine=engine.find(os.environ),
        variables={},
        init_variables={},
        folder=Path(),
        endpoint=None,
    )


def change(*actions: str, address: str = ADDRESS, **before: Any) -> PlannedChange:
    had = {"name": "example.com", "zone_id": ID, **before}
    return PlannedChange(address, ZONE, actions, had, {}, (), tainted=False, deposed=False)


@pytest.mark.parametrize(
    ("config", "actions", "message"),
    [
        (LOOKED_UP, ["delete"], "Without `create_zone: true` the hosted zone `example.com` would"),
        (BY_ID, ["delete"], "Without `create_zone: true` the hosted zone `example.com` would"),
        (REGIONS, ["delete"], "`example.com` is not in the config any more, and would be deleted"),
        (ELSEWHERE, ["delete"], "`example.com` is not in the config any more"),
        (CREATED, ["delete", "create"], "The hosted zone `example.com` would be replaced"),
    ],
)
def test_a_plan_that_loses_the_zone_is_refused(
    config: str, actions: list[str], message: str
) -> None:
    with pytest.raises(TfgenError) as raised:
        refuse_lost_zone([change(*actions)], workspace(config), allowed=False)
    assert message in raised.value.message
    assert f" -chdir=infra/production state rm {ADDRESS}`" in str(raised.value.hint)


@pytest.mark.parametrize("config", [LOOKED_UP, BY_ID])
def test_a_zone_that_still_has_the_apps_records_never_goes(config: str) -> None:
    with pytest.raises(TfgenError, match="still has the records of this stage"):
        refuse_lost_zone([change("delete")], workspace(config), allowed=True)


def test_what_loses_no_zone_is_not_refused() -> None:
    own = change("delete", address="aws_route53_zone.mine")
    for each in (change("no-op"), change("update"), own):
        refuse_lost_zone([each], workspace(CREATED), allowed=False)


def record(zone_id: str = ID, **attributes: Any) -> Instance:
    return Instance(
        "aws_route53_record.x", "aws_route53_record", {"zone_id": zone_id, **attributes}
    )


@pytest.mark.parametrize(
    ("listed", "is_foreign"),
    [
        (Record("example.com", "NS"), False),
        (Record("example.com", "SOA"), False),
        (Record("sub.example.com", "NS"), True),
        (Record("a.example.com", "A", "us-west-2"), False),
        (Record("a.example.com", "A", "eu-west-2"), True),
        (Record("*.example.com", "A"), False),
        (Record("other.example.com", "A"), True),
    ],
)
def test_records_of_others(listed: Record, is_foreign: bool) -> None:
    made: list[Mapping[str, Any]] = [
        {"fqdn": "a.example.com", "type": "A", "set_identifier": "us-west-2"},
        {"fqdn": "*.example.com", "type": "A", "set_identifier": ""},
    ]
    state = [record(**each) for each in made]
    state.append(record("Z9", fqdn="other.example.com", type="A"))
    assert foreign([listed], state, ID, "example.com") == ([listed] if is_foreign else [])


@pytest.mark.parametrize(
    ("said", "lost"),
    [
        ("  # aws_route53_zone.this will be destroyed", True),
        ("\x1b[1m  # aws_route53_zone.this\x1b[0m must be \x1b[1m\x1b[31mreplaced\x1b[0m", True),
        ('{"@message":"aws_route53_zone.this: Plan to delete"}', True),
        ("  # aws_route53_zone.this will be created", False),
        ("  # aws_route53_zone.mine will be destroyed", False),
        ("", False),
    ],
)
def test_a_plan_says_that_it_loses_the_zone(
    said: str, lost: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    warn_of_lost_zone(Console.from_environment(), said)
    assert ("This plan deletes the hosted zone" in capsys.readouterr().err) == lost
