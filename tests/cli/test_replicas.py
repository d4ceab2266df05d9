"""What an apply leaves to a second one of replicas, which version 5 of the provider never does.

So no Terraform runs here: the tests say what a plan of version 6 would.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.cli.test_tables import TABLE, app, change
from tfgen.cli import deploy
from tfgen.cli.replicas import may_leave_replicas, unfinished_tables
from tfgen.cli.steps import PlannedChange
from tfgen.ui.console import Console


def replica(*more: Mapping[str, Any], region: str = "eu-west-2") -> Mapping[str, Any]:
    said: dict[str, Any] = {
        "region_name": region,
        "deletion_protection_enabled": True,
        "point_in_time_recovery": True,
    }
    for each in more:
        said |= each
    return said


STRONG = {"consistency_mode": "STRONG"}
OPEN = {"deletion_protection_enabled": False}
WITHOUT_BACKUPS = {"point_in_time_recovery": False}


@pytest.mark.parametrize(
    ("before", "after", "unfinished"),
    [
        ([], [replica(STRONG), replica(STRONG, region="us-east-1")], True),
        ([], [replica(STRONG, OPEN)], False),
        ([], [replica()], False),
        ([replica(OPEN, WITHOUT_BACKUPS)], [replica()], True),
        ([replica(OPEN)], [replica()], False),
        ([replica(WITHOUT_BACKUPS)], [replica()], False),
        ([replica(STRONG)], [replica(STRONG)], False),
        ([replica()], [], False),
    ],
)
def test_what_one_apply_does_not_finish(
    before: Sequence[Any], after: Sequence[Any], unfinished: bool
) -> None:
    actions = ("update",) if before else ("create",)
    planned = change(*actions, before={"replica": before}, after={"replica": after})
    assert unfinished_tables([planned]) == ([TABLE] if unfinished else [])


def test_tables_of_the_user_are_the_users() -> None:
    planned = change(
        "create", address="aws_dynamodb_table.this", after={"replica": [replica(STRONG)]}
    )
    assert unfinished_tables([planned]) == []


def test_only_an_app_with_replicas_can_leave_any() -> None:
    assert may_leave_replicas(app())


MADE = change("create", after={"replica": [replica(STRONG)]})
PROTECTS = change(
    "update",
    before={"replica": [replica(STRONG, OPEN)]},
    after={"replica": [replica(STRONG)]},
)
MORE = change("update", before={"replica": []}, after={"replica": [1], "ttl": [1]})


@pytest.mark.parametrize(
    ("left", "applied", "said"),
    [
        ([PROTECTS], True, "protects new replicas in a second apply"),
        ([change("no-op")], False, "protects new replicas in a second apply"),
        (
            [PROTECTS, MORE],
            False,
            "More than replicas has changed meanwhile",
        ),
    ],
)
def test_what_is_left_is_applied_if_it_is_only_that(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    left: list[PlannedChange],
    applied: bool,
    said: str,
) -> None:
    planned: list[Sequence[str]] = []
    done: list[object] = []

    def plan(_: object, __: object, targets: Sequence[str]) -> list[PlannedChange]:
        planned.append(targets)
        return left

    monkeypatch.setattr(deploy, "quiet_plan", plan)
    monkeypatch.setattr(deploy, "apply_saved", lambda *given: done.append(given[2]))
    saved = tmp_path / "saved"
    workspace: Any = SimpleNamespace(app=app(), saved_plan=saved)
    deploy.finish_replicas(Console.from_environment(), workspace, [MADE])
    assert planned == [[TABLE]]
    assert done == ([saved] if applied else [])
    assert said in capsys.readouterr().err.replace("\n", " ")


def test_nothing_is_planned_where_nothing_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deploy, "quiet_plan", None)
    workspace: Any = SimpleNamespace(app=app())
    deploy.finish_replicas(Console.from_environment(), workspace, [change("no-op")])
