"""Writing zip files of which every bit is decided, and taking finished streams out of old ones.

The layout is that of PKWARE's APPNOTE 6.3 (https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT),
sections 4.3.7 (local header), 4.3.12 (central directory) and 4.3.16 (its end), without zip64,
extra fields, comments or data descriptors. ``zipfile`` is not used for writing: which versions
and flags it notes down has changed between Python versions.
"""

from __future__ import annotations

import hashlib
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import BinaryIO, Protocol

from tfgen.bundle.deflate import compress, deflate

MAX_FILES = 0xFFFF
"""The most files that a zip without zip64 can list."""

_LOCAL = struct.Struct("<4s5H3I2H")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")

_VERSION = 20  # 2.0: folders and DEFLATE
_UNIX = 3 << 8
_REGULAR_FILE = 0o100000
_UTF8_NAMES = 1 << 11
_MIDNIGHT, _NEW_YEAR_1980 = 0, 0x21  # the first moment that a zip can tell

STORED, DEFLATED = zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED


PIECE = 256 * 1024
"""Bytes of a large content that are in memory at a time."""


@dataclass(frozen=True, slots=True)
class Packed:
    """A file's content as a zip keeps it.

    Attributes:
        method: ``STORED`` or ``DEFLATED``.
        stream: the bytes in the zip, in pieces.
        length: how many these are.
        crc: the CRC-32 of the content.
        size: bytes of content.
    """

    method: int
    stream: Iterable[bytes]
    length: int
    crc: int
    size: int


def pack(content: bytes) -> Packed:
    """Compresses a file's content, unless that would make it longer."""
    stream = compress(content)
    if len(stream) < len(content):
        return Packed(DEFLATED, [stream], len(stream), zlib.crc32(content), len(content))
    return store(content)


def store(content: bytes) -> Packed:
    """Returns a file's content as it is."""
    return Packed(STORED, [content], len(content), zlib.crc32(content), len(content))


class ChangedError(Exception):
    """A content was another one when it was read again."""


class Content(Protocol):
    """A content that is too large to be in memory."""

    def pieces(self) -> Iterator[bytes]:
        """Yields it from its beginning, every time that this is called."""


class Archive:
    """A zip that is being written.

    Args:
        file: where to write; positioned at its start.
        watch: called while a content is streamed, with the bytes of it that were read, and the
            bytes that the zip will have at least.

    Attributes:
        size: bytes that the zip would have if it were closed now.
        unzipped: bytes of the contents in it.
    """

    def __init__(self, file: BinaryIO, watch: Callable[[int, int], None] | None = None) -> None:
        self._file = file
        self._watch = watch or (lambda _read, _size: None)
        self._directory = bytearray()
        self._offset = 0
        self._files = 0
        self.unzipped = 0

    @property
    def size(self) -> int:
        return self._offset + len(self._directory) + _END.size

    def add(self, name: str, mode: int, packed: Packed) -> None:
        """Appends a file whose compressed form is known.

        Args:
            name: its path in the zip, with ``/``.
            mode: its permissions, and its type unless it is a regular file.
            packed: its content.
        """
        header = _Header(name.encode(), packed.method, packed.crc, packed.length, packed.size)
        self._note(header, mode)
        self._write(header.local)
        for piece in packed.stream:
            self._write(piece)

    def stream(self, name: str, mode: int, content: Content) -> None:
        """Appends a file that ``pack`` would make the same of, and never has all of it in memory.

        Args:
            name: its path in the zip, with ``/``.
            mode: its permissions, and its type unless it is a regular file.
            content: its content.

        Raises:
            ChangedError: the content is another one when it is read again.
        """
        start, base = self._offset, self.size
        read = _Measure()

        def measured() -> Iterator[bytes]:
            for piece in content.pieces():
                read.add(piece)
                self._watch(read.size, base + min(read.size, self._offset - start))
                yield piece

        # What the header says is known at the end only.
        self._write(_Header(name.encode(), DEFLATED, 0, 0, 0).local)
        data = self._offset
        for piece in deflate(measured()):
            self._write(piece)
        header = _Header(name.encode(), DEFLATED, read.crc, self._offset - data, read.size)
        if header.length >= header.size:
            header = replace(header, method=STORED, length=header.size)
            self._back_to(data)
            again = _Measure()
            for piece in content.pieces():
                again.add(piece)
                self._write(piece)
            if again != read:
                raise ChangedError
        end = self._offset
        self._back_to(start, truncate=False)
        self._note(header, mode)
        self._write(header.local)
        self._file.seek(end)
        self._offset = end

    def close(self) -> None:
        """Writes the central directory. The file itself stays open."""
        end = (0, 0, self._files, self._files, len(self._directory), self._offset, 0)
        self._file.write(self._directory + _END.pack(b"PK\5\6", *end))

    def _note(self, header: _Header, mode: int) -> None:
        """Puts a file into the central directory that begins at the present place."""
        attributes = (mode if stat.S_IFMT(mode) else _REGULAR_FILE | mode) << 16
        self._directory += _CENTRAL.pack(
            b"PK\1\2", _UNIX | _VERSION, *header.fields, 0, 0, 0, attributes, self._offset
        )
        self._directory += header.name
        self._files += 1
        self.unzipped += header.size

    def _back_to(self, offset: int, *, truncate: bool = True) -> None:
        self._file.seek(offset)
        if truncate:
            self._file.truncate()
        self._offset = offset

    def _write(self, data: bytes) -> None:
        self._file.write(data)
        self._offset += len(data)


@dataclass(frozen=True, slots=True)
class _Header:
    """What both headers of a file say.

    Attributes:
        length: bytes of the stream.
        size: bytes of content.
    """

    name: bytes
    method: int
    crc: int
    length: int
    size: int

    @property
    def fields(self) -> tuple[int, ...]:
        return (
            *(_VERSION, _UTF8_NAMES, self.method, _MIDNIGHT, _NEW_YEAR_1980),
            *(self.crc, self.length, self.size, len(self.name), 0),
        )

    @property
    def local(self) -> bytes:
        return _LOCAL.pack(b"PK\3\4", *self.fields) + self.name


@dataclass(slots=True)
class _Measure:
    """The CRC-32 and the size of what was read so far."""

    crc: int = 0
    size: int = 0

    def add(self, piece: bytes) -> None:
        self.crc = zlib.crc32(piece, self.crc)
        self.size += len(piece)


class Previous:
    """The streams of an earlier bundle, so that what did not change is not compressed again.

    Args:
        file: a zip that ``Archive`` wrote with the present ``deflate.ALGORITHM``: another
            encoder's stream of the same content would be other bytes. Open as long as this is used.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._archive = zipfile.ZipFile(file)
        self._members = {member.filename: member for member in self._archive.infolist()}

    def find(self, name: str, content: bytes) -> Packed | None:
        """Returns the file of that name, if that is its content to the last byte."""
        member = self._member(name, zlib.crc32(content), len(content))
        if member is None:
            return None
        stream = b"".join(self._stream(member))
        stored = member.compress_type == STORED
        if (stream if stored else zlib.decompress(stream, -zlib.MAX_WBITS)) != content:
            return None
        return Packed(member.compress_type, [stream], len(stream), member.CRC, member.file_size)

    def find_large(self, name: str, content: Content) -> Packed | None:
        """Does the same for a content that is not in memory."""
        if name not in self._members:
            return None
        read, digest = _Measure(), hashlib.sha256()
        for piece in content.pieces():
            read.add(piece)
            digest.update(piece)
        member = self._member(name, read.crc, read.size)
        if member is None:
            return None
        with self._archive.open(member) as file:
            same = hashlib.sha256()
            while piece := file.read(PIECE):
                same.update(piece)
        if same.digest() != digest.digest():
            return None
        stream = self._stream(member)
        return Packed(
            member.compress_type, stream, member.compress_size, member.CRC, member.file_size
        )

    def _member(self, name: str, crc: int, size: int) -> zipfile.ZipInfo | None:
        member = self._members.get(name)
        known = member is not None and (member.CRC, member.file_size) == (crc, size)
        return member if known else None

    def _stream(self, member: zipfile.ZipInfo) -> Iterator[bytes]:
        start = member.header_offset + _LOCAL.size + len(member.filename.encode())
        return pieces_at(self._file, start, member.compress_size)


def pieces_at(file: BinaryIO, start: int, length: int) -> Iterator[bytes]:
    """Yields a part of an open file.

    Raises:
        EOFError: the file ends before the part does.
    """
    while length:
        file.seek(start)  # others read the same file meanwhile
        piece = file.read(min(length, PIECE))
        if not piece:
            raise EOFError("the file is shorter than it says")
        yield piece
        start += len(piece)
        length -= len(piece)
