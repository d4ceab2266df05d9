"""A repository that is not trusted, and a home that it must not reach."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.hostile.watch import Outcome, run
from tests.support.command import make_project
from tests.write.trees import snapshot

PRECIOUS = 'precious = "do not touch"\n'


@dataclass(frozen=True)
class Repository:
    """A project in a repository, beside a home.

    Attributes:
        path: the folder of the config.
        home: a folder of the user's.
    """

    path: Path
    home: Path

    def link(self, name: str, target: str = "") -> None:
        """Makes a link to something in the home."""
        place = self.path / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.symlink_to(self.home / target)

    def refused(self, *arguments: str) -> str:
        """Runs a command, which must fail with one sentence and touch nothing of the user's.

        Returns:
            What it says.
        """
        outcome = self.run(*arguments)
        assert outcome.code == 1, outcome
        assert outcome.err.count("error: ") == 1, outcome.err
        assert "hint: " in outcome.err
        return outcome.err

    def run(self, *arguments: str) -> Outcome:
        """Runs a command, which must touch nothing of the user's."""
        before = snapshot(self.home)
        outcome = run(self.path, *arguments)
        assert snapshot(self.home) == before
        assert "precious" not in outcome.out + outcome.err
        for path in self.path.rglob("*"):
            if path.is_file() and not path.is_symlink() and path.stat().st_size < 1 << 20:
                assert b"precious" not in path.read_bytes(), path
        return outcome


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """A project that was not rendered yet."""
    home = tmp_path / "home"
    (home / "folder").mkdir(parents=True)
    for name in ("key", "folder/main.tf", "folder/lock", "folder/production.yaml"):
        (home / name).write_text(PRECIOUS, "utf-8")
    return Repository(make_project(tmp_path / "project"), home)


@pytest.fixture
def rendered(repository: Repository) -> Repository:
    """A project with its tree."""
    assert repository.run("render").code == 0
    return repository
