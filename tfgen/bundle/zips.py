"""A zip that is a function's source: opened, and checked before anything trusts it."""

from __future__ import annotations

import lzma
import re
import struct
import zipfile
import zlib
from collections.abc import Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import BinaryIO

from tfgen.app import Code
from tfgen.bundle.archive import MAX_FILES
from tfgen.bundle.links import plain, resolve
from tfgen.bundle.locate import Source
from tfgen.disk import DEPTH_LIMIT
from tfgen.errors import TfgenError

BROKEN = (
    # Encrypted members are a RuntimeError, unknown methods a NotImplementedError.
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error),
    *(EOFError, RuntimeError, ValueError, OverflowError),
)
"""What ``zipfile`` raises for a zip that is not whole, or not one that it understands."""

LARGEST = 512 * 1024 * 1024
"""Bytes of a zip that is looked into: twice what Lambda takes unzipped."""

_LONGEST = 4096  # Linux's PATH_MAX, for paths and for what a link says
# Most names: what the checks below look for is not in them.
_ORDINARY = re.compile(r"[\w@+-][\w@+.-]{0,199}(?:/[\w@+-][\w@+.-]{0,199}){0,15}")
_END = struct.Struct("<4s4H2IH")
_ENTRY = struct.Struct("<4s24x3H12x")  # of the central directory: APPNOTE 6.3, section 4.3.12
_LONGEST_COMMENT = 0xFFFF

# What a function has beside its code: layers, storage of its own, file systems that are mounted,
# and its runtime. https://docs.aws.amazon.com/lambda/latest/dg/concepts-application-design.html
_BESIDE = ("/opt/", "/tmp/", "/mnt/", "/var/task/", "/var/runtime/")  # noqa: S108


@contextmanager
def opened(code: Code, source: Source, place: str | None) -> Iterator[zipfile.ZipFile]:
    """Opens a zip.

    Args:
        code: of the function.
        source: the zip.
        place: where the config names it.

    Raises:
        TfgenError: it is none, or too large to be one for Lambda.
    """
    with ExitStack() as stack:
        try:
            file = stack.enter_context(source.folder.open(source.name))
            _check_entries(file, code, place)
            archive = stack.enter_context(zipfile.ZipFile(file))
        except BROKEN as error:
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
        yield archive


def _check_entries(file: BinaryIO, code: Code, place: str | None) -> None:
    """Counts the entries of a zip's directory before all of them are taken into memory."""
    size = file.seek(0, 2)
    if size > LARGEST:
        raise TfgenError(
            f"The function's source `{code.source}` is {size:,} bytes, and Lambda allows "
            "262,144,000 (250 MB) unzipped",
            place=place,
            hint="leave out what the function does not need",
        )
    start = max(0, size - _END.size - _LONGEST_COMMENT)
    file.seek(start)
    tail = file.read()
    at = tail.rfind(b"PK\5\6")
    if at < 0 or len(tail) - at < _END.size:
        raise zipfile.BadZipFile("it has no end")
    length = _END.unpack_from(tail, at)[5]
    position = start + at - length
    if position >= 0:
        file.seek(position)
        count = _count(file.read(length))
    # Of more entries or bytes than it has digits for, a directory is another one: zip64.
    if position < 0 or count > MAX_FILES:
        raise TfgenError(
            f"The function's source `{code.source}` has more files than the {MAX_FILES:,} of a "
            "zip without zip64",
            place=place,
            hint="leave out what the function does not need",
        )
    file.seek(0)


def _count(directory: bytes) -> int:
    at = count = 0
    while at + _ENTRY.size <= len(directory) and count <= MAX_FILES:
        count += 1
        at += _ENTRY.size + sum(_ENTRY.unpack_from(directory, at)[1:])
    return count


def link_target(archive: zipfile.ZipFile, link: zipfile.ZipInfo) -> str:
    """Returns where a link in a zip leads to.

    Raises:
        ValueError: no link is that long, or it is not UTF-8.
    """
    if link.file_size > _LONGEST:
        raise ValueError("the link is too long")
    return archive.read(link).decode()


def check_names(archive: zipfile.ZipFile, code: Code, place: str | None) -> None:
    """Checks that every name in a zip is one inside the folder that it is unpacked to.

    Args:
        archive: the zip.
        code: of the function.
        place: where the config names it.

    Raises:
        TfgenError: a name has backslashes, is absolute, climbs out, is too long, or is none.
    """
    for member in archive.infolist():
        name = member.orig_filename
        if _ORDINARY.fullmatch(name):
            continue
        shown = f"{name[:200]}…" if len(name) > 200 else name
        if "\\" in name:
            # APPNOTE 6.3, section 4.4.17.1: all slashes must be forward slashes.
            raise TfgenError(
                f"`{shown}` in the function's source `{code.source}` is a file name with "
                "backslashes, which Lambda does not take for folders",
                place=place,
                hint="make the zip with PowerShell 7 or newer, or with `tar -a -c -f FILE.zip …` "
                "of Windows; `Compress-Archive` of Windows PowerShell 5 writes such names",
            )
        if (
            not member.filename
            or name.startswith("/")
            or re.match(r"[A-Za-z]:/", name)
            or ".." in name.split("/")
            or "\0" in name
            or len(name) > _LONGEST
            or name.count("/") > DEPTH_LIMIT
            or (not name.strip("/.") and not member.is_dir())
        ):
            raise TfgenError(
                f"{shown!r} in the function's source `{code.source}` is not a path inside the zip",
                place=place,
                hint="build the zip again from inside the folder of the function's files",
            )


def check_links(
    names: Collection[str], links: Mapping[str, str], code: Code, place: str | None
) -> None:
    """Checks that every link in a zip leads to something.

    Args:
        names: the path in the zip of all that is in it.
        links: path of each link → its target.
        code: of the function.
        place: where the config names it.

    Raises:
        TfgenError: a link leads out of the zip, in a circle, or to nothing.
    """
    if not links:
        return
    present = {plain(name) for name in names} | {""}
    for folder in list(present):
        while (folder := folder.rpartition("/")[0]) and folder not in present:
            present.add(folder)
    for name, target in links.items():
        if target.startswith(_BESIDE):
            continue
        reached = resolve(name, links)
        if reached is None or reached not in present:
            where = "leads out of the zip or in a circle" if reached is None else "does not exist"
            raise TfgenError(
                f"The link `{name}` in the function's source `{code.source}` leads to "
                f"`{target[:200]}`, which {where}",
                place=place,
                hint="build the zip again with a copy of what the link leads to in its place",
            )
