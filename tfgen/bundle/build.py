"""Makes the bundle of a function, or finds that it is made already."""

from __future__ import annotations

import base64
import errno
import fcntl
import hashlib
import os
import posixpath
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from tfgen.app import Code
from tfgen.bundle import stamps
from tfgen.bundle.archive import PIECE, Archive, Previous
from tfgen.bundle.elf import may_be_native
from tfgen.bundle.handler import check_handler
from tfgen.bundle.limits import MAX_UNZIPPED, check_unzipped, check_zipped
from tfgen.bundle.locate import Source, find_source
from tfgen.bundle.parts import AddedFile, FolderFile, Part, ZipMember, merge
from tfgen.bundle.source import SourceFile, scan
from tfgen.bundle.zips import check_links, check_names, opened
from tfgen.disk import Folder
from tfgen.disk.reader import Reader
from tfgen.errors import TfgenError
from tfgen.scratch import SCRATCH, make_scratch

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


def build(
    code: Code,
    project: Path,
    *,
    added: Sequence[AddedFile] = (),
    place: str | None = None,
    exclude: Sequence[Path] = (),
    on_progress: Progress | None = None,
) -> Bundle:
    """Makes the bundle of a function, or finds that it is made already.

    A source that is a zip is its own bundle and is only checked, unless something is added: then
    the bundle holds what the zip does, and that. Killed at any moment, a build leaves the old zip
    or the new one; builds at the same time wait for each other.

    Args:
        code: of the function; its ``source`` and ``bundle`` are relative to ``project``.
        project: the folder of the config.
        added: what the bundle gets beside the files of the source.
        place: where the config names the source, for errors.
        exclude: folders and files that are never part of a bundle, relative to ``project`` or
            absolute: the rendered tree and the config, when the source is the project itself.
        on_progress: told how far the build is; not called when there is nothing to do.

    Raises:
        TfgenError: the source is missing, empty, unreadable or outside of the repository, lacks the
            handler's file, is too large for Lambda, has a link that leaves it, or has a file that
            is to be added; or a link is where the bundle is written.
    """
    source = find_source(code, project, place)
    began = time.time_ns()
    context = _Context(code, project, added, began, place, on_progress)
    if source.name:
        return _from_zip(context, source)
    never = [project / SCRATCH, *(project / path for path in exclude)]
    files = scan(source.folder, shown=code.source, exclude=never, place=place)
    if not files:
        raise TfgenError(
            f"The function's source `{code.source}` has no file to bundle",
            place=place,
            hint="put the function's code there, and check its `.tfgenignore`",
        )
    with Reader(source.folder) as reader:
        folder_files = [FolderFile(file, reader, code.source, place) for file in files]
        parts = merge(folder_files, added, code, place)
        return _Build(context, files, parts, _check(code, parts, place)).run()


@dataclass(frozen=True, slots=True)
class _Context:
    """What ``build`` was asked for."""

    code: Code
    project: Path
    added: Sequence[AddedFile]
    began_ns: int
    place: str | None
    on_progress: Progress | None


def _from_zip(context: _Context, source: Source) -> Bundle:
    """Checks a zip that is its own bundle, or makes one of it and of what is added."""
    code, place = context.code, context.place
    if context.added and code.bundle == code.source:
        raise ValueError(f"the bundle would replace its own source {code.source}")
    with opened(code, source, place) as archive:
        check_names(archive, code, place)
        members = [ZipMember(archive, each, code.source, place) for each in archive.infolist()]
        check_links([each.name for each in members], _links(members), code, place)
        parts = merge(members, context.added, code, place)
        starts = _check(code, parts, place)
        if context.added:
            return _Build(context, [stamps.file_of(source)], parts, starts).run()
        sizes = _sizes(parts)
        status = source.folder.status(source.name)
        zipped = status.st_size if status else 0
        check_zipped(zipped, sizes, code, place=place)
        unzipped = sum(size for _, size in sizes)
        machines = {
            each.name: machine
            for each in members
            if may_be_native(each.name, each.mode) and (machine := each.machine())
        }
        return Bundle(
            path=context.project / code.source,
            sha256=_sha256(source.folder, source.name),
            zipped=zipped,
            unzipped=unzipped,
            files=len(sizes),
            rebuilt=False,
            machines=machines,
            starts=starts,
        )


def _check(code: Code, parts: Sequence[Part], place: str | None) -> str | None:
    """Checks what is in a bundle, and returns the file with which the function starts."""
    files = {
        posixpath.normpath(part.name): part.mode
        for part in parts
        if part.target is None and not part.name.endswith("/")
    }
    starts = check_handler(code, files, _links(parts), place=place)
    check_unzipped(_sizes(parts), code.source, place=place)
    return starts


def _links(parts: Sequence[Part]) -> dict[str, str]:
    return {posixpath.normpath(part.name): part.target for part in parts if part.target is not None}


def _sizes(parts: Sequence[Part]) -> list[tuple[str, int]]:
    return [(part.name, part.size) for part in parts if not part.name.endswith("/")]


@dataclass(frozen=True, slots=True)
class _Build:
    """A build.

    Attributes:
        context: what was asked for.
        files: what it is built from: the files of a folder, or the one zip.
        parts: all that goes into the bundle, in this order.
        starts: the file with which the function starts, if it is known.
    """

    context: _Context
    files: Sequence[SourceFile]
    parts: Sequence[Part]
    starts: str | None

    def run(self) -> Bundle:
        try:
            return self._unchanged() or self._locked_build()
        except OSError as error:
            raise TfgenError(
                f"The bundle `{self._target}` cannot be written: {error.strerror}",
                hint="check the free space and who owns the folder",
            ) from error

    @property
    def _project(self) -> Folder:
        return Folder(self.context.project)

    @property
    def _target(self) -> str:
        return self.context.code.bundle

    @property
    def _stamp(self) -> str:
        return f"{self._target}.json"

    def _unchanged(self) -> Bundle | None:
        stamp = stamps.load(self._project, self._stamp)
        if (
            stamp is None
            or stamp.fingerprint != stamps.fingerprint(self.files, self.context.added)
            or not stamp.describes(self._project, self._target)
        ):
            return None
        # It may have been built when it was to go by way of S3.
        check_zipped(
            stamp.zip_size, _sizes(self.parts), self.context.code, place=self.context.place
        )
        return self._bundle(stamp, rebuilt=False)

    def _bundle(self, stamp: stamps.Stamp, *, rebuilt: bool) -> Bundle:
        return Bundle(
            path=self.context.project / self._target,
            sha256=stamp.sha256,
            zipped=stamp.zip_size,
            unzipped=stamp.unzipped,
            files=len(_sizes(self.parts)),
            rebuilt=rebuilt,
            machines=stamp.machines,
            starts=self.starts,
        )

    def _locked_build(self) -> Bundle:
        self._project.make(SCRATCH)
        make_scratch(self.context.project)
        self._project.make(posixpath.dirname(self._target))
        with _locked(self._project, f"{self._target}.lock"):
            # The build that held the lock may have been of the same files.
            return self._unchanged() or self._write()

    def _write(self) -> Bundle:
        project, aside = self._project, f"{self._target}.new"
        project.remove(aside)
        try:
            # Which refuses a link, where `rename` would replace it.
            with _existing(project, self._target) as old:
                unzipped, machines = self._pack(aside, self._previous(old))
            sha256 = _sha256(project, aside)
            same = project.is_file(self._target) and _sha256(project, self._target) == sha256
            if not same:
                project.rename(aside, self._target)
        finally:
            project.remove(aside)
        info = project.status(self._target)
        if info is None:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), self._target)
        stamp = stamps.make(
            self.files,
            self.context.added,
            info,
            began_ns=self.context.began_ns,
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
        code, place = self.context.code, self.context.place
        sizes = _sizes(self.parts)
        expected = sum(size for _, size in sizes)
        machines: dict[str, str] = {}

        def watch(read: int, size: int) -> None:
            done = archive.unzipped + read
            check_zipped(size, sizes, code, place=place)
            if done > max(expected, MAX_UNZIPPED):  # a file grows faster than it is read
                check_unzipped([*sizes, ("", done - expected)], code.source, place=place)
            if read and self.context.on_progress:
                self.context.on_progress(done, max(done, expected))

        with self._project.open(target, "xb") as out:
            archive = Archive(out, watch)
            for part in self.parts:
                if machine := part.write(archive, previous):
                    machines[part.name] = machine
                check_zipped(archive.size, sizes, code, place=place)
                if self.context.on_progress:
                    self.context.on_progress(archive.unzipped, max(archive.unzipped, expected))
            archive.close()
        return archive.unzipped, machines


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


@contextmanager
def _locked(project: Folder, path: str) -> Iterator[None]:
    """Waits until no other process holds a lock, and holds it; its end lets go of it."""
    descriptor = project.descriptor(path, os.O_RDWR | os.O_CREAT)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _sha256(folder: Folder, path: str) -> str:
    with folder.open(path) as file:
        return _digest(file)


def _digest(file: BinaryIO) -> str:
    file.seek(0)
    digest = hashlib.sha256()
    while piece := file.read(PIECE):
        digest.update(piece)
    return base64.b64encode(digest.digest()).decode()
