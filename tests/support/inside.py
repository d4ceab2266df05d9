"""The command line in the test's own process, which takes a fifth of the time."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.command import environment
from tfgen.cli.app import run


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended."""

    code: int
    stdout: str
    stderr: str


@dataclass(frozen=True, slots=True)
class Inside:
    """Runs commands in a folder, with an environment without a user's settings."""

    monkeypatch: pytest.MonkeyPatch
    capfd: pytest.CaptureFixture[str]

    def tfgen(self, folder: Path, *arguments: str, **variables: str) -> Ended:
        """Runs a command to its end."""
        with self.monkeypatch.context() as patched:
            patched.chdir(folder)
            wanted = environment(**variables)
            for name in os.environ.keys() - wanted.keys():
                patched.delenv(name)
            for name, value in wanted.items():
                patched.setenv(name, value)
            patched.setattr(sys, "argv", ["tfgen", *arguments])
            self.capfd.readouterr()
            code = run()
            said = self.capfd.readouterr()
        return Ended(code, said.out, said.err)


@pytest.fixture
def inside(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Inside:
    """The command line in this process."""
    return Inside(monkeypatch, capfd)
