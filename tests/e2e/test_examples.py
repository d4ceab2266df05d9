"""The other examples: a framework behind an adapter, and another language.

As all examples, they are run on the tree for provider 6.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.app_folder import AppFolder, example
from tfgen.sandbox.inventory import inventory

pytestmark = pytest.mark.e2e


def asked(app: AppFolder, *arguments: str) -> Any:
    return json.loads(app.tfgen("sandbox", "curl", *arguments, "--json").stdout)


def assert_destroyed(app: AppFolder) -> None:
    app.tfgen("destroy", "--sandbox", "--yes")
    assert inventory(app.sandbox.endpoint) == []


def test_fastapi(tmp_path: Path) -> None:
    with example("fastapi", tmp_path / "fastapi", major=6) as app:
        # The packages with compiled parts have to be those of the interpreter that will run them.
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        config = app.path / "tfgen.yaml"
        config.write_text(config.read_text("utf-8").replace("3.13", version), "utf-8")
        command = [sys.executable, "bundle.py", "--sandbox", "--python", version]
        subprocess.run(command, cwd=app.path, check=True)
        app.tfgen("apply", "--sandbox", "--yes")
        url = "https://fastapi.example.com"

        root = asked(app, f"{url}/", "--from", "paris")
        assert (root["status"], root["region"]) == (200, "eu-central-1")
        assert json.loads(root["body"])["message"] == "Hello from eu-central-1"

        greeting = f"{url}/greetings/Ana%20L%C3%BAcia?language=pt&language=ja"
        greeted = asked(app, greeting, "-H", "Cookie: visits=4", "--from", "new york")
        assert greeted["region"] == "us-east-1"
        assert greeted["body"] == "Olá, Ana Lúcia!\nこんにちは, Ana Lúcia!"
        cookies = [value for name, value in greeted["headers"] if name.lower() == "set-cookie"]
        assert [cookie.split(";")[0] for cookie in cookies] == ["visits=5", "name=known"]

        as_json = ("-H", "Content-Type: application/json")
        ordered = asked(app, f"{url}/orders", *as_json, "-d", '{"item": "tea", "quantity": 2}')
        assert ordered["status"] in {200, 201}, ordered
        refused = asked(app, f"{url}/orders", *as_json, "-d", '{"quantity": 0}')
        assert refused["status"] == 422
        assert_destroyed(app)


@pytest.mark.skipif(shutil.which("node") is None, reason="the sandbox runs Node.js with this node")
def test_node(tmp_path: Path) -> None:
    with example("node", tmp_path / "node", major=6) as app:
        app.tfgen("apply", "--sandbox", "--yes")
        url = "https://node.example.com"
        root = asked(app, f"{url}/?name=Zoë", "--from", "lima")
        assert (root["status"], root["region"]) == (200, "sa-east-1")
        assert json.loads(root["body"])["message"] == "Hello from sa-east-1, Zoë"

        body = "ünïcode\n"
        digest = asked(app, f"{url}/digests", "-d", body, "--from", "osaka")
        assert digest["region"] == "ap-northeast-1"
        assert json.loads(digest["body"])["sha256"] == hashlib.sha256(body.encode()).hexdigest()
        assert asked(app, f"{url}/digests")["status"] == 405
        assert_destroyed(app)
