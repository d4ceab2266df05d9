"""The command line as a user has it: a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.support.trees import ROOT

CONFIG = """\
name: hello
function: {source: ./src, runtime: python3.13, handler: app.handler}
api: {domain: api.example.com, zone: example.com, create_zone: true}
env: {LOG_LEVEL: info}
regions:
  us-west-2: {env: {MESSAGE: Hello from us-west-2}}
  eu-west-2: {env: {MESSAGE: Hello from eu-west-2}}
"""


def environment(**more: str) -> dict[str, str]:
    """Returns an environment without a user's AWS and Terraform settings."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("AWS_", "TF_", "TFGEN_")) or name == "TFGEN_PLUGIN_DIR"
    }
    return {**kept, "PYTHONPATH": str(ROOT), "NO_COLOR": "1", **more}


def tfgen(
    folder: Path, *arguments: str, env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Runs tfgen in a folder, without a terminal, and returns how it ended."""
    return subprocess.run(
        [sys.executable, "-m", "tfgen", *arguments],
        cwd=folder,
        env=env or environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def make_project(folder: Path, config: str = CONFIG) -> Path:
    """Writes a config and a function that fits it."""
    (folder / "src").mkdir(parents=True)
    (folder / "src/app.py").write_text("def handler(event, context):\n    return {}\n", "utf-8")
    (folder / "tfgen.yaml").write_text(config, "utf-8")
    return folder


def snapshot(folder: Path) -> dict[str, bytes]:
    """Returns the bytes of every file below a folder, without tfgen's scratch."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".tfgen" not in path.relative_to(folder).parts
    }
