"""Everything that checkov looks at, in one folder, and what it says about it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import yaml

from tests.support.trees import ROOT, configs, files_of, write_tree
from tfgen.render.library import modules_dir

CHECKOV = ROOT / ".venv-checkov/bin/checkov"
SUPPRESSED = Path(__file__).with_name("suppressed.yaml")

# Something that is wrong by any measure, so that a run which sees nothing is not taken for a clean
# one.
PLANTED = """\
resource "aws_security_group_rule" "planted" {
  type              = "ingress"
  from_port         = 22
  to_port           = 22
  protocol          = "tcp"
  cidr_blocks       = ["0.0.0.0/0"]
  security_group_id = "sg-01234567"
}
"""
PLANTED_CHECK = ("CKV_AWS_24", "aws_security_group_rule.planted")

_KEY = re.compile(r"\[[^\]]*\]")

# The discard port of this machine: nobody listens there. What reaches for the network fails.
_NOWHERE = "http://127.0.0.1:9"


@dataclass(frozen=True, slots=True, order=True)
class Failure:
    """A check that failed.

    Attributes:
        check: its ID.
        resource: the address within its own module.
        name: what the check asks for.
        file: relative to the folder, with the line.
    """

    check: str
    resource: str
    name: str
    file: str


@dataclass(frozen=True, slots=True)
class Suppression:
    """A check that we do not want to pass.

    Attributes:
        check: its ID.
        resource: an address within a module, with ``*`` for any text.
        reason: why.
    """

    check: str
    resource: str
    reason: str

    def covers(self, failure: Failure) -> bool:
        """Says whether a failure is what the suppression is about."""
        return self.check == failure.check and fnmatchcase(failure.resource, self.resource)


@dataclass(frozen=True, slots=True)
class Report:
    """What checkov saw.

    Attributes:
        files: that it read, relative to the folder.
        unread: files that it could not parse.
    """

    failures: Sequence[Failure]
    files: frozenset[str]
    unread: Sequence[str]


def suppressions() -> list[Suppression]:
    """Returns the reviewed list."""
    return [Suppression(**entry) for entry in yaml.safe_load(SUPPRESSED.read_text("utf-8"))]


def write_all(folder: Path) -> None:
    """Writes all rendered trees, the library, and what is planted."""
    for case in configs():
        write_tree(files_of(configs()[case], 6), folder / case)
    shutil.copytree(modules_dir(), folder / "library")
    write_tree({"main.tf": PLANTED}, folder / "planted")


def scan(folder: Path) -> Report:
    """Runs checkov over a folder, without a network."""
    proxies = dict.fromkeys(("http_proxy", "https_proxy", "all_proxy"), _NOWHERE)
    done = subprocess.run(
        [
            CHECKOV,
            *("--directory", folder),
            *("--framework", "terraform"),
            *("--output", "json"),
            "--skip-download",
            "--soft-fail",
        ],
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            **proxies,
            **{name.upper(): value for name, value in proxies.items()},
        },
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    results: dict[str, Any] = json.loads(done.stdout)["results"]
    checked = results["passed_checks"] + results["failed_checks"]
    return Report(
        failures=sorted({_failure(failed) for failed in results["failed_checks"]}),
        files=frozenset(entry["file_path"].lstrip("/") for entry in checked),
        unread=results["parsing_errors"],
    )


def _failure(failed: dict[str, Any]) -> Failure:
    path = failed["file_path"].lstrip("/")
    return Failure(
        check=failed["check_id"],
        resource=_address(failed["resource"]),
        name=failed["check_name"],
        file=f"{path}:{failed['file_line_range'][0]}",
    )


def _address(resource: str) -> str:
    """Returns an address without the modules on the way to it, and without an instance's key."""
    words = _KEY.sub("", resource).split(".")
    kept = 3 if words[-3:-2] == ["data"] else 2
    return ".".join(words[-kept:])
