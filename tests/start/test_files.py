"""What a bundle gets, and how the script starts what it is given."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tfgen.start.files import ciphertexts_file, start_files
from tfgen.start.runtimes import supports


@pytest.mark.parametrize(
    ("runtime", "supported"),
    [
        *((f"python3.{minor}", True) for minor in (9, 10, 13, 14)),
        *((f"nodejs{major}.x", True) for major in (18, 20, 24)),
        *(("python3.8", False), ("python2.7", False), ("nodejs16.x", False), ("nodejs", False)),
        *(("provided.al2023", False), ("java21", False), ("ruby3.4", False), ("dotnet8", False)),
    ],
)
def test_which_runtimes_can_be_started(runtime: str, supported: bool) -> None:
    assert supports(runtime) is supported
    assert bool(start_files(runtime)) is supported


def test_the_files() -> None:
    python = {file.name: file.mode for file in start_files("python3.13")}
    assert python == {
        ".tfgen/start": 0o755,
        **dict.fromkeys(
            (
                *(".tfgen/start-python/__main__.py", ".tfgen/start-python/client.py"),
                *(".tfgen/start-python/jobs.py", ".tfgen/start-python/resolution.py"),
            ),
            0o644,
        ),
    }
    ciphertexts = {"us-west-2": {"B": "YQ==", "A": "Yg=="}, "eu-west-2": {}}
    assert sorted(file.name for file in start_files("nodejs22.x")) == [
        *(".tfgen/start", ".tfgen/start-node/client.mjs"),
        *(".tfgen/start-node/jobs.mjs", ".tfgen/start-node/start.mjs"),
    ]
    secrets = ciphertexts_file(ciphertexts)
    assert secrets.name == ".tfgen/secrets.json"
    assert json.loads(secrets.content) == ciphertexts
    reordered = {"eu-west-2": {}, "us-west-2": {"A": "Yg==", "B": "YQ=="}}
    assert ciphertexts_file(reordered) == secrets


@pytest.mark.parametrize("file", start_files("python3.9"), ids=lambda file: file.name)
def test_it_is_python_3_9(file: object) -> None:
    content: bytes = file.content  # type: ignore[attr-defined] # pytest knows no types of parameters
    if b"#!/bin/sh" not in content:
        ast.parse(content, feature_version=(3, 9))


FOLDERS = ["task", 'a b/50% #1? "é"']


@pytest.fixture(params=FOLDERS)
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A folder whose path a URL, or a list of options, may have to spell in another way."""
    path: Path = tmp_path / request.param
    return path


def start(folder: Path, runtime: str, command: list[str], **environment: str) -> str:
    """Starts a command as Lambda starts a runtime, and returns what it prints."""
    for file in start_files(runtime):
        path = folder / file.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.content)
        path.chmod(file.mode)
    done = subprocess.run(
        [folder / ".tfgen/start", *command],
        env=environment,
        check=True,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert done.stderr == ""
    return done.stdout


def test_python_gets_its_command_and_its_environment(folder: Path) -> None:
    code = "import os, sys; print(sys.argv, sorted(os.environ.items()))"
    given = {"LC_ALL": "C.UTF-8", "WORDS": " é\n$x "}
    said = start(folder, "python3.13", [sys.executable, "-c", code, "a b", ""], **given)
    environment: Mapping[str, str] = dict(ast.literal_eval(said.partition("] ")[2]))
    assert said.startswith("['-c', 'a b', '']")
    assert {name: environment[name] for name in given} == given
    assert environment.keys() <= {*given, "PWD", "OLDPWD", "_", "SHLVL"}


def test_node_gets_its_command_and_its_environment(folder: Path) -> None:
    node = subprocess.run(["which", "node"], check=True, capture_output=True, text=True)
    code = "console.log(JSON.stringify([process.argv.slice(2), process.env]))"
    script = folder / "script.js"
    folder.mkdir(parents=True)
    script.write_text(code)
    command = [node.stdout.strip(), str(script), "a b", ""]
    given = {"WORDS": " é\n$x ", "NODE_OPTIONS": "--no-warnings --title=app"}
    arguments, environment = json.loads(start(folder, "nodejs22.x", command, **given))
    assert arguments == ["a b", ""]
    assert {name: environment[name] for name in given} == given
