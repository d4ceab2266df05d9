"""``tfgen sandbox``, as a user runs it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from tests.sandbox.conftest import REGION
from tfgen.aws.session import Aws
from tfgen.cli.sandbox import app
from tfgen.errors import ExitCode, TfgenError
from tfgen.sandbox.lifecycle import find
from tfgen.sandbox.seed import ensure_zone


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments, catch_exceptions=True)


def said(*arguments: str) -> Any:
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_a_life_in_words(project: Path) -> None:
    here = ("--chdir", str(project))
    assert "not running" in run("status", *here).stderr
    started = run("start", *here)
    running = find(project)
    assert running is not None
    assert started.stdout == ""
    assert f"The sandbox answers at {running.endpoint}" in started.stderr
    assert "already answers" in run("start", *here).stderr
    assert "Nothing exists in it yet" in run("status", *here).stderr

    Aws(running.endpoint).client("logs", REGION).create_log_group(logGroupName="/app")
    ensure_zone(running.endpoint, "example.com")
    table = [line.split() for line in run("status", *here).stdout.splitlines()]
    assert table == [
        ["SERVICE", "TYPE", "REGION", "COUNT"],
        ["logs", "log", "group", REGION, "1"],
        ["route53", "hosted", "zone", "global", "1", "(1", "seeded)"],
    ]

    assert "has stopped" in run("stop", *here).stderr
    assert "was not running" in run("stop", *here).stderr


def test_a_life_in_json(project: Path) -> None:
    here = ("--chdir", str(project))
    assert said("status", *here) == {"running": False}
    started = said("start", *here)
    running = find(project)
    assert running is not None
    assert started["new"] is True
    assert started["endpoint"] == running.endpoint
    Aws(running.endpoint).client("logs", REGION).create_log_group(logGroupName="/app")
    status = said("status", *here)
    assert status["pid"] == running.pid
    assert status["resources"] == [
        {"service": "logs", "type": "log group", "region": REGION, "count": 1, "seeded": 0}
    ]
    assert said("stop", *here) == {"stopped": True}
    assert said("stop", *here) == {"stopped": False}


def test_the_project_is_where_the_config_is(project: Path) -> None:
    (project / "apps").mkdir()
    run("start", "--chdir", str(project), "--config", "apps/tfgen.yaml")
    assert find(project) is None
    assert find(project / "apps") is not None
    assert said("stop", "--chdir", str(project), "--config", "apps/tfgen.yaml")["stopped"]


@pytest.mark.parametrize("command", ["start", "stop", "status"])
def test_a_folder_that_does_not_exist(tmp_path: Path, command: str) -> None:
    result = run(command, "--chdir", str(tmp_path / "missing"))
    assert isinstance(result.exception, TfgenError)
    assert result.exception.exit_code == ExitCode.USAGE
    assert not list(tmp_path.iterdir())
