"""What a bundle is put together from: files of the source, members of a zip, and added files."""

from __future__ import annotations

import errno
import os
import stat
import struct
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import BinaryIO, Protocol

from tfgen.app import Code
from tfgen.bundle.archive import (
    DEFLATED,
    PIECE,
    STORED,
    Archive,
    ChangedError,
    Packed,
    Previous,
    pack,
    pieces_at,
    store,
)
from tfgen.bundle.elf import machine_of
from tfgen.bundle.source import SourceFile
from tfgen.bundle.zips import BROKEN, link_target
from tfgen.disk.reader import Reader
from tfgen.errors import TfgenError

# Of the name and of the extra fields, at the end of a local header: APPNOTE 6.3, section 4.3.7.
_LENGTHS = struct.Struct("<2H")
_LENGTHS_AT = 26

_SMALL = 1024 * 1024
"""Bytes of a content up to which all of it is in memory: it is faster."""


class Part(Protocol):
    """Something that has a place in the bundle.

    Attributes:
        name: its path in the bundle, with ``/``.
        mode: its permissions, and its type unless it is a regular file.
        size: bytes of its content.
        target: where it leads to, relative to its own folder; None if it is no link.
    """

    @property
    def name(self) -> str: ...
    @property
    def mode(self) -> int: ...
    @property
    def size(self) -> int: ...
    @property
    def target(self) -> str | None: ...
    def write(self, archive: Archive, previous: Previous | None) -> str | None:
        """Writes it to a bundle, from an earlier bundle if that has the same.

        Returns:
            The machine that its content is for, as ``elf`` names it; None if it is for any.
        """


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

    @property
    def target(self) -> str | None:
        return None

    def write(self, archive: Archive, previous: Previous | None) -> str | None:
        archive.add(self.name, self.mode, _found(previous, self.name, self.content))
        return None


@dataclass(frozen=True, slots=True)
class FolderFile:
    """A file of a source folder, or a link in it.

    Attributes:
        file: the file.
        reader: of the source.
        source: the folder as messages call it.
        place: where the config names the folder, for errors.
    """

    file: SourceFile
    reader: Reader
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

    @property
    def target(self) -> str | None:
        return self.file.target

    def write(self, archive: Archive, previous: Previous | None) -> str | None:
        if self.target is not None:
            archive.add(self.name, self.mode, store(self.target.encode()))
            return None
        with self._opened() as file:
            content = file.read(_SMALL + 1)
            machine = machine_of(content)
            if len(content) <= _SMALL:
                archive.add(self.name, self.mode, _found(previous, self.name, content))
                return machine
            large = _OpenFile(file)
            if found := previous.find_large(self.name, large) if previous else None:
                archive.add(self.name, self.mode, found)
            else:
                archive.stream(self.name, self.mode, large)
        return machine

    @contextmanager
    def _opened(self) -> Iterator[BinaryIO]:
        try:
            with self.reader.open(self.file.path) as file:
                yield file
        except OSError as error:
            if error.filename is None:  # of the bundle
                raise
            raise TfgenError(
                f"`{self.source}/{self.name}` cannot be read: {error.strerror}",
                place=self.place,
                hint="make it readable, or leave it out with a line in `.tfgenignore`",
            ) from error
        except ChangedError as error:
            raise TfgenError(
                f"`{self.source}/{self.name}` was written while it was read",
                place=self.place,
                hint="run the command again when nothing writes to it, or leave it out with a "
                "line in `.tfgenignore`",
            ) from error


@dataclass(frozen=True, slots=True)
class _OpenFile:
    """The content of a large open file, as long as it was when it was opened."""

    file: BinaryIO

    def pieces(self) -> Iterator[bytes]:
        return pieces_at(self.file, 0, os.fstat(self.file.fileno()).st_size)


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
        self.name = member.filename
        # A zip that was not made on Unix knows no permissions, and this one will be of Unix.
        assumed = stat.S_IFDIR | 0o755 if member.is_dir() else 0o644
        self.mode = member.external_attr >> 16 or assumed
        self.size = member.file_size
        self.target: str | None = None
        if stat.S_ISLNK(self.mode):
            with self._readable():
                self.target = link_target(archive, member)

    def write(self, archive: Archive, previous: Previous | None) -> str | None:
        del previous
        member = self._member
        with self._readable():
            beginning = b""
            # Reading all of it finds out whether it is whole.
            for piece in self.pieces():
                beginning = beginning or piece
            if member.compress_type in (STORED, DEFLATED):
                packed = Packed(
                    *(member.compress_type, self._stream(), member.compress_size),
                    *(member.CRC, member.file_size),
                )
                archive.add(self.name, self.mode, packed)
            elif member.file_size <= _SMALL:
                archive.add(self.name, self.mode, pack(b"".join(self.pieces())))
            else:
                archive.stream(self.name, self.mode, self)
        return machine_of(beginning)

    def machine(self) -> str | None:
        """Returns the machine that its content is for; None if it is for any."""
        with self._readable():
            return machine_of(next(self.pieces(), b""))

    def pieces(self) -> Iterator[bytes]:
        """Yields its content."""
        with self._archive.open(self._member) as file:
            while piece := file.read(PIECE):
                yield piece

    @contextmanager
    def _readable(self) -> Iterator[None]:
        try:
            yield
        except (*BROKEN, OSError) as error:
            # A place before the beginning of the file is EINVAL; all else is not the zip's fault.
            if isinstance(error, OSError) and error.errno != errno.EINVAL:
                raise
            raise TfgenError(
                f"`{self.name}` in the function's source `{self._source}` cannot be unpacked: "
                f"{error}",
                place=self._place,
                hint="build the zip again; a download may have been cut short",
            ) from error

    def _stream(self) -> Iterator[bytes]:
        file = self._archive.fp
        if file is None:
            raise ValueError("the zip is closed")
        # Its names and extra fields may be other ones, and longer, than those of the directory.
        file.seek(self._member.header_offset + _LENGTHS_AT)
        lengths = _LENGTHS.unpack(file.read(_LENGTHS.size))
        start = self._member.header_offset + _LENGTHS_AT + _LENGTHS.size + sum(lengths)
        return pieces_at(file, start, self._member.compress_size)  # type: ignore[arg-type]


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
