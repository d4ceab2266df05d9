"""What a bundle is put together from: files of the source, members of a zip, and added files."""

from __future__ import annotations

import stat
import struct
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Protocol

from tfgen.app import Code
from tfgen.bundle.archive import DEFLATED, STORED, Packed, Previous, pack
from tfgen.bundle.source import SourceFile
from tfgen.errors import TfgenError

# Of the name and of the extra fields, at the end of a local header: APPNOTE 6.3, section 4.3.7.
_LENGTHS = struct.Struct("<2H")
_LENGTHS_AT = 26


class Part(Protocol):
    """Something that has a place in the bundle.

    Attributes:
        name: its path in the bundle, with ``/``.
        mode: its permissions, and its type unless it is a regular file.
        size: bytes of its content.
    """

    @property
    def name(self) -> str: ...
    @property
    def mode(self) -> int: ...
    @property
    def size(self) -> int: ...
    def pack(self, previous: Previous | None) -> Packed:
        """Returns its content as a zip keeps it, from an earlier bundle if that has the same."""


@dataclass(frozen=True, slots=True)
class AddedFile:
    """A file that a bundle gets beside those of the source.

    Attributes:
        name: its path in the bundle, with ``/``.
        mode: its permissions.
        content: its bytes.
    """

    name: str
    mode: int
    content: bytes

    @property
    def size(self) -> int:
        return len(self.content)

    def pack(self, previous: Previous | None) -> Packed:
        return _found(previous, self.name, self.content)


@dataclass(frozen=True, slots=True)
class FolderFile:
    """A file of a source folder.

    Attributes:
        file: the file.
        source: the folder as messages call it.
        place: where the config names the folder, for errors.
    """

    file: SourceFile
    source: str
    place: str | None

    @property
    def name(self) -> str:
        return self.file.name

    @property
    def mode(self) -> int:
        return self.file.mode

    @property
    def size(self) -> int:
        return self.file.size

    def pack(self, previous: Previous | None) -> Packed:
        try:
            content = Path(self.file.path).read_bytes()
        except OSError as error:
            raise TfgenError(
                f"`{self.source}/{self.name}` cannot be read: {error.strerror}",
                place=self.place,
                hint="make it readable, or leave it out with a line in `.tfgenignore`",
            ) from error
        return _found(previous, self.name, content)


class ZipMember:
    """A member of a zip that is a source.

    Its compressed bytes are taken as they are, so that the same zip always makes the same bundle,
    and no megabyte of it is compressed again.

    Args:
        archive: the zip, open.
        member: the member.
        source: the zip as messages call it.
        place: where the config names the zip, for errors.
    """

    def __init__(
        self, archive: zipfile.ZipFile, member: zipfile.ZipInfo, source: str, place: str | None
    ) -> None:
        self._archive = archive
        self._member = member
        self._source = source
        self._place = place
        # A zip that was not made on Unix knows no permissions, and this one will be of Unix.
        self._assumed = stat.S_IFDIR | 0o755 if member.is_dir() else 0o644

    @property
    def name(self) -> str:
        return self._member.filename

    @property
    def mode(self) -> int:
        return self._member.external_attr >> 16 or self._assumed

    @property
    def size(self) -> int:
        return self._member.file_size

    def pack(self, previous: Previous | None) -> Packed:
        del previous
        try:
            content = self._archive.read(self._member)
        # Encrypted members are a RuntimeError, unknown methods a NotImplementedError.
        except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError) as error:
            raise TfgenError(
                f"`{self.name}` in the function's source `{self._source}` cannot be unpacked: "
                f"{error}",
                place=self._place,
                hint="build the zip again; a download may have been cut short",
            ) from error
        if self._member.compress_type not in (STORED, DEFLATED):
            return pack(content)
        return Packed(self._member.compress_type, self._stream(), self._member.CRC, len(content))

    def _stream(self) -> bytes:
        file = self._archive.fp
        if file is None:
            raise ValueError("the zip is closed")
        # Its names and extra fields may be other ones, and longer, than those of the directory.
        file.seek(self._member.header_offset + _LENGTHS_AT)
        lengths = _LENGTHS.unpack(file.read(_LENGTHS.size))
        file.seek(self._member.header_offset + _LENGTHS_AT + _LENGTHS.size + sum(lengths))
        return file.read(self._member.compress_size)


def merge(
    parts: Sequence[Part], added: Sequence[AddedFile], code: Code, place: str | None
) -> Sequence[Part]:
    """Returns the parts of a source and added files, in the order of a bundle.

    Args:
        parts: of the source, in order.
        added: what is added.
        code: of the function.
        place: where the config names the source.

    Raises:
        TfgenError: the name of an added file is taken, as a file or as a folder.
    """
    if not added:
        return parts
    files = {part.name for part in parts if not part.name.endswith("/")}
    folders = {part.name.removesuffix("/") for part in parts} - files
    folders.update(str(folder) for name in files for folder in PurePosixPath(name).parents)
    for file in added:
        above = {str(folder) for folder in PurePosixPath(file.name).parents}
        if taken := (files & {file.name, *above}) | (folders & {file.name}):
            raise TfgenError(
                f"`{code.source}` has `{min(taken)}`, where tfgen adds `{file.name}` to the bundle",
                place=place,
                hint="give it another name, or leave it out of the bundle",
            )
    return sorted([*parts, *added], key=lambda part: part.name.encode())


def _found(previous: Previous | None, name: str, content: bytes) -> Packed:
    return (previous.find(name, content) if previous else None) or pack(content)
