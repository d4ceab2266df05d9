"""`tfgen init` in a folder."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.support.command import tfgen
from tests.support.trees import ROOT

PYTHON_FILES = {"tfgen.yaml", "tfgen.schema.json", "src/app.py", ".gitignore"}
COMMAND = [sys.executable, "-m", "tfgen", "init"]


def environment(**more: str) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "PYTHONDONTWRITEBYTECODE": "1",
        "LANG": "C.UTF-8",
        **more,
    }


def run(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return tfgen(folder, "init", *options, env=environment())


def files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir()}
