"""An app in a folder of its own, driven through the real command line."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pexpect
import psutil
import yaml

from tests.support.command import environment
from tests.support.pool import APART, sharing
from tests.support.trees import EXAMPLES
from tfgen.app import ProviderMajor
from tfgen.errors import ExitCode
from tfgen.sandbox.lifecycle import Running, find, stop
from tfgen.scratch import SCRATCH

# An apply takes half a minute; what takes this long hangs.
_SECONDS = 300


@dataclass(frozen=True, slots=True)
class AppFolder:
    """A folder with a ``tfgen.yaml``, and tfgen in front of it.

    Attributes:
        path: the folder.
        variables: additions to the environment of every command.
    """

    path: Path
    variables: Mapping[str, str] = field(default_factory=dict)

    def tfgen(
        self,
        *arguments: str,
        code: int = ExitCode.DONE,
        typed: str = "",
        **variables: str,
    ) -> subprocess.CompletedProcess[str]:
        """Runs a command to its end.

        Args:
            arguments: what follows ``tfgen``.
            code: the exit code that it must have.
            typed: what comes in by its standard input, which is not a terminal.
            variables: additions to its environment.
        """
        done = subprocess.run(
            [sys.executable, "-m", "tfgen", *arguments],
            cwd=self.path,
            env=environment(**{**self.variables, **variables}),
            input=typed,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=_SECONDS,
            check=False,
        )
        assert done.returncode == code, (arguments, done.returncode, done.stdout, done.stderr)
        return done

    def begin(self, *arguments: str, **variables: str) -> subprocess.Popen[str]:
        """Starts a command whose messages are to be read at its end.

        Args:
            arguments: what follows ``tfgen``.
            variables: additions to its environment.
        """
        return subprocess.Popen(
            [sys.executable, "-m", "tfgen", *arguments],
            cwd=self.path,
            env=environment(**{**self.variables, **variables}),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    def begin_in_terminal(self, *arguments: str, **variables: str) -> Any:
        """Starts a command in a terminal of its own, which pexpect holds.

        Somebody must read what it says, or it stops when the terminal is full.

        Args:
            arguments: what follows ``tfgen``.
            variables: additions to its environment.
        """
        shared = environment(**{**self.variables, **variables})
        # Where somebody sits at a terminal, and can be asked, is no CI.
        shared.pop("CI", None)
        return pexpect.spawn(
            sys.executable,
            ["-m", "tfgen", *arguments],
            cwd=str(self.path),
            env=shared,
            encoding="utf-8",
            timeout=120,
        )

    def change(self, edit: Callable[[Any], None]) -> None:
        """Edits the config.

        Args:
            edit: changes the document in place.
        """
        file = self.path / "tfgen.yaml"
        document = yaml.safe_load(file.read_text("utf-8"))
        edit(document)
        file.write_text(yaml.safe_dump(document, allow_unicode=True, sort_keys=False), "utf-8")

    @property
    def unshared(self) -> AppFolder:
        """The same folder, where Terraform starts providers of its own."""
        kept = {name: value for name, value in self.variables.items() if name != APART}
        return replace(self, variables=kept)

    @property
    def applied_apart(self) -> AppFolder:
        """The same folder, where only a Terraform that applies starts providers of its own."""
        return replace(self, variables={**self.variables, APART: "apply"})

    @property
    def sandbox(self) -> Running:
        """The sandbox, which must be running."""
        running = find(self.path)
        assert running is not None
        return running

    def terraforms(self) -> list[psutil.Process]:
        """Returns every Terraform and provider that works on the app, whoever started it."""
        return list(_working_in(self.sandbox.scratch / "infra"))


@contextmanager
def hello(folder: Path, major: ProviderMajor = 5) -> Iterator[AppFolder]:
    """Copies the walk-through, as ``example`` does.

    Args:
        folder: does not exist yet.
        major: as in ``example``.
    """
    with example("hello", folder, major) as app:
        yield app


@contextmanager
def example(name: str, folder: Path, major: ProviderMajor = 5) -> Iterator[AppFolder]:
    """Copies an example, whose commands share providers, and leaves nothing running behind.

    Args:
        name: of the example.
        folder: does not exist yet.
        major: of the provider that Terraform has; see ``sharing``.
    """
    ignored = shutil.ignore_patterns(SCRATCH, ".terraform", "*.tfstate*", "__pycache__")
    shutil.copytree(EXAMPLES / name, folder, ignore=ignored)
    try:
        with sharing(major) as variables:
            yield AppFolder(folder, variables)
    finally:
        stop(folder)
        for process in _working_in(folder):
            process.kill()


def _working_in(folder: Path) -> Iterator[psutil.Process]:
    """Finds processes by their folder: Terraform and its providers work in that of their root."""
    for process in psutil.process_iter():
        try:
            found = Path(process.cwd()).is_relative_to(folder)
        except (psutil.NoSuchProcess, psutil.AccessDenied, FileNotFoundError):
            # It ended meanwhile, or it is somebody else's.
            continue
        if found:
            yield process
