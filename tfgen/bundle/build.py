"""Makes the bundle of a function, or finds that it is made already."""

from __future__ import annotations

import base64
import hashlib
import time
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tfgen.app import Code
from tfgen.bundle import stamps
from tfgen.bundle.archive import Archive, Previous, pack
from tfgen.bundle.handler import check_handler
from tfgen.bundle.limits import check_unzipped, check_zipped
from tfgen.bundle.locate import find_source
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
    place: str | None = None,
    exclude: Sequence[Path] = (),
    on_progress: Progress | None = None,
) -> Bundle:
    """Makes the bundle of a function, or finds that it is made already.

    A source that is a zip is its own bundle and is only checked. Killed at any moment, a build
    leaves the old zip or the new one; builds at the same time wait for each other.

    Args:
        code: of the function; its ``source`` and ``bundle`` are relative to ``project``.
        project: the folder of the config.
        place: where the config names the source, for errors.
        exclude: folders and files that are never part of a bundle, relative to ``project`` or
            absolute: the rendered tree and the config, when the source is the project itself.
        on_progress: told how far the build is; not called when there is nothing to do.

    Raises:
        TfgenError: the source is missing, empty or unreadable, lacks the handler's file, is too
            large for Lambda, or has a link that leaves it.
    """
    source = find_source(code, project, place)
    if source.suffix == ".zip":
        return _check_zip(code, source, place)
    began = time.time_ns()
    never = [project / SCRATCH, *(project / path for path in exclude)]
    files = scan(source, shown=code.source, exclude=never, place=place)
    _check_files(code, files, place)
    return _Build(code, project, files, began, place, on_progress).run()


def _check_files(code: Code, files: Sequence[SourceFile], place: str | None) -> None:
    if not files:
        raise TfgenError(
            f"The function's source `{code.source}` has no file to bundle",
            place=place,
            hint="put the function's code there, and check its `.tfgenignore`",
        )
    check_handler(code, {file.name: file.mode for file in files}, place=place)
    sizes = ((file.name, file.size) for file in files)
    check_unzipped(sizes, code.source, place=place)


@dataclass(frozen=True, slots=True)
class _Build:
    code: Code
    project: Path
    files: Sequence[SourceFile]
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
    def _sizes(self) -> list[tuple[str, int]]:
        return [(file.name, file.size) for file in self.files]

    @property
    def _stamp(self) -> Path:
        return self._target.with_name(f"{self._target.name}.json")

    def _unchanged(self) -> Bundle | None:
        stamp = stamps.load(self._stamp)
        if (
            stamp is None
            or stamp.fingerprint != stamps.fingerprint(self.files)
            or not stamp.describes(self._target)
        ):
            return None
        # It may have been built when it was to go by way of S3.
        check_zipped(stamp.zip_size, self._sizes, self.code, place=self.place)
        return Bundle(
            path=self._target,
            sha256=stamp.sha256,
            zipped=stamp.zip_size,
            unzipped=stamp.unzipped,
            files=len(self.files),
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
            self.files, self._target, began_ns=self.began_ns, sha256=sha256, unzipped=unzipped
        )
        stamps.save(stamp, self._stamp)
        return Bundle(self._target, sha256, zipped, unzipped, len(self.files), rebuilt=not same)

    def _previous(self) -> Previous | None:
        """Returns the bundle before, if it is to the last byte what its stamp says."""
        stamp = stamps.load(self._stamp)
        if stamp and stamp.describes(self._target) and _sha256(self._target) == stamp.sha256:
            return Previous(self._target)
        return None

    def _pack(self, target: Path, previous: Previous | None) -> tuple[int, int]:
        """Writes the zip and returns the bytes that went in and those that came out."""
        sizes = self._sizes
        expected = sum(size for _, size in sizes)
        unzipped = 0
        with target.open("wb") as out:
            archive = Archive(out)
            for file in self.files:
                content = self._read(file)
                packed = previous.find(file.name, content) if previous else None
                archive.add(file.name, file.mode, packed or pack(content))
                unzipped += len(content)
                check_zipped(archive.size, sizes, self.code, place=self.place)
                if self.on_progress:
                    self.on_progress(unzipped, max(unzipped, expected))
            archive.close()
        return unzipped, archive.size

    def _read(self, file: SourceFile) -> bytes:
        try:
            return Path(file.path).read_bytes()
        except OSError as error:
            raise TfgenError(
                f"`{self.code.source}/{file.name}` cannot be read: {error.strerror}",
                place=self.place,
                hint="make it readable, or leave it out with a line in `.tfgenignore`",
            ) from error


def _check_zip(code: Code, source: Path, place: str | None) -> Bundle:
    try:
        with zipfile.ZipFile(source) as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
        sha256 = _sha256(source)
        zipped = source.stat().st_size
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
    sizes = [(member.filename, member.file_size) for member in members]
    modes = {member.filename: member.external_attr >> 16 for member in members}
    check_handler(code, modes, place=place)
    check_unzipped(sizes, code.source, place=place)
    check_zipped(zipped, sizes, code, place=place)
    unzipped = sum(size for _, size in sizes)
    return Bundle(source, sha256, zipped, unzipped, len(members), rebuilt=False)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return base64.b64encode(hashlib.file_digest(file, "sha256").digest()).decode()
