"""A state that a full disk or a kill has torn, or that could not be saved, is put back."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from tests.support.command import make_project
from tests.support.fake_terraform import STATE, FakeTerraform, fake_terraform
from tests.support.inside import Ended, Inside, inside
from tests.support.sts import Sts
from tfgen.errors import ExitCode
from tfgen.terraform import journal

__all__ = ["inside"]

CONFIG = """\
name: hello
function: {source: ./src, runtime: python3.13, handler: app.handler}
regions: {us-west-2: }
"""
AT = "2026-01-02T03:04:05.678901Z"
RESOURCE_IN_STATE = {"mode": "managed", "type": "x", "name": "y", "instances": []}
WRITTEN = {**STATE, "serial": 7, "resources": [RESOURCE_IN_STATE]}
TORN = json.dumps(WRITTEN)[:60]


def event(kind: str, **more: object) -> str:
    return json.dumps(
        {"@level": "info", "@message": "", "@timestamp": AT, "type": kind, **more},
        separators=(",", ":"),
    )


def failed(summary: str) -> str:
    detail = "write terraform.tfstate: no space left on device"
    said = {"severity": "error", "summary": summary, "detail": detail}
    return event("diagnostic", diagnostic=said)


RESOURCE = {"addr": "terraform_data.y", "module": "", "resource_type": "terraform_data"}
DUMP = event("log", state=WRITTEN).replace('""', '"Emergency state dump"', 1)
BEGUN = event("apply_start", hook={"resource": RESOURCE, "action": "create"})
DONE = event("apply_complete", hook={"resource": RESOURCE, "action": "create"})
NOT_SAVED = (failed("Failed to save state"), failed("Failed to persist state to backend"))
SUMMARY = event(
    "change_summary", changes={"operation": "apply", "add": 1, "change": 0, "remove": 0}
)


class Stage:
    """A stage whose last apply went wrong, in a project with a fake Terraform."""

    def __init__(self, folder: Path, inside: Inside) -> None:
        self.folder = make_project(folder / "app", CONFIG)
        self.inside = inside
        assert inside.tfgen(self.folder, "render").code == ExitCode.DONE
        self.root = self.folder / "infra/production"
        self.state = self.root / "terraform.tfstate"
        self.runs = self.folder / ".tfgen/runs"

    def write_journal(self, *lines: str, name: str = "20260102T030405.000000Z") -> Path:
        self.runs.mkdir(parents=True, exist_ok=True)
        path = self.runs / f"{name}-production-apply.jsonl"
        path.write_text("\n".join(lines), "utf-8")
        return path

    def terraform(self, **answers: str) -> FakeTerraform:
        return fake_terraform(
            self.folder.parent / "terraform",
            # There is nothing to change.
            {**answers},
            codes={"plan": 0},
        )

    def apply(self, terraform: FakeTerraform | None = None) -> Ended:
        used = terraform or self.terraform()
        return self.inside.tfgen(self.folder, "apply", "--yes", TFGEN_TERRAFORM=str(used.path))


@pytest.fixture
def stage(tmp_path: Path, inside: Inside) -> Stage:
    return Stage(tmp_path, inside)


def test_a_first_apply_on_a_full_disk_goes_on_from_its_journal(stage: Stage) -> None:
    stage.state.write_text(TORN, "utf-8")
    (stage.root / "errored.tfstate").touch()
    run = stage.write_journal(BEGUN, DONE, DUMP, *NOT_SAVED)
    ended = stage.apply()
    assert "Restored the state that an earlier apply could not write" in ended.stderr
    assert json.loads(stage.state.read_text("utf-8")) == WRITTEN
    assert not journal.read(run).unsaved
    assert journal.read(run).finished
    assert "Restored" not in stage.apply().stderr


def test_the_state_that_terraform_wrote_beside_is_better_than_the_journal(stage: Stage) -> None:
    stage.state.write_text(TORN, "utf-8")
    beside = stage.root / "errored.tfstate"
    beside.write_text(json.dumps({**WRITTEN, "serial": 8}), "utf-8")
    stage.write_journal(BEGUN, DONE, DUMP, *NOT_SAVED)
    stage.apply()
    assert json.loads(stage.state.read_text("utf-8"))["serial"] == 8
    assert not beside.exists()


def test_one_that_lay_there_before_is_not_taken(stage: Stage) -> None:
    stage.state.write_text(TORN, "utf-8")
    beside = stage.root / "errored.tfstate"
    beside.write_text(json.dumps({**WRITTEN, "serial": 8}), "utf-8")
    os.utime(beside, (1, 1))
    stage.write_journal(BEGUN, DONE, DUMP, *NOT_SAVED)
    stage.apply()
    assert json.loads(stage.state.read_text("utf-8"))["serial"] == 7
    assert beside.exists()


def test_without_a_copy_all_that_the_run_did_is_looked_for(stage: Stage) -> None:
    stage.state.write_text(TORN, "utf-8")
    run = stage.write_journal(BEGUN, DONE, BEGUN[:30])
    ended = stage.apply()
    assert "Restored the state of before an earlier apply" in ended.stderr
    assert "Recovering what an earlier apply was doing" in ended.stderr
    assert stage.state.read_bytes() == b""
    # What a complete apply has taken care of is forgotten.
    assert ended.code == ExitCode.DONE, ended.stderr
    assert not run.exists()


def test_a_run_that_came_to_its_end_is_looked_for_as_well_when_its_state_is_lost(
    stage: Stage,
) -> None:
    stage.state.write_text(TORN, "utf-8")
    backup = stage.root / "terraform.tfstate.backup"
    backup.write_text(json.dumps(STATE), "utf-8")
    older = stage.write_journal(BEGUN, DONE, SUMMARY, name="20250102T030405.000000Z")
    os.utime(older, (1, 1))
    newer = stage.write_journal(BEGUN, DONE, SUMMARY)
    terraform = stage.terraform(version="Terraform v1.11.4\n")
    failing = fake_terraform(terraform.path.parent, codes={"plan": 1})
    assert stage.apply(failing).code == ExitCode.FAILED
    assert json.loads(stage.state.read_text("utf-8")) == STATE
    assert [journal.read(each).finished for each in (older, newer)] == [True, False]


def test_a_state_that_nothing_explains_is_left_alone(stage: Stage) -> None:
    stage.state.write_text(TORN, "utf-8")
    ended = stage.apply()
    assert ended.code == ExitCode.FAILED
    assert "error: The state was cut off while it was written" in ended.stderr
    assert "--> infra/production/terraform.tfstate" in ended.stderr
    assert "put back a copy of that file" in ended.stderr
    assert stage.state.read_text("utf-8") == TORN


def test_what_a_bucket_did_not_take_is_pushed(stage: Stage) -> None:
    (stage.root / "errored.tfstate").write_text(json.dumps(WRITTEN), "utf-8")
    run = stage.write_journal(BEGUN, DONE, *NOT_SAVED)
    terraform = stage.terraform()
    ended = stage.apply(terraform)
    assert ended.code == ExitCode.DONE, ended.stderr
    assert "Restored the state that an earlier apply could not write" in ended.stderr
    [pushed] = [call for call in terraform.calls() if call[:2] == ["state", "push"]]
    assert not Path(pushed[2]).exists()
    assert not (stage.root / "errored.tfstate").exists()
    assert not journal.read(run).unsaved


def test_what_was_pushed_by_hand_is_not_pushed_again(stage: Stage) -> None:
    stage.write_journal(BEGUN, DONE, DUMP, *NOT_SAVED)
    terraform = stage.terraform(**{"state pull": json.dumps({**WRITTEN, "serial": 8})})
    assert stage.apply(terraform).code == ExitCode.DONE
    assert not [call for call in terraform.calls() if call[:2] == ["state", "push"]]


def test_a_full_disk_is_said_with_what_to_do(stage: Stage) -> None:
    lines = "\n".join((BEGUN, DONE, DUMP, *NOT_SAVED)) + "\n"
    terraform = fake_terraform(
        stage.folder.parent / "terraform", {"apply": lines}, codes={"apply": 1}
    )
    ended = stage.apply(terraform)
    assert ended.code == ExitCode.FAILED
    assert "hint: free some space and run the same command again" in ended.stderr
    assert "TF_LOG" not in ended.stderr


def test_an_apply_does_not_begin_on_a_disk_that_is_nearly_full(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    terraform = fake_terraform(stage.folder.parent / "terraform")
    usage = shutil.disk_usage(stage.folder)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=2**24 - 1))
    ended = stage.apply(terraform)
    assert ended.code == ExitCode.FAILED
    assert "error: The disk has less than 16 MB left" in ended.stderr
    assert [call for call in terraform.calls() if call[0] == "apply"] == []
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=2**24))
    assert stage.apply(terraform).code == ExitCode.DONE


@pytest.mark.parametrize(
    "line",
    [
        "[" * 5000,
        '{"type":["x"],"@timestamp":"2026-01-02","@message":""}',
        '{"type":"apply_start","@timestamp":"2026-01-02T03:04:05","@message":"","hook":3}',
        BEGUN.replace(AT, "2026-01-02T03:04:05"),
        BEGUN.replace('"terraform_data.y"', "[]"),
        '{"type":"apply_complete","@timestamp":"2026-01-02","@message":"","hook":{"resource":'
        '{"addr":"a","module":"","resource_type":"b"},"action":"create","elapsed_seconds":1e999}}',
        "\0",
        '{"type":"diagnostic","@timestamp":"2026-01-02","@message":"","diagnostic":{"severity":'
        '"error","summary":3,"range":{"start":7}}}',
    ],
)
def test_a_line_of_a_journal_does_not_end_later_applies(stage: Stage, line: str) -> None:
    stage.write_journal(BEGUN, line, DONE, SUMMARY)
    ended = stage.apply()
    assert ended.code == ExitCode.DONE, ended.stderr


def test_a_saved_plan_is_not_applied_to_a_state_that_is_not_whole(stage: Stage) -> None:
    stage.state.write_text(TORN, "utf-8")
    stage.write_journal(BEGUN, DONE, DUMP, *NOT_SAVED)
    sts = Sts("012345678901")
    used = stage.terraform()
    variables = sts.variables(TFGEN_TERRAFORM=str(used.path))
    planned = stage.inside.tfgen(stage.folder, "plan", "--out", "my.tfplan", **variables)
    assert "An earlier apply was cut off, so this plan" in planned.stderr
    ended = stage.inside.tfgen(stage.folder, "apply", "my.tfplan", **variables)
    sts.close()
    assert ended.code == ExitCode.FAILED
    assert "error: An earlier apply was cut off, and a saved plan" in ended.stderr
    assert [call for call in used.calls() if call[0] == "apply"] == []
