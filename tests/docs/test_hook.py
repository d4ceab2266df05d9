"""The hook that this repository offers to others, as pre-commit would run it."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

from tests.docs.shell import with_tfgen
from tests.support.command import environment
from tests.support.trees import EXAMPLES, ROOT
from tfgen.errors import ExitCode

MANIFEST = ROOT / ".pre-commit-hooks.yaml"


def hook() -> Any:
    [only] = yaml.safe_load(MANIFEST.read_text("utf-8"))
    return only


def test_pre_commit_accepts_the_manifest() -> None:
    subprocess.run([sys.executable, "-m", "pre_commit", "validate-manifest", MANIFEST], check=True)


def test_the_hook_looks_at_what_a_render_depends_on() -> None:
    pattern = re.compile(hook()["files"])
    for path in ("tfgen.yaml", "app/tfgen.yaml", "infra/production/main.tf", "infra/.tfgen.json"):
        assert pattern.search(path), path
    for path in ("src/app.py", "README.md", "tfgen.schema.json"):
        assert not pattern.search(path), path


def test_the_hook_fails_when_the_tree_is_stale(tmp_path: Path) -> None:
    project = tmp_path / "hello"
    shutil.copytree(EXAMPLES / "hello", project, ignore=shutil.ignore_patterns(".tfgen"))
    env = with_tfgen(tmp_path / "bin", environment())

    def code() -> int:
        command = shlex.split(hook()["entry"])
        return subprocess.run(command, cwd=project, env=env, check=False).returncode

    assert code() == ExitCode.DONE
    config = project / "tfgen.yaml"
    config.write_text(config.read_text("utf-8").replace("info", "debug"), "utf-8")
    assert code() == ExitCode.STALE
