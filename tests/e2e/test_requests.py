"""The examples answer requests, from the nearest healthy region, as they were deployed."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from dnslib import DNSRecord

from tests.support.app_folder import AppFolder, hello
from tfgen.errors import ExitCode
from tfgen.sandbox.lifecycle import find, start, stop

pytestmark = pytest.mark.e2e

URL = "https://api.example.com/"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppFolder]:
    with hello(tmp_path_factory.mktemp("requests") / "hello") as app:
        app.tfgen("sandbox", "start", "--dns-port", "0", "--place", "tokyo")
        app.tfgen("apply", "--sandbox", "--yes")
        yield app


def ran(app: AppFolder, *arguments: str, code: int = ExitCode.DONE) -> str:
    return app.tfgen(*arguments, code=code).stdout


def asked(app: AppFolder, *arguments: str) -> Any:
    return json.loads(ran(app, "sandbox", "curl", *arguments, "--json"))


def message(answer: Any) -> str:
    said: str = json.loads(answer["body"])["message"]
    return said


@pytest.mark.parametrize(
    ("place", "region"),
    [
        ("london", "eu-west-2"),
        ("oregon", "us-west-2"),
        ("51.5,-0.1", "eu-west-2"),
        ("eu-central-1", "eu-west-2"),
        ("sao paulo", "us-west-2"),
    ],
)
def test_the_nearest_region_answers(app: AppFolder, place: str, region: str) -> None:
    answer = asked(app, URL, "--from", place)
    assert (answer["status"], answer["region"]) == (200, region)
    assert message(answer) == f"Hello from {region}"
    assert {each["region"] for each in answer["candidates"]} == {"eu-west-2", "us-west-2"}


def test_any_client_can_ask(app: AppFolder) -> None:
    running = find(app.path)
    assert running is not None
    assert running.dns_port is not None
    shown = subprocess.run(
        ["curl", "-sS", "--resolve", f"api.example.com:{running.gateway_port}:127.0.0.1",
         f"http://api.example.com:{running.gateway_port}/"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert json.loads(shown.stdout)["message"] == "Hello from us-west-2", "near Tokyo"
    asked = DNSRecord.question("api.example.com").send("127.0.0.1", running.dns_port, timeout=20)
    assert [str(each.rdata) for each in DNSRecord.parse(asked).rr] == ["127.0.0.1"]


def test_a_domain_that_nobody_deployed(app: AppFolder) -> None:
    answer = asked(app, "https://nobody.example.com/")
    assert (answer["status"], answer["body"]) == (404, '{"message":"Not Found"}')


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((URL, "--from", "lodnon"), "There is no place `lodnon`"),
        (("api.example.com",), "`api.example.com` is not a URL"),
        (("https://[::1/",), "`https://[::1/` is not a URL"),
        ((URL, "-X", "GET IT"), "`GET IT` is not an HTTP method"),
        ((URL, "-H", "A\x01: b"), "`A\\x01: b` is not a header"),
        ((URL, "-H", "nothing"), "`nothing` is not a header"),
        ((URL, "-d", "@missing"), "The body `missing` cannot be read"),
    ],
)
def test_wrong_usage(app: AppFolder, arguments: tuple[str, ...], message: str) -> None:
    result = app.tfgen("sandbox", "curl", *arguments, code=ExitCode.USAGE)
    assert f"error: {message}" in result.stderr
    assert "hint: " in result.stderr


def test_a_region_fails_and_comes_back(app: AppFolder) -> None:
    ran(app, "sandbox", "fail", "eu-west-2")
    curl = ("sandbox", "curl", URL, "--from", "london", "--fail", "-i")
    first = app.tfgen(*curl, code=ExitCode.FAILED)
    assert "HTTP/1.1 503 Service Unavailable" in first.stdout
    assert "eu-west-2 is out" in first.stderr
    awaited(app, "us-west-2")
    assert "unhealthy" in ran(app, "sandbox", "status")
    ran(app, "sandbox", "heal", "eu-west-2")
    awaited(app, "eu-west-2")
    wrong = app.tfgen("sandbox", "fail", "eu-west-9", code=ExitCode.USAGE)
    assert "There is no AWS region" in wrong.stderr


def awaited(app: AppFolder, region: str) -> None:
    """Waits until London is served by a region, as health checks allow."""
    deadline = time.monotonic() + 120
    while asked(app, URL, "--from", "london")["region"] != region:
        assert time.monotonic() < deadline, f"London is still not served by {region}"
        time.sleep(0.5)


def test_what_happened_is_told(app: AppFolder) -> None:
    asked(app, f"{URL}told?x=1", "--from", "london")
    lines = [json.loads(line) for line in ran(app, "sandbox", "logs", "--json").splitlines()]
    mine = [line for line in lines if "GET /told" in line["message"]]
    assert [line["region"] for line in mine] == ["eu-west-2"]
    assert mine[0]["group"] == "/aws/lambda/hello-production"
    assert not ran(app, "sandbox", "logs", "--region", "eu-west-1")
    status = json.loads(ran(app, "sandbox", "status", "--json"))
    assert {each["region"] for each in status["functions"]} == {"eu-west-2", "us-west-2"}
    assert sum(each["errors"] for each in status["functions"]) == 0


def test_what_is_changed_is_what_answers(app: AppFolder) -> None:
    config = app.path / "tfgen.yaml"
    config.write_text(config.read_text("utf-8").replace("Hello from eu", "Hi from eu"), "utf-8")
    ran(app, "apply", "--sandbox", "--yes", "--region", "eu-west-2")
    assert message(asked(app, URL, "--from", "london")) == "Hi from eu-west-2"
    assert message(asked(app, URL, "--from", "oregon")) == "Hello from us-west-2"


def test_nothing_is_left_of_a_sandbox_that_was_killed(app: AppFolder) -> None:
    running = find(app.path)
    assert running is not None
    asked(app, URL, "--from", "london")
    assert len(processes_of(app.path)) > 2, "the server and a function in each region"
    os.kill(running.pid, signal.SIGKILL)
    awaited_end_of(app.path)
    stopped = app.tfgen("sandbox", "curl", URL, code=ExitCode.FAILED)
    assert "The sandbox is not running" in stopped.stderr

    again = start(app.path)
    assert again.new
    assert again.instance != running.instance
    assert not running.scratch.exists(), "the state of an account that is gone"
    assert asked(app, URL)["status"] == 404
    assert stop(app.path)
    assert processes_of(app.path) == []


def processes_of(folder: Path) -> list[psutil.Process]:
    """Returns what a sandbox runs: its server, and the processes of its functions."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            # The providers are the tests' own.
            is_provider = process.name().startswith("terraform-")
            words = (process.cwd(), *process.cmdline())
            if not is_provider and any(str(folder) in word for word in words):
                found.append(process)
    return found


def awaited_end_of(folder: Path) -> None:
    """Waits until nothing runs for a project."""
    deadline = time.monotonic() + 30
    while left := processes_of(folder):
        assert time.monotonic() < deadline, left
        time.sleep(0.05)
