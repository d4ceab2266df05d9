"""``tfgen sandbox``, as a user runs it."""

from __future__ import annotations

import json
import socket
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from tests.sandbox.conftest import REGION
from tests.sandbox.iam.people import Person, refused
from tfgen.aws.session import Aws
from tfgen.cli.sandbox import app
from tfgen.errors import ExitCode, TfgenError
from tfgen.sandbox.confinement.confine import protection
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
    empty = " ".join(run("status", *here).stderr.split())
    assert "Nothing exists in it yet" in empty
    assert protection().sentence in empty

    Aws(running.endpoint).client("logs", REGION).create_log_group(logGroupName="/app")
    ensure_zone(running.endpoint, "example.com")
    table = [line.split() for line in run("status", *here).stdout.splitlines()]
    assert table == [
        ["SERVICE", "TYPE", "REGION", "COUNT"],
        ["logs", "log", "group", REGION, "1"],
        ["route53", "hosted", "zone", "global", "1", "(1", "seeded)"],
    ]

    person = Person(Aws(running.endpoint), "ann", {"Action": "s3:*"})
    for _ in range(2):
        refused(person.client("kms").list_keys)
    lines = [line.split() for line in run("status", *here).stdout.splitlines()]
    table = lines[lines.index(["REFUSED", "RESOURCE", "TO", "TIMES"]) :]
    assert table[1] == ["kms:ListKeys", "*", "user/ann", "2"]

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
    assert status["protection"] == asdict(protection())
    assert running.token not in json.dumps(status)
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


def test_a_gateway_whose_port_is_taken(project: Path) -> None:
    here = ("--chdir", str(project))
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        started = run("start", *here, "--gateway-port", str(port))
        running = find(project)
        assert running is not None
        assert running.gateway_port != port
        assert f"answer at http://127.0.0.1:{running.gateway_port}" in started.stderr
        assert f"Port {port} is taken" in started.stderr
    again = run("start", *here, "--gateway-port", str(port))
    assert "It keeps the ports and the place that it was started with" in again.stderr


def test_a_place_that_does_not_exist_starts_nothing(project: Path) -> None:
    result = run("start", "--chdir", str(project), "--place", "lodnon")
    assert isinstance(result.exception, TfgenError)
    assert result.exception.message == "There is no place `lodnon`"
    assert "london" in (result.exception.hint or "")
    assert find(project) is None


@pytest.mark.parametrize("command", [("curl", "https://a.b/"), ("fail", "eu-west-2"), ("logs",)])
def test_a_sandbox_that_is_not_running(project: Path, command: tuple[str, ...]) -> None:
    result = run(*command, "--chdir", str(project))
    assert isinstance(result.exception, TfgenError)
    assert result.exception.message == "The sandbox is not running"
    assert find(project) is None
