"""Makes the bundle of a function, or finds that it is made already."""

from __future__ import annotations

import base64
import hashlib
import time
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tfgen.app import Code
from tfgen.bundle import stamps
from tfgen.bundle.archive import Archive, Previous
from tfgen.bundle.handler import check_handler
from tfgen.bundle.limits import check_unzipped, check_zipped
from tfgen.bundle.locate import find_source
from tfgen.bundle.parts import AddedFile, FolderFile, Part, ZipMember, merge
from tfgen.bundle.source import SourceFile, scan
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
    """

    path: Path
    sha256: str
    zipped: int
    unzipped: int
    files: int
    rebuilt: bool


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
        TfgenError: the source is missing, empty or unreadable, lacks the handler's file, is too
            large for Lambda, has a link that leaves it, or has a file that is to be added.
    """
    source = find_source(code, project, place)
    began = time.time_ns()
    if source.suffix == ".zip":
        return _from_zip(
            code, project, source, added, began_ns=began, place=place, on_progress=on_progress
        )
    never = [project / SCRATCH, *(project / path for path in exclude)]
    files = scan(source, shown=code.source, exclude=never, place=place)
    if not files:
        raise TfgenError(
            f"The function's source `{code.source}` has no file to bundle",
            place=place,
            hint="put the function's code there, and check its `.tfgenignore`",
        )
    parts = merge([FolderFile(file, code.source, place) for file in files], added, code, place)
    _check(code, parts, place)
    return _Build(code, project, files, added, parts, began, place, on_progress).run()


def _from_zip(
    code: Code,
    project: Path,
    source: Path,
    added: Sequence[AddedFile],
    *,
    began_ns: int,
    place: str | None,
    on_progress: Progress | None,
) -> Bundle:
    """Checks a zip that is its own bundle, or makes one of it and of what is added."""
    if added and code.bundle == code.source:
        raise ValueError(f"the bundle would replace its own source {code.source}")
    with _opened(code, source, place) as archive:
        members = [ZipMember(archive, each, code.source, place) for each in archive.infolist()]
        parts = merge(members, added, code, place)
        _check(code, parts, place)
        if added:
            files = [stamps.file_of(source)]
            return _Build(code, project, files, added, parts, began_ns, place, on_progress).run()
        sizes = _sizes(parts)
        zipped = source.stat().st_size
        check_zipped(zipped, sizes, code, place=place)
        unzipped = sum(size for _, size in sizes)
        return Bundle(source, _sha256(source), zipped, unzipped, len(sizes), rebuilt=False)


@contextmanager
def _opened(code: Code, source: Path, place: str | None) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(source) as archive:
            yield archive
    except zipfile.BadZipFile as error:
        raise TfgenError(
            f"The function's source `{code.source}` is not a zip file",
            place=place,
            hint="build it again; a download may have been cut short",
        ) from error
    except OSError as error:
        raise TfgenError(
            f"The function's source `{code.source}` cannot be read: {error.strerror}",
            place=place,
            hint="name a folder or a `.zip` that you may read in `function.source`",
        ) from error


def _check(code: Code, parts: Sequence[Part], place: str | None) -> None:
    files = {part.name: part.mode for part in parts if not part.name.endswith("/")}
    check_handler(code, files, place=place)
    check_unzipped(_sizes(parts), code.source, place=place)


def _sizes(parts: Sequence[Part]) -> list[tuple[str, int]]:
    return [(part.name, part.size) for part in parts if not part.name.endswith("/")]


@dataclass(frozen=True, slots=True)
class _Build:
    """A build.

    Attributes:
        files: what it is built from: the files of a folder, or the one zip.
        added: what the bundle gets beside that.
        parts: all that goes into the bundle, in this order.
    """

    code: Code
    project: Path
    files: Sequence[SourceFile]
    added: Sequence[AddedFile]
    parts: Sequence[Part]
    began_ns: int
    place: str | None
    on_progress: Progress | None

    def run(self) -> Bundle:
        try:
            return self._unchanged() or self._locked_build()
        except OSError as error:
            raise TfgenError(
                f"The bundle `{self.code.bundle}` cannot be written: {error.strerror}",
                hint="check the free space and who owns the folder",
            ) from error

    @property
    def _target(self) -> Path:
        return self.project / self.code.bundle

    @property
    def _stamp(self) -> Path:
        return self._target.with_name(f"{self._target.name}.json")

    def _unchanged(self) -> Bundle | None:
        stamp = stamps.load(self._stamp)
        if (
            stamp is None
            or stamp.fingerprint != stamps.fingerprint(self.files, self.added)
            or not stamp.describes(self._target)
        ):
            return None
        # It may have been built when it was to go by way of S3.
        check_zipped(stamp.zip_size, _sizes(self.parts), self.code, place=self.place)
        return Bundle(
            path=self._target,
            sha256=stamp.sha256,
            zipped=stamp.zip_size,
            unzipped=stamp.unzipped,
            files=len(_sizes(self.parts)),
            rebuilt=False,
        )

    def _locked_build(self) -> Bundle:
        make_scratch(self.project)
        self._target.parent.mkdir(parents=True, exist_ok=True)
        with locked(self._target.with_name(f"{self._target.name}.lock")):
            # The build that held the lock may have been of the same files.
            return self._unchanged() or self._write()

    def _write(self) -> Bundle:
        aside = self._target.with_name(f"{self._target.name}.new")
        try:
            unzipped, zipped = self._pack(aside, self._previous())
            sha256 = _sha256(aside)
            same = self._target.exists() and _sha256(self._target) == sha256
            if not same:
                aside.replace(self._target)
        finally:
            aside.unlink(missing_ok=True)
        stamp = stamps.make(
            self.files,
            self.added,
            self._target,
            began_ns=self.began_ns,
            sha256=sha256,
            unzipped=unzipped,
        )
        stamps.save(stamp, self._stamp)
        files = len(_sizes(self.parts))
        return Bundle(self._target, sha256, zipped, unzipped, files, rebuilt=not same)

    def _previous(self) -> Previous | None:
        """Returns the bundle before, if it is to the last byte what its stamp says."""
        stamp = stamps.load(self._stamp)
        if stamp and stamp.describes(self._target) and _sha256(self._target) == stamp.sha256:
            return Previous(self._target)
        return None

    def _pack(self, target: Path, previous: Previous | None) -> tuple[int, int]:
        """Writes the zip and returns the bytes that went in and those that came out."""
        sizes = _sizes(self.parts)
        expected = sum(size for _, size in sizes)
        unzipped = 0
        with target.open("wb") as out:
            archive = Archive(out)
            for part in self.parts:
                packed = part.pack(previous)
                archive.add(part.name, part.mode, packed)
                unzipped += packed.size
                check_zipped(archive.size, sizes, self.code, place=self.place)
                if self.on_progress:
                    self.on_progress(unzipped, max(unzipped, expected))
            archive.close()
        return unzipped, archive.size


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return base64.b64encode(hashlib.file_digest(file, "sha256").digest()).decode()
