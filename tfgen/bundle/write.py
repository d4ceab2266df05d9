"""Writes the bundle of a function, unless it is there already."""

from __future__ import annotations

import base64
import errno
import hashlib
import os
import posixpath
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from tfgen.app import Code
from tfgen.bundle import stamps
from tfgen.bundle.archive import PIECE, Archive, Previous
from tfgen.bundle.limits import MAX_UNZIPPED, check_unzipped, check_zipped
from tfgen.bundle.parts import AddedFile, Part
from tfgen.bundle.source import SourceFile
from tfgen.disk import Folder
from tfgen.errors import TfgenError
from tfgen.scratch import SCRATCH, locked, make_scratch

Progress = Callable[[int, int], None]
"""Called with the bytes of source that are packed and those that there are."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """The zip that Lambda gets.

    Attributes:
        path: the zip.
        sha256: of the zip, in base64: what Terraform's ``filebase64sha256`` returns.
        zipped: bytes of the zip.
        unzipped: bytes of the files in it.
        files: how many files are in it.
        rebuilt: whether this build wrote a zip that was not there before.
        machines: path in the zip → machine, of the native code in it.
        starts: the path in the zip of the file with which the function starts, if it is known.
    """

    path: Path
    sha256: str
    zipped: int
    unzipped: int
    files: int
    rebuilt: bool
    machines: Mapping[str, str] = field(default_factory=dict)
    starts: str | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked for.

    Attributes:
        code: of the function; its ``source`` and ``bundle`` are relative to ``project``.
        project: the folder of the config.
        added: what the bundle gets beside the files of the source.
        began_ns: when the build began to look, in nanoseconds since 1970.
        place: where the config names the source, for errors.
        on_progress: told how far the build is; not called when there is nothing to do.
    """

    code: Code
    project: Path
    added: Sequence[AddedFile]
    began_ns: int
    place: str | None
    on_progress: Progress | None


@dataclass(frozen=True, slots=True)
class Build:
    """A build.

    Attributes:
        request: what is asked for.
        files: what it is built from: the files of a folder, or the one zip.
        parts: all that goes into the bundle, in this order.
        starts: the file with which the function starts, if it is known.
    """

    request: Request
    files: Sequence[SourceFile]
    parts: Sequence[Part]
    starts: str | None

    def run(self) -> Bundle:
        """Returns the bundle, which is written if anything has changed.

        Raises:
            TfgenError: a file cannot be read, the bundle cannot be written, or it is too large.
        """
        try:
            return self._unchanged() or self._locked_build()
        except OSError as error:
            raise TfgenError(
                f"The bundle `{self._target}` cannot be written: {error.strerror}",
                hint="check the free space and who owns the folder",
            ) from error

    @property
    def _project(self) -> Folder:
        return Folder(self.request.project)

    @property
    def _target(self) -> str:
        return self.request.code.bundle

    @property
    def _stamp(self) -> str:
        return f"{self._target}.json"

    def _unchanged(self) -> Bundle | None:
        stamp = stamps.load(self._project, self._stamp)
        if (
            stamp is None
            or stamp.fingerprint != stamps.fingerprint(self.files, self.request.added)
            or not stamp.describes(self._project, self._target)
        ):
            return None
        # It may have been built when it was to go by way of S3.
        check_zipped(
            stamp.zip_size, sizes_of(self.parts), self.request.code, place=self.request.place
        )
        return self._bundle(stamp, rebuilt=False)

    def _bundle(self, stamp: stamps.Stamp, *, rebuilt: bool) -> Bundle:
        return Bundle(
            path=self.request.project / self._target,
            sha256=stamp.sha256,
            zipped=stamp.zip_size,
            unzipped=stamp.unzipped,
            files=len(sizes_of(self.parts)),
            rebuilt=rebuilt,
            machines=stamp.machines,
            starts=self.starts,
        )

    def _locked_build(self) -> Bundle:
        self._project.make(SCRATCH)
        make_scratch(self.request.project)
        self._project.make(posixpath.dirname(self._target))
        with locked(self._project.path / f"{self._target}.lock"):
            # The build that held the lock may have been of the same files.
            return self._unchanged() or self._write()

    def _write(self) -> Bundle:
        project, aside = self._project, f"{self._target}.new"
        project.remove(aside)
        try:
            # Which refuses a link, where `rename` would replace it.
            with _existing(project, self._target) as old:
                unzipped, machines = self._pack(aside, self._previous(old))
            sha256 = sha256_of(project, aside)
            same = project.is_file(self._target) and sha256_of(project, self._target) == sha256
            if not same:
                project.rename(aside, self._target)
        finally:
            project.remove(aside)
        info = project.status(self._target)
        if info is None:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), self._target)
        stamp = stamps.make(
            self.files,
            self.request.added,
            info,
            began_ns=self.request.began_ns,
            sha256=sha256,
            unzipped=unzipped,
            machines=machines,
        )
        stamps.save(stamp, project, self._stamp)
        return self._bundle(stamp, rebuilt=not same)

    def _previous(self, old: BinaryIO | None) -> Previous | None:
        """Returns the bundle before, if it is to the last byte what its stamp says."""
        stamp = stamps.load(self._project, self._stamp)
        if (
            old is not None
            and stamp
            and stamp.describes(self._project, self._target)
            and _digest(old) == stamp.sha256
        ):
            return Previous(old)
        return None

    def _pack(self, target: str, previous: Previous | None) -> tuple[int, dict[str, str]]:
        """Writes the zip and returns the bytes that went in, and the machines of native code."""
        code, place = self.request.code, self.request.place
        sizes = sizes_of(self.parts)
        expected = sum(size for _, size in sizes)
        machines: dict[str, str] = {}

        def watch(read: int, size: int) -> None:
            done = archive.unzipped + read
            check_zipped(size, sizes, code, place=place)
            if done > max(expected, MAX_UNZIPPED):  # a file grows faster than it is read
                check_unzipped([*sizes, ("", done - expected)], code.source, place=place)
            if read and self.request.on_progress:
                self.request.on_progress(done, max(done, expected))

        with self._project.open(target, "xb") as out:
            archive = Archive(out, watch)
            for part in self.parts:
                if machine := part.write(archive, previous):
                    machines[part.name] = machine
                check_zipped(archive.size, sizes, code, place=place)
                if self.request.on_progress:
                    self.request.on_progress(archive.unzipped, max(archive.unzipped, expected))
            archive.close()
        return archive.unzipped, machines


def sizes_of(parts: Sequence[Part]) -> list[tuple[str, int]]:
    """Returns the name and the bytes of each file among parts."""
    return [(part.name, part.size) for part in parts if not part.name.endswith("/")]


@contextmanager
def _existing(project: Folder, path: str) -> Iterator[BinaryIO | None]:
    """Opens a file; yields None if there is none."""
    try:
        file = project.open(path)
    except FileNotFoundError:
        yield None
        return
    with file:
        yield file


def sha256_of(folder: Folder, path: str) -> str:
    """Returns the SHA-256 of a file, in Base64."""
    with folder.open(path) as file:
        return _digest(file)


def _digest(file: BinaryIO) -> str:
    file.seek(0)
    digest = hashlib.sha256()
    while piece := file.read(PIECE):
        digest.update(piece)
    return base64.b64encode(digest.digest()).decode()
