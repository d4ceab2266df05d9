"""Every call that touches the disk fails once: a sentence each time, and nothing half-written.

The calls are found and not listed: a command runs once while every function of `os`, and `open`, is
watched, and then once for each place in tfgen that called one, which fails there.
"""

from __future__ import annotations

import builtins
import errno
import io
import os
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

import tfgen
from tests.support.command import make_project, snapshot
from tests.support.fake_terraform import fake_terraform
from tests.support.inside import Inside, inside
from tests.support.sts import Sts
from tfgen.errors import ExitCode

__all__ = ["inside"]

_PACKAGE = str(Path(tfgen.__file__).parent)
_ROOM = str(Path(_PACKAGE, "disk"))

# All of os that asks or changes a file system; what is missing on a system is left out.
_QUESTIONS = ("access", "fstat", "listdir", "lstat", "readlink", "scandir", "stat", "statvfs")
_CHANGES = (
    *("chmod", "copy_file_range", "fchmod", "fdatasync", "fsync", "ftruncate", "futimens", "link"),
    *("mkdir", "open", "posix_fallocate", "remove", "rename", "renames", "replace", "rmdir"),
    *("sendfile", "symlink", "truncate", "unlink", "utime"),
)
_ERRORS = (errno.ENOSPC, errno.EACCES, errno.EIO, errno.EROFS)

Site = tuple[str, str, int]
"""A function, and the file and line of tfgen that led to it."""


class _FailingFile:
    """A file that cannot be written to."""

    def __init__(self, file: Any, fail: Callable[[], None]) -> None:
        self._file = file
        self._fail = fail

    def __getattr__(self, name: str) -> Any:
        if name in {"write", "writelines", "flush", "truncate"}:
            self._fail()
        return getattr(self._file, name)

    def __enter__(self) -> _FailingFile:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def __iter__(self) -> Iterator[Any]:
        return iter(self._file)


@dataclass
class Disk:
    """The calls of a run, and the one that fails.

    Attributes:
        folder: only calls about what is below it, or about an open file, count.
        fails: the call that fails, or None.
        error: with what.
        seen: the calls that were made.
    """

    folder: Path
    fails: Site | None = None
    error: int = errno.EIO
    seen: dict[Site, None] = field(default_factory=dict)
    failed: bool = False

    def call(self, name: str, target: object) -> None:
        """Notes a call, or fails."""
        site = self._site(name)
        if site is None or not self._counts(target):
            return
        self.seen[site] = None
        if site == self.fails and not self.failed:
            self.failed = True
            shown = target if isinstance(target, str | bytes | os.PathLike) else None
            raise OSError(
                self.error, os.strerror(self.error), *([os.fspath(shown)] if shown else [])
            )

    def _counts(self, target: object) -> bool:
        if isinstance(target, int):
            return True
        if not isinstance(target, str | bytes | os.PathLike):
            return False
        # tfgen works in the folder, so what is relative is below it.
        path = os.fsdecode(os.fspath(target))
        return not path.startswith("/") or path.startswith(str(self.folder))

    def _site(self, name: str) -> Site | None:
        frame: FrameType | None = sys._getframe(2)  # noqa: SLF001 # inspect reads files
        while frame is not None:
            file = frame.f_code.co_filename
            # All of tfgen opens files by a few functions: who calls these is the place.
            if file.startswith(_PACKAGE) and not file.startswith(_ROOM):
                return (name, file.removeprefix(_PACKAGE), frame.f_lineno)
            if "importlib" in file:
                return None
            frame = frame.f_back
        return None

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Watches, as long as the context lasts."""
        with pytest.MonkeyPatch.context() as patch:
            for name in (*_QUESTIONS, *_CHANGES):
                real = getattr(os, name, None)
                if real is not None:
                    patch.setattr(os, name, self._watching(name, real))
            opener = self._opening(io.open)
            patch.setattr(io, "open", opener)
            patch.setattr(builtins, "open", opener)
            patch.setattr(os, "fdopen", self._opening(os.fdopen))
            yield

    def _watching(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **options: Any) -> Any:
            self.call(name, arguments[0] if arguments else ".")
            return real(*arguments, **options)

        return call

    def _opening(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(file: Any, mode: str = "r", *arguments: Any, **options: Any) -> Any:
            self.call("open", file)
            opened = real(file, mode, *arguments, **options)
            # What is opened by its number is a pipe as well.
            if not set(mode) & set("wax+") or isinstance(file, int):
                return opened
            site = self._site("write")
            if site is None or not self._counts(file):
                return opened
            self.seen[site] = None
            if site != self.fails:
                return opened
            return _FailingFile(opened, lambda: self.call("write", file))

        return call


CONFIG = """\
name: hello
function: {source: ./src, runtime: python3.13, handler: app.handler}
regions: {us-west-2: }
stages: {production: , dev: }
"""
# In this order: a place that one has led to is not tried again with the next.
COMMANDS = (
    ("render",),
    ("plan", "--out", "my.tfplan"),
    ("apply", "--yes"),
    ("destroy", "--yes"),
)


@pytest.fixture(scope="module")
def sts() -> Iterator[Sts]:
    found = Sts("012345678901")
    yield found
    found.close()


@dataclass
class Bench:
    """A project of which each run gets a copy.

    Attributes:
        trees: what the tree may be afterwards.
    """

    inside: Inside
    project: Path
    variables: Mapping[str, str]
    trees: list[dict[str, bytes]]
    runs: int = 0

    def run(self, command: Sequence[str], fails: Site | None) -> Disk:
        """Runs a command whose one call fails, and looks at what it says and leaves."""
        self.runs += 1
        folder = Path(shutil.copytree(self.project, self.project.parent / str(self.runs)))
        disk = Disk(folder, fails, _ERRORS[self.runs % len(_ERRORS)])
        with disk.watched():
            ended = self.inside.tfgen(folder, *command, **self.variables)
        about = (command, fails, os.strerror(disk.error), ended.stderr)
        assert "Traceback" not in ended.stderr, about
        assert fails is not None or ended.code == ExitCode.DONE, about
        if ended.code != ExitCode.DONE:
            assert ended.code in (ExitCode.FAILED, ExitCode.USAGE), about
            assert ended.stderr.count("error: ") == 1, about
        assert tree_of(folder) in self.trees, about
        shutil.rmtree(folder)
        return disk


def tree_of(folder: Path) -> dict[str, bytes]:
    """Returns the rendered files."""
    return {
        path: content
        for path, content in snapshot(folder).items()
        if path.startswith("infra/") and ".terraform" not in path
    }


def test_a_disk_that_fails_at_any_call(tmp_path: Path, sts: Sts, inside: Inside) -> None:
    project = make_project(tmp_path / "app", CONFIG)
    assert inside.tfgen(project, "render").code == ExitCode.DONE
    terraform = fake_terraform(tmp_path / "terraform")
    variables = sts.variables(TFGEN_TERRAFORM=str(terraform.path))
    current = Path(shutil.copytree(project, tmp_path / "current"))
    old = tree_of(project)
    (project / "tfgen.yaml").write_text(CONFIG.replace("us-west-2", "eu-west-2"), "utf-8")
    changed = Path(shutil.copytree(project, tmp_path / "changed"))
    assert inside.tfgen(changed, "render").code == ExitCode.DONE
    tried: set[Site] = set()
    for command in COMMANDS:
        renders = command == ("render",)
        trees = [old, tree_of(changed)] if renders else [old]
        bench = Bench(inside, project if renders else current, variables, trees)
        sites = [site for site in bench.run(command, None).seen if site not in tried]
        reached = sum(bench.run(command, site).failed for site in sites)
        # Some are of what is done once in a process.
        assert reached >= len(sites) * 0.8
        tried |= set(sites)
    assert len(tried) > 100
