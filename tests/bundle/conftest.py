"""What the tests of bundles share."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tfgen.app import Code
from tfgen.bundle.build import Bundle, build
from tfgen.errors import TfgenError

CODE = Code(
    source="src",
    bundle=".tfgen/bundles/src.zip",
    runtime="python3.13",
    handler="app.handler",
    layers=(),
    delivery="direct",
    wrapper=False,
)


@dataclass(frozen=True, slots=True)
class Project:
    """A project's folder, whose source is ``src``."""

    folder: Path
    code: Code = CODE

    @property
    def source(self) -> Path:
        return self.folder / self.code.source

    @property
    def zip(self) -> Path:
        return self.folder / self.code.bundle

    def write(self, name: str, content: str | bytes = "") -> Path:
        """Writes a file of the source."""
        path = self.source / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def build(self, **changes: object) -> Bundle:
        return build(replace(self.code, **changes), self.folder)  # type: ignore[arg-type]

    def fails(self, **changes: object) -> TfgenError:
        """Builds and returns the error; nothing may have been written."""
        code = replace(self.code, **changes)  # type: ignore[arg-type]
        with pytest.raises(TfgenError) as caught:
            build(code, self.folder, place="tfgen.yaml:4")
        assert not self.zip.exists()
        assert not list(self.folder.glob(".tfgen/**/*.new"))
        return caught.value


@pytest.fixture
def project(tmp_path: Path) -> Project:
    project = Project(tmp_path)
    project.write("app.py", "def handler(event, context): ...\n")
    return project


@pytest.fixture(scope="session")
def pool(tmp_path_factory: pytest.TempPathFactory) -> list[Project]:
    """Projects that a stamp vouches for, because for two seconds nothing in them has changed.

    The time of an inode's last change cannot be set, so it has to pass: once for all tests.
    """
    projects = [Project(tmp_path_factory.mktemp("settled")) for _ in range(20)]
    for project in projects:
        project.write("app.py", "def handler(event, context): ...\n")
        project.write("data.txt", "one")
        project.write("lib.py", "word = 1\n" * 1000)
        project.write("v1/x.txt", "v1")
        project.write("v2/x.txt", "v2")
        (project.source / "current").symlink_to("v1")
    time.sleep(2.1)
    return projects


@pytest.fixture
def settled(pool: list[Project]) -> Project:
    return pool.pop()


@pytest.fixture
def unprivileged() -> Iterator[Callable[[], Project]]:
    """Makes a project, and then drops the right to read everything, if the tests have it."""
    user = os.geteuid()
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o777)
        project = Project(Path(folder))
        project.write("app.py", "def handler(event, context): ...\n")
        project.source.chmod(0o777)

        def drop() -> Project:
            if user == 0:
                os.seteuid(65534)
            return project

        try:
            yield drop
        finally:
            os.seteuid(user)
            for path in project.source.rglob("*"):
                path.chmod(0o700)
