"""The other examples: a framework behind an adapter, and another language."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.support.command import tfgen
from tests.support.trees import EXAMPLES
from tfgen.errors import ExitCode
from tfgen.sandbox.inventory import inventory
from tfgen.sandbox.lifecycle import find, stop

pytestmark = pytest.mark.e2e


@contextmanager
def copied(name: str, folder: Path) -> Iterator[Path]:
    """Copies an example, and stops its sandbox at the end."""
    shutil.copytree(EXAMPLES / name, folder, ignore=shutil.ignore_patterns(".tfgen", "build"))
    try:
        yield folder
    finally:
        stop(folder)


def ran(folder: Path, *arguments: str) -> str:
    result = tfgen(folder, *arguments)
    assert result.returncode == ExitCode.DONE, result.stdout + result.stderr
    return result.stdout


def asked(folder: Path, *arguments: str) -> Any:
    return json.loads(ran(folder, "sandbox", "curl", *arguments, "--json"))


def assert_destroyed(folder: Path) -> None:
    ran(folder, "destroy", "--sandbox", "--yes")
    running = find(folder)
    assert running is not None
    assert inventory(running.endpoint) == []


def test_fastapi(tmp_path: Path) -> None:
    with copied("fastapi", tmp_path / "fastapi") as folder:
        # The packages with compiled parts have to be those of the interpreter that will run them.
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        config = folder / "tfgen.yaml"
        config.write_text(config.read_text("utf-8").replace("3.13", version), "utf-8")
        command = [sys.executable, "bundle.py", "--sandbox", "--python", version]
        subprocess.run(command, cwd=folder, check=True)
        ran(folder, "apply", "--sandbox", "--yes")
        url = "https://fastapi.example.com"

        root = asked(folder, f"{url}/", "--from", "paris")
        assert (root["status"], root["region"]) == (200, "eu-central-1")
        assert json.loads(root["body"])["message"] == "Hello from eu-central-1"

        greeting = f"{url}/greetings/Ana%20L%C3%BAcia?language=pt&language=ja"
        greeted = asked(folder, greeting, "-H", "Cookie: visits=4", "--from", "new york")
        assert greeted["region"] == "us-east-1"
        assert greeted["body"] == "Olá, Ana Lúcia!\nこんにちは, Ana Lúcia!"
        cookies = [value for name, value in greeted["headers"] if name.lower() == "set-cookie"]
        assert [cookie.split(";")[0] for cookie in cookies] == ["visits=5", "name=known"]

        as_json = ("-H", "Content-Type: application/json")
        ordered = asked(folder, f"{url}/orders", *as_json, "-d", '{"item": "tea", "quantity": 2}')
        assert ordered["status"] in {200, 201}, ordered
        refused = asked(folder, f"{url}/orders", *as_json, "-d", '{"quantity": 0}')
        assert refused["status"] == 422
        assert_destroyed(folder)


@pytest.mark.skipif(shutil.which("node") is None, reason="the sandbox runs Node.js with this node")
def test_node(tmp_path: Path) -> None:
    with copied("node", tmp_path / "node") as folder:
        ran(folder, "apply", "--sandbox", "--yes")
        url = "https://node.example.com"
        root = asked(folder, f"{url}/?name=Zoë", "--from", "lima")
        assert (root["status"], root["region"]) == (200, "sa-east-1")
        assert json.loads(root["body"])["message"] == "Hello from sa-east-1, Zoë"

        body = "ünïcode\n"
        digest = asked(folder, f"{url}/digests", "-d", body, "--from", "osaka")
        assert digest["region"] == "ap-northeast-1"
        assert json.loads(digest["body"])["sha256"] == hashlib.sha256(body.encode()).hexdigest()
        assert asked(folder, f"{url}/digests")["status"] == 405
        assert_destroyed(folder)
