"""What the process of a function sees of this machine: its own, and nothing of the user's."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import tfgen
from tests.sandbox.functions.lab import Lab, bundle
from tfgen.sandbox.confinement import confine, landlock, seatbelt
from tfgen.sandbox.confinement.confine import Protection
from tfgen.sandbox.confinement.view import View

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Landlock is Linux's")

TRIES = """
import os, pathlib, signal, socket, subprocess, sys

def attempt(work):
    try:
        return work()
    except OSError as error:
        return type(error).__name__

def connect(path):
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(path)

def handler(event, context):
    home, pid, package = pathlib.Path(event["home"]), event["pid"], pathlib.Path(event["package"])
    proc = pathlib.Path("/proc", str(pid))
    tries = {
        "read": (home / ".aws/credentials").read_text,
        "read by a link": pathlib.Path("link").read_text,
        "list": lambda: os.listdir(home),
        "write": lambda: (home / "new").write_text("x"),
        "truncate": lambda: os.truncate(home / ".aws/credentials", 0),
        "rename": lambda: os.rename(home / ".aws", "aws"),
        "link": lambda: os.link(home / ".aws/credentials", "credentials"),
        "run": lambda: subprocess.run([home / "program"], check=True),
        "agent": lambda: connect(str(home / "agent")),
        "abstract": lambda: connect("\\0" + event["abstract"]),
        "environment": (proc / "environ").read_bytes,
        "memory": lambda: (proc / "mem").open("rb"),
        "working folder": lambda: os.listdir(proc / "cwd"),
        "signal": lambda: os.kill(pid, 0),
        "environment of the sandbox": pathlib.Path(f"/proc/{event['sandbox']}/environ").read_bytes,
        "read tfgen": (package / "scratch.py").read_text,
        "write into tfgen": lambda: (package / "new.py").write_text("x"),
        "shadow": pathlib.Path("/etc/shadow").read_text,
        "devices": lambda: os.listdir("/dev"),
    }
    link = pathlib.Path("link")
    link.unlink(missing_ok=True)
    link.symlink_to(home / ".aws/credentials")
    return {name: attempt(work) for name, work in tries.items()}
"""

HONEST = """
import asyncio, json, multiprocessing, os, pathlib, socket, ssl, subprocess, sys, tempfile, zoneinfo

import helper

def handler(event, context):
    mine = pathlib.Path(tempfile.mkdtemp())
    (mine / "file").write_text("x")
    (mine / "file").rename(mine / "renamed")
    everybodys = pathlib.Path("/tmp", context.aws_request_id)
    everybodys.write_text("x")
    everybodys.unlink()
    left, right = socket.socketpair()
    left.sendall(b"x")
    with socket.create_connection(("localhost", event["port"])):
        pass
    said = subprocess.run(["sh", "-c", "echo $0 > /dev/null; python3 -c 'print(1)'"],
                          capture_output=True, text=True, check=True).stdout
    return {
        "renamed": [each.name for each in mine.iterdir()],
        "socketpair": right.recv(1).decode(),
        "asyncio": asyncio.run(asyncio.sleep(0, "x")),
        "sh": said,
        "zone": str(zoneinfo.ZoneInfo("Europe/London")),
        "authorities": len(ssl.create_default_context().get_ca_certs()) >= 0,
        "random": len(os.urandom(4)),
        "own process": len(pathlib.Path("/proc/self/environ").read_bytes()) > 0,
        "cached": os.path.exists(helper.__cached__),
        "boto3": __import__("boto3").__file__ is not None,
    }
"""


@pytest.fixture
def home() -> Iterator[Path]:
    """A user's folder; not below /tmp, which functions have for themselves."""
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        home = Path(folder)
        (home / ".aws").mkdir()
        (home / ".aws/credentials").write_text("a-real-one")
        (home / "program").write_text("#!/bin/sh\n")
        (home / "program").chmod(0o755)
        yield home


@pytest.fixture
def tried(lab: Lab, home: Path) -> dict[str, Any]:
    """What a function gets that tries everything."""
    abstract = f"agent of {os.getpid()}"
    with (
        socket.socket(socket.AF_UNIX) as agent,
        socket.socket(socket.AF_UNIX) as other,
        subprocess.Popen(["sleep", "60"], env={"TOKEN": "a-real-one"}, cwd=home) as shell,
    ):
        agent.bind(str(home / "agent"))
        agent.listen()
        other.bind(f"\0{abstract}")
        other.listen()
        event = {
            "home": str(home),
            "pid": shell.pid,
            "sandbox": os.getpid(),
            "abstract": abstract,
            "package": str(Path(tfgen.__file__).parent),
        }
        result: dict[str, Any] = lab.result(lab.deploy(TRIES), event)
        shell.kill()
    return result


def test_a_function_sees_nothing_of_the_user(tried: dict[str, Any], home: Path) -> None:
    # The kernel answers a link out of a closed folder like one to another disk.
    assert tried.pop("link") in {"OSError", "PermissionError"}
    assert {name: said for name, said in tried.items() if said != "PermissionError"} == {}
    assert (home / ".aws/credentials").read_text() == "a-real-one"
    assert not (home / "new").exists()


def test_a_function_in_node_sees_nothing_of_the_user(lab: Lab, home: Path) -> None:
    code = """
    const fs = require("fs"), net = require("net")
    const attempt = (work) => { try { return String(work()) } catch (error) { return error.code } }
    exports.handler = async (event) => [
      attempt(() => fs.readFileSync(`${event.home}/.aws/credentials`)),
      attempt(() => fs.readdirSync(event.home)),
      attempt(() => fs.readFileSync(`/proc/${event.pid}/environ`)),
      attempt(() => fs.writeFileSync(`${process.env.TMPDIR}/mine`, "x")),
      attempt(() => require("child_process").execSync("echo x")),
    ]
    """
    name = lab.deploy(bundle({"index.js": code}), runtime="nodejs20.x", handler="index.handler")
    got = lab.result(name, {"home": str(home), "pid": os.getpid()})
    assert got == ["EACCES", "EACCES", "EACCES", "undefined", "x\n"]


def test_a_function_has_what_it_needs(lab: Lab) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        event = {"port": server.getsockname()[1]}
        name = lab.deploy({"app.py": HONEST, "helper.py": ""})
        assert lab.result(name, event) == {
            "renamed": ["renamed"],
            "socketpair": "x",
            "asyncio": "x",
            "sh": "1\n",
            "zone": "Europe/London",
            "authorities": True,
            "random": 4,
            "own process": True,
            "cached": True,
            "boto3": True,
        }


def test_a_function_writes_nothing_among_the_packages_of_tfgen(lab: Lab) -> None:
    import urllib3

    code = """
import urllib3
def handler(event, context):
    return [urllib3.__file__, urllib3.__cached__]
"""
    file, cached = lab.result(lab.deploy(code))
    installed = Path(urllib3.__file__).parent
    assert Path(file).parent != installed
    assert Path(file).resolve() == installed / "__init__.py"
    assert Path(cached).parent.is_relative_to(lab.home)


def test_where_nothing_protects_functions_run_all_the_same(
    lab: Lab, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unprotected = Protection(None, "there is nothing")
    monkeypatch.setattr(confine, "protection", lambda: unprotected)
    code = """
def handler(event, context):
    return open(event["home"] + "/.aws/credentials").read()
"""
    assert lab.result(lab.deploy(code), {"home": str(home)}) == "a-real-one"


def test_the_protection_is_told() -> None:
    found = confine.protection()
    assert found.means == f"Landlock {landlock.version()}"
    assert found.sentence.startswith("Functions see the system, their own code and /tmp")


@pytest.mark.parametrize("says", [0, -1])
def test_a_kernel_without_landlock(monkeypatch: pytest.MonkeyPatch, says: int) -> None:
    monkeypatch.setattr(landlock, "version", lambda: max(says, 0))
    found = confine.protection.__wrapped__()
    assert found == Protection(
        None,
        "This system has no Landlock: "
        "functions can read your files and the environment of your programs",
    )


def test_a_means_that_does_not_hold_is_not_counted_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(landlock, "close_files", lambda _view: landlock.give_up_privileges())
    found = confine.protection.__wrapped__()
    assert found.means is None
    assert "the root folder stayed open" in found.sentence


def test_the_profile_of_macos() -> None:
    """It cannot be tried here; this is what it says."""
    view = View((Path("/opt/node"),), (Path('/net/me/a "quoted" place'),))
    assert seatbelt.profile(view, Path("/net/me")).splitlines() == [
        "(version 1)",
        "(allow default)",
        '(deny file-read* file-write* (subpath "/Users") (subpath "/Volumes") '
        '(subpath "/private/var/root") (subpath "/private/var/folders") (subpath "/net/me"))',
        "(allow file-read-metadata)",
        '(allow file-read* (subpath "/opt/node") (subpath "/net/me/a \\"quoted\\" place"))',
        '(allow file-write* (subpath "/net/me/a \\"quoted\\" place"))',
        "(deny network-outbound (remote unix-socket))",
        '(allow network-outbound (literal "/private/var/run/mDNSResponder"))',
        "(deny process-info* (target others))",
        "(deny signal (target others))",
    ]
    assert seatbelt.command(view, ["node", "x"], Path("/net/me"))[3:] == ["node", "x"]
