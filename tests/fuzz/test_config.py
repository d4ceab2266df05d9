"""Hostile configs: none ends in a traceback, and each tree that comes out is right.

The numbers are always the same. ``python -m benchmarks.fuzz`` goes on from there for an hour.
"""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.fuzz.generator import config
from tests.fuzz.outcome import Tally, findings
from tests.support.trees import write_tree

COUNT = 700
# Of processor time; a slow machine looks at fewer.
SECONDS = 14


@pytest.fixture(scope="module")
def tally() -> Tally:
    """What became of the configs."""
    found = Tally()
    until = time.process_time() + SECONDS
    for number in range(COUNT):
        found.add(number)
        if time.process_time() > until:
            break
    return found


def test_every_config_is_refused_in_a_sentence_or_becomes_hcl(tally: Tally) -> None:
    first = {number: (config(number)[:2000], wrong) for number, wrong in tally.wrong.items()}
    assert dict(list(first.items())[:3]) == {}
    # Both happen often enough to mean something.
    assert len(tally.trees) >= 40
    assert tally.refused >= 40


def test_terraform_fmt_has_nothing_to_change(tally: Tally, tmp_path: Path) -> None:
    assert unformatted(tally.fresh, tmp_path) == ""


def test_the_linter_takes_the_trees(tally: Tally) -> None:
    some = list(tally.trees.items())[:: max(1, len(tally.trees) // 6)]
    assert [found for _, files in some for found in findings(files)] == []


def unformatted(files: Mapping[str, str], folder: Path) -> str:
    """Returns what ``terraform fmt`` would change in files."""
    write_tree(files, folder)
    done = subprocess.run(
        ["terraform", "fmt", "-check", "-diff", "-recursive", folder],
        env={**os.environ, "CHECKPOINT_DISABLE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr if done.returncode else ""
