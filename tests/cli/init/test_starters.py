"""The functions that ``tfgen init`` begins with."""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType

import pytest

from tests.support.trees import ROOT
from tfgen.config.load import load
from tfgen.resolve import resolve_all


@contextlib.contextmanager
def lambda_environment(values: Mapping[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.update(values)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def imported(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("starter", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


HELLO = {"MESSAGE": "Hello ☃", "AWS_REGION": "eu-west-2", "LOG_LEVEL": "info"}


def answers_of_python(path: str) -> dict[str, object]:
    with lambda_environment(HELLO):
        module = imported(ROOT / "templates/scaffold/app.py")
        result: dict[str, object] = module.handler({"httpMethod": "GET", "path": path}, None)
    return result


def answers_of_node(path: str) -> dict[str, object]:
    event = json.dumps({"httpMethod": "GET", "path": path})
    module = (ROOT / "templates/scaffold/index.mjs").as_uri()
    script = (
        f"import {{ handler }} from {json.dumps(module)};"
        f"process.stdout.write('\\n' + JSON.stringify(await handler({event})));"
    )
    done = subprocess.run(
        ["node", "--input-type=module", "-e", script],
        env={"PATH": os.environ["PATH"], **HELLO},
        capture_output=True,
        check=True,
    )
    result: dict[str, object] = json.loads(done.stdout.decode().splitlines()[-1])
    return result


@pytest.mark.parametrize("language", ["python", "node"])
def test_the_function_answers(language: str) -> None:
    if language == "node" and shutil.which("node") is None:
        pytest.skip("Node.js is not installed")
    ask = {"python": answers_of_python, "node": answers_of_node}[language]
    health = ask("/_health")
    assert health["statusCode"] == 200
    greeting = ask("/any/path")
    assert greeting["statusCode"] == 200
    assert greeting["headers"] == {"Content-Type": "application/json"}
    assert isinstance(greeting["body"], str)
    assert json.loads(greeting["body"]) == {"message": "Hello ☃", "region": "eu-west-2"}


def test_the_python_starter_is_typed() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", str(ROOT / "templates/scaffold/app.py")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_the_example_is_what_init_writes() -> None:
    hello = ROOT / "examples/hello"
    scaffold = ROOT / "templates/scaffold"
    assert (hello / "src/app.py").read_bytes() == (scaffold / "app.py").read_bytes()
    assert (hello / ".gitignore").read_bytes() == (scaffold / "gitignore").read_bytes()
    (app,) = resolve_all(load(hello / "tfgen.yaml"))
    assert app.api.domain
    assert app.api.domain.zone.create
    assert {region.name: region.env["MESSAGE"] for region in app.regions} == {
        "us-west-2": "Hello from us-west-2",
        "eu-west-2": "Hello from eu-west-2",
    }
