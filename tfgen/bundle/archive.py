"""Writing zip files of which every bit is decided, and taking finished streams out of old ones.

The layout is that of PKWARE's APPNOTE 6.3 (https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT),
sections 4.3.7 (local header), 4.3.12 (central directory) and 4.3.16 (its end), without zip64,
extra fields, comments or data descriptors. ``zipfile`` is not used for writing: which versions
and flags it notes down has changed between Python versions.
"""

from __future__ import annotations

import io
import stat
import struct
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from tfgen.bundle.deflate import compress

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


@dataclass(frozen=True, slots=True)
class Packed:
    """A file's content as a zip keeps it.

    Attributes:
        method: ``STORED`` or ``DEFLATED``.
        stream: the bytes in the zip.
        crc: the CRC-32 of the content.
        size: bytes of content.
    """

    method: int
    stream: bytes
    crc: int
    size: int


def pack(content: bytes) -> Packed:
    """Compresses a file's content, unless that would make it longer."""
    stream = compress(content)
    if len(stream) < len(content):
        return Packed(DEFLATED, stream, zlib.crc32(content), len(content))
    return Packed(STORED, content, zlib.crc32(content), len(content))


class Archive:
    """A zip that is being written.

    Args:
        file: where to write; positioned at its start.

    Attributes:
        size: bytes that the zip would have if it were closed now.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._directory = bytearray()
        self._offset = 0
        self._files = 0

    @property
    def size(self) -> int:
        return self._offset + len(self._directory) + _END.size

    def add(self, name: str, mode: int, packed: Packed) -> None:
        """Appends a file.

        Args:
            name: its path in the zip, with ``/``.
            mode: its permissions, and its type unless it is a regular file.
            packed: its content.
        """
        encoded = name.encode()
        common = (
            *(_VERSION, _UTF8_NAMES, packed.method, _MIDNIGHT, _NEW_YEAR_1980),
            *(packed.crc, len(packed.stream), packed.size, len(encoded), 0),
        )
        attributes = (mode if stat.S_IFMT(mode) else _REGULAR_FILE | mode) << 16
        self._directory += _CENTRAL.pack(
            b"PK\1\2", _UNIX | _VERSION, *common, 0, 0, 0, attributes, self._offset
        )
        self._directory += encoded
        self._write(_LOCAL.pack(b"PK\3\4", *common) + encoded)
        self._write(packed.stream)
        self._files += 1

    def close(self) -> None:
        """Writes the central directory. The file itself stays open."""
        end = (0, 0, self._files, self._files, len(self._directory), self._offset, 0)
        self._file.write(self._directory + _END.pack(b"PK\5\6", *end))

    def _write(self, data: bytes) -> None:
        self._file.write(data)
        self._offset += len(data)


class Previous:
    """The streams of an earlier bundle, so that what did not change is not compressed again.

    Args:
        path: a zip that ``Archive`` wrote with the present ``deflate.ALGORITHM``: another
            encoder's stream of the same content would be other bytes.
    """

    def __init__(self, path: Path) -> None:
        self._data = path.read_bytes()
        with zipfile.ZipFile(io.BytesIO(self._data)) as archive:
            self._members = {member.filename: member for member in archive.infolist()}

    def find(self, name: str, content: bytes) -> Packed | None:
        """Returns the file of that name, if that is its content to the last byte."""
        member = self._members.get(name)
        if member is None or (member.CRC, member.file_size) != (zlib.crc32(content), len(content)):
            return None
        start = member.header_offset + _LOCAL.size + len(name.encode())
        stream = self._data[start : start + member.compress_size]
        stored = member.compress_type == STORED
        if (stream if stored else zlib.decompress(stream, -zlib.MAX_WBITS)) != content:
            return None
        return Packed(member.compress_type, stream, member.CRC, member.file_size)
