"""A sandbox run reaches nothing but the sandbox, whatever the user's shell holds.

A real `terraform plan` and `apply`, and everything that tfgen itself asks, run in the environment
of a user all of whose settings lead into a trap, and somebody watches where they connect to.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.user import Trap, trapped
from tests.sandbox.watch import can_enclose
from tfgen.sandbox.environment import child_environment
from tfgen.terraform import mirror

ROOT = Path(__file__).resolve().parents[2]
MODULE = """\
terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.0"
    }
  }
}

provider "aws" {
  region = "eu-west-2"
}

resource "aws_cloudwatch_log_group" "this" {
  name = "/hello"
}
"""

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="what is watched is Linux's")


@dataclass(frozen=True, slots=True)
class Prepared:
    """An initialized root module.

    Attributes:
        root: its folder.
        cli_config: what finds the provider; None when it came from the registry.
    """

    root: Path
    cli_config: Path | None


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    root = tmp_path_factory.mktemp("root")
    (root / "main.tf").write_text(MODULE, encoding="utf-8")
    found = mirror.find(os.environ)
    cli_config = None
    if found is not None:
        cli_config = root / "cli.tfrc"
        mirror.write_cli_config(cli_config, found)
    environment = child_environment(
        os.environ, "http://127.0.0.1:9", cli_config, registry=found is None
    )
    subprocess.run(["terraform", "init", "-input=false"], cwd=root, env=environment, check=True)
    return Prepared(root, cli_config)


@pytest.fixture
def trap() -> Iterator[Trap]:
    with Trap() as trap:
        yield trap


@pytest.fixture
def marker(tmp_path: Path) -> Path:
    return tmp_path / "credentials-were-asked-for"


@pytest.fixture
def user(tmp_path: Path, trap: Trap, marker: Path) -> Mapping[str, str]:
    (tmp_path / "home").mkdir()
    return trapped(os.environ, tmp_path / "home", trap.url, marker)


def sandbox_run(
    how: str, project: Path, prepared: Prepared, user: Mapping[str, str], *before: str
) -> dict[str, Any]:
    """Runs everything as that user and returns what was seen."""
    project.mkdir()
    done = subprocess.run(
        [
            *(*before, sys.executable, "-m", "tests.sandbox.sandbox_run", how),
            *(str(project), str(prepared.root)),
            *([str(prepared.cli_config)] if prepared.cli_config else []),
        ],
        cwd=ROOT,
        env=user,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    assert report["expected"] in report["control"]
    assert report["resources"] == [
        "eu-west-2 log group /hello",
        "global hosted zone example.com",
    ]
    return report


def test_the_trap_works(user: Mapping[str, str], trap: Trap) -> None:
    """Who uses these settings as they are does fall into it."""
    environment = {name: value for name, value in user.items() if "_USE_" not in name}
    program = "import boto3; boto3.client('lambda').list_functions()"
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**environment, "AWS_MAX_ATTEMPTS": "1", "AWS_PROFILE": "assumed"},
        capture_output=True,
        check=False,
    )
    assert done.returncode != 0
    assert trap.hits > 0


def test_nothing_else_is_connected_to(
    tmp_path: Path, prepared: Prepared, user: Mapping[str, str], trap: Trap, marker: Path
) -> None:
    """By looking at the sockets of all processes; works everywhere, see `Sockets` for its limit."""
    report = sandbox_run("sockets", tmp_path / "project", prepared, user)
    targets = {tuple(target) for target in report["targets"]}
    assert ("tcp", "127.0.0.1", report["port"]) in targets
    # The server's end of a connection names the client's port, so ports say no more.
    assert {target[:2] for target in targets} == {("tcp", "127.0.0.1")}
    assert trap.hits == 0
    assert not marker.exists()


def test_nothing_else_is_sent_to(
    tmp_path: Path, prepared: Prepared, user: Mapping[str, str], marker: Path
) -> None:
    """By seeing every packet, in a network where loopback is the way to everywhere."""
    if not can_enclose():
        pytest.skip("this user may not make a network namespace")
    unshare = shutil.which("unshare") or ""
    report = sandbox_run(
        "packets", tmp_path / "project", prepared, user, unshare, "--map-root-user", "--net"
    )
    others = {tuple(target) for target in report["targets"]}
    others.remove(("tcp", "127.0.0.1", report["port"]))
    assert {target for target in others if not is_answer(*target)} == set()
    assert not marker.exists()


def is_answer(protocol: str, address: str, port: int) -> bool:
    """Whether packets to there go back to a client, on a port that the kernel gave it."""
    ports = Path("/proc/sys/net/ipv4/ip_local_port_range").read_text(encoding="utf-8")
    return (protocol, address) == ("tcp", "127.0.0.1") and port >= int(ports.split()[0])
