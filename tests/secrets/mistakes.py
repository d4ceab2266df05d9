"""Values that somebody writes where they do not belong: each is refused, and must not show again.

They go through the commands of the walk-through, into the logs and terminals that it searches.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.support.trees import ROOT
from tfgen.errors import ExitCode

VALUES = {
    "an argument": "postgresql://app:argument-2b7e@db/hello",
    "a second argument": "second-argument-0c55d1",
    "a line": "line-of-its-own-93ab1f",
    "a quote": "open quote 77c0de",
    "base64": "YmFzZTY0LW9uLWEtbGluZTE",
    "a NUL": "nul-inside-e55a",
    "a name": "behind-a-name-41f0",
    "a comparison": "comparison-d9e8f7",
    "a secret": "in-the-config-6a6b6c",
    "a reference": "as a reference 51ee",
    "a crash": "while-it-crashes-8d1f2e",
}

Command = Callable[..., str]

_CRASH = """\
import sys


class Broken:
    def find_spec(self, name, path=None, target=None):
        if name == "tfgen.aws.keys":
            raise RuntimeError("broken")


sys.meta_path.insert(0, Broken())
"""


def make_all(project: Path, tfgen: Command) -> None:
    """Makes every mistake.

    Args:
        project: the folder of the app, which is left as it was.
        tfgen: runs a command and keeps what it says; takes its arguments, ``code`` and ``typed``.
    """
    usage, failed = ExitCode.USAGE, ExitCode.FAILED
    set_ = ("env", "set", "--sandbox")
    tfgen(*set_, VALUES["an argument"], code=usage)
    tfgen(*set_, "DB", VALUES["a second argument"], code=usage)
    for line in (
        VALUES["a line"],
        f"DB='{VALUES['a quote']}",
        f"{VALUES['base64']}=",
        f"DB={VALUES['a NUL']}\0",
    ):
        tfgen(*set_, "--stdin", typed=f"# a comment\n{line}\n", code=failed)
    tfgen("env", "get", "--sandbox", f"DB={VALUES['a name']}", code=usage)
    tfgen("env", "diff", "--sandbox", "us-west-2", VALUES["a comparison"], code=usage)
    _make_in_config(project, tfgen)
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "sitecustomize.py").write_text(_CRASH, "utf-8")
        tfgen(
            *set_, f"DB={VALUES['a crash']}", code=failed, PYTHONPATH=f"{folder}:{ROOT}",
        )  # fmt: skip


def _make_in_config(project: Path, tfgen: Command) -> None:
    file = project / "tfgen.yaml"
    before = file.read_text("utf-8")
    for wrong in (VALUES["a secret"], f"{{ssm: '{VALUES['a reference']}'}}"):
        file.write_text(before.replace("API_KEY: kms", f"API_KEY: {wrong}"), "utf-8")
        tfgen("render", "--check", code=ExitCode.FAILED)
    file.write_text(before, "utf-8")
