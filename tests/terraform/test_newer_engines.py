"""The streams of Terraform 1.16 and OpenTofu 1.12.

Neither is here: the newest engines that the tests run are Terraform 1.11.4 and 1.15. These lines
are written in the form that the sources of both have, and not recorded.
https://github.com/hashicorp/terraform/tree/main/internal/command/views/json
https://github.com/opentofu/opentofu/tree/main/internal/command/views/json
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.ui.support import piped
from tfgen.terraform import events, journal
from tfgen.terraform.progress import Progress

FUNCTION = "module.us_west_2.module.function.aws_lambda_function.this"
SECRET = "module.us_west_2.module.function.ephemeral.aws_ssm_parameter.this"


def address(of: str) -> dict[str, Any]:
    """Returns how both engines write a resource."""
    module, _, resource = of.rpartition(".module.function.")
    kind, name = resource.split(".")[-2:]
    return {
        "addr": of,
        "module": f"{module}.module.function",
        "resource": resource,
        "implied_provider": "aws",
        "resource_type": kind,
        "resource_name": name,
        "resource_key": None,
    }


ACTION = {
    "addr": "module.us_west_2.action.aws_lambda_invoke.warm",
    "module": "module.us_west_2",
    "action": "action.aws_lambda_invoke.warm",
    "implied_provider": "aws",
    "action_type": "aws_lambda_invoke",
    "action_name": "warm",
    "action_key": None,
}
LIFECYCLE = {
    "resource": address(FUNCTION),
    "trigger_index": 0,
    "actions_index": 0,
    "trigger_event": "AfterUpdate",
    "on_failure": "continue",
}


def line(type_: str, *, level: str = "info", second: int = 0, **content: Any) -> str:
    """Returns a line of the stream."""
    head = {
        "@level": level,
        "@message": f"a message of type {type_}",
        "@module": "terraform.ui",
        "@timestamp": f"2026-11-30T12:00:{second:02}.000000Z",
        "type": type_,
    }
    return json.dumps({**head, **content})


VERSIONS = {
    "Terraform 1.16": line("version", terraform="1.16.5", ui="1.3"),
    "OpenTofu 1.12": line("version", tofu="1.12.1", ui="1.2"),
    "a later minor version": line("version", terraform="1.19.0", ui="1.9"),
}

PASSED_OVER = {
    # Terraform
    "ephemeral_op_start": line(
        "ephemeral_op_start", hook={"resource": address(SECRET), "action": "open"}
    ),
    "ephemeral_op_progress": line(
        "ephemeral_op_progress",
        hook={"resource": address(SECRET), "action": "open", "elapsed_seconds": 10.5},
    ),
    "ephemeral_op_complete": line(
        "ephemeral_op_complete",
        hook={"resource": address(SECRET), "action": "renew", "elapsed_seconds": 0},
    ),
    "ephemeral_op_errored": line(
        "ephemeral_op_errored",
        hook={"resource": address(SECRET), "action": "close", "elapsed_seconds": 0},
    ),
    "planned_action_invocation": line(
        "planned_action_invocation", invocation={"action_addr": ACTION}
    ),
    "action_start": line("action_start", hook={"action": ACTION, "lifecycle": LIFECYCLE}),
    "action_progress": line(
        "action_progress", hook={"action": ACTION, "message": "invoking", "invoke": {}}
    ),
    "action_complete": line("action_complete", hook={"action": ACTION, "lifecycle": LIFECYCLE}),
    "action_errored": line(
        "action_errored", hook={"action": ACTION, "error": "no", "lifecycle": LIFECYCLE}
    ),
    "list_start": line("list_start", list_start={"address": "list.aws_lambda_function.all"}),
    "list_resource_found": line("list_resource_found", list_resource_found={}),
    "list_complete": line("list_complete", list_complete={"total": 1}),
    "policy_info": line("policy_info", policy_info={"message": "checked"}),
    "policy_result": line("policy_result", result="Allow", target_address=FUNCTION),
    # OpenTofu, whose hook has no action and a key in upper case.
    "ephemeral_action_started": line(
        "ephemeral_action_started", hook={"resource": address(SECRET), "Msg": "Opening..."}
    ),
    "ephemeral_action_complete": line(
        "ephemeral_action_complete", hook={"resource": address(SECRET), "Msg": "Open complete"}
    ),
    # Not there yet.
    "a type that nobody knows": line("apply_paused", hook={"resource": address(FUNCTION)}),
    "a hook in another form": line("apply_start", hook={"resources": []}),
    "a change in another form": line("planned_change", changes=[]),
}


def planned(action: str, **more: Any) -> str:
    return line("planned_change", change={"resource": address(FUNCTION), "action": action, **more})


def started(action: str) -> str:
    return line("apply_start", hook={"resource": address(FUNCTION), "action": action})


def completed(action: str) -> str:
    hook = {"resource": address(FUNCTION), "action": action, "elapsed_seconds": 12.3456}
    return line("apply_complete", hook=hook, second=12)


# The keys on actions are new in Terraform 1.14 and 1.16.
SUMMARY = line(
    "change_summary",
    second=13,
    changes={
        "add": 0,
        "change": 1,
        "import": 0,
        "remove": 0,
        "action_invocation": 1,
        "action_fail": 1,
        "operation": "apply",
    },
)


def folded(lines: list[str]) -> Progress:
    progress = Progress()
    for event in events.parse_all(lines):
        progress = progress.after(event)
    return progress


@pytest.mark.parametrize("name", VERSIONS)
def test_every_version_of_the_stream_is_read(name: str) -> None:
    event = events.parse(VERSIONS[name])
    assert isinstance(event, events.Version)
    assert event.version in {"1.16.5", "1.12.1", "1.19.0"}


@pytest.mark.parametrize("name", PASSED_OVER)
def test_what_is_no_change_of_a_resource_is_passed_over(name: str, tmp_path: Path) -> None:
    unknown = PASSED_OVER[name]
    assert isinstance(events.parse(unknown), events.Other)
    without = [planned("update"), started("update"), completed("update"), SUMMARY]
    lines = [part for known in without for part in (unknown, known)]
    assert folded(lines).regions == folded(without).regions
    [region] = folded(lines[:5]).regions
    assert (region.done, region.total) == (0, 1)
    path = tmp_path / "run.jsonl"
    path.write_text("\n".join(lines), "utf-8")
    read = journal.read(path)
    assert (read.finished, read.in_flight, read.failed, read.errors) == (True, (), (), ())


def test_the_view_says_nothing_of_it() -> None:
    known = [planned("update"), started("update"), completed("update"), SUMMARY]
    every = [*known[:2], *PASSED_OVER.values(), *known[2:]]
    assert shown(every) == shown(known)
    assert "1 changed" in shown(known)


def shown(lines: list[str]) -> str:
    """Returns what a person sees of a stream."""
    body = f"""
from tfgen.terraform.events import parse_all
from tfgen.ui.live import LiveApply

events = list(parse_all({lines!r}))
now = [events[0].at]
with LiveApply(Console.from_environment(), clock=lambda: now[0]) as live:
    for event in events:
        now[0] = event.at
        live.feed(event)
"""
    result = piped(body)
    assert result.returncode == 0, result.stderr
    return result.stderr


def test_unknown_keys_do_no_harm() -> None:
    for text in (planned("update"), started("update"), completed("update"), SUMMARY):
        content = json.loads(text)
        more = {**content, "trace_id": "1", "@policy": "true"}
        for key in ("change", "hook", "changes"):
            if key in content:
                more[key] = {**content[key], "new": {"a": [1]}, "identity": None}
        event, plain = events.parse(json.dumps(more)), events.parse(text)
        assert event == plain
        assert not isinstance(event, events.Other)


@pytest.mark.parametrize("action", ["remove", "open", "quarantine", "move", "noop"])
def test_a_planned_action_that_an_apply_does_not_report_on_is_not_counted(action: str) -> None:
    event = events.parse(planned(action, reason="a_reason_that_is_new"))
    assert isinstance(event, events.PlannedChange)
    assert event.action == action
    assert folded([planned(action)]).regions == ()


def test_work_with_an_unknown_action_begins_and_ends() -> None:
    [region] = folded([started("quarantine")]).regions
    assert [flight.action for flight in region.in_flight] == ["quarantine"]
    [region] = folded([started("quarantine"), completed("quarantine")]).regions
    assert (region.done, region.total, region.in_flight) == (1, 1, ())


def test_a_replaced_object_that_is_kept_is_done_when_the_apply_is() -> None:
    """With ``lifecycle { destroy = false }`` a replacement has no step that deletes."""
    lines = [planned("replace"), started("create"), completed("create")]
    [region] = folded(lines).regions
    assert (region.done, region.total) == (0, 1)
    [region] = folded([*lines, SUMMARY]).regions
    assert (region.done, region.total) == (1, 1)


def test_seconds_with_a_fraction_are_whole() -> None:
    event = events.parse(completed("update"))
    assert isinstance(event, events.ApplyComplete)
    assert (event.elapsed, type(event.elapsed)) == (12, int)


@pytest.mark.parametrize("level", ["error", "warn"])
def test_what_a_policy_says_is_a_diagnostic(level: str) -> None:
    text = line(
        "policy_diagnostic",
        level=level,
        policy_diagnostic={
            "severity": "error",
            "summary": "Policy denied",
            "detail": "A function needs a dead letter queue.",
            "range": {"filename": "main.tf", "start": {"line": 3, "column": 1, "byte": 40}},
        },
        result="Deny",
        target_address=FUNCTION,
    )
    event = events.parse(text)
    assert isinstance(event, events.Diagnostic)
    assert event.severity == ("error" if level == "error" else "warning")
    assert (event.summary, event.file, event.line) == ("Policy denied", "main.tf", 3)
