"""Finds out what git tracks in a folder, from git's index and without running git.

To run git in a repository that is not trusted is a risk of its own: the configuration of the
repository can name programs. The index says all that is needed, and is a few megabytes at most.
https://git-scm.com/docs/index-format
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from tfgen.disk.folder import Folder
from tfgen.disk.refusals import RefusedError

_LIMIT = 512 * 1024 * 1024  # bytes; the largest known repositories have some hundred
_HASHES = (20, 32)  # bytes of SHA-1 and SHA-256
_LONGEST = 0xFFF  # where a path is as long or longer, the index does not say how long
_EXTENDED = 0x4000


def first_tracked(folder: Path) -> str | None:
    """Returns the first file below a folder that git tracks, or None.

    Args:
        folder: which need not exist. Its repository is the nearest folder above with a ``.git``.

    Returns:
        The path, relative to the folder.
    """
    place = Path(os.path.realpath(folder))
    for outer in place.parents:
        data = _index(outer)
        if data is not None:
            wanted = f"{place.relative_to(outer).as_posix()}/"
            found = _find(data, os.fsencode(wanted))
            return None if found is None else os.fsdecode(found)[len(wanted) :]
    return None


def _index(repository: Path) -> bytes | None:
    """Returns the index of a repository; empty where there is none yet, None if it is none."""
    here = Folder(repository)
    try:
        if here.is_folder(".git"):
            return here.read(".git/index", limit=_LIMIT)
        if here.is_file(".git"):
            # A worktree or a submodule: https://git-scm.com/docs/gitrepository-layout
            named = here.read(".git", limit=4096).decode("utf-8", "surrogateescape")
            if not named.startswith("gitdir: ") or "\0" in named:
                return None
            home = repository / named.removeprefix("gitdir: ").rstrip("\n")
            return Folder(home).read("index", limit=_LIMIT)
    except (OSError, RefusedError):
        return b""
    return None


def _find(data: bytes, wanted: bytes) -> bytes | None:
    version = int.from_bytes(data[4:8], "big")
    if data[:4] != b"DIRC":
        return None
    # A file system that ignores case, as on macOS, checks `.TFGEN` out as the folder `.tfgen`.
    same = re.compile(re.escape(wanted), re.IGNORECASE)
    if version == 4:  # each path is written as a difference from the one before
        for size in _HASHES:
            found = next((path for path in _paths(data, size) if same.match(path)), None)
            if found is not None:
                return found
        return None
    for match in same.finditer(data, 12):
        at = match.start()
        # What stands before a path is its length, or two more bytes of flags and its length.
        path = data[at : data.find(b"\0", at)]
        length = min(len(path), _LONGEST)
        for before, is_extended in ((at - 2, False), (at - 4, True)):
            flags = int.from_bytes(data[before : before + 2], "big")
            if flags & _LONGEST == length and bool(flags & _EXTENDED) == is_extended:
                return path
    return None


def _paths(data: bytes, hash_size: int) -> Iterator[bytes]:
    """Yields the paths of an index of version 4, as far as it can be understood."""
    at, path = 12, b""
    for _ in range(int.from_bytes(data[8:12], "big")):
        at += 40 + hash_size
        flags = int.from_bytes(data[at : at + 2], "big")
        at += 4 if flags & _EXTENDED else 2
        cut, at = _number(data, at)
        end = data.find(b"\0", at)
        if end == -1 or cut > len(path):
            return
        path = path[: len(path) - cut] + data[at:end]
        at = end + 1
        yield path


def _number(data: bytes, at: int) -> tuple[int, int]:
    """Reads a number of variable length, as git writes offsets in packs."""
    byte = data[at] if at < len(data) else 0
    at += 1
    value = byte & 0x7F
    while byte & 0x80 and at < len(data) and value < len(data):
        byte = data[at]
        at += 1
        value = ((value + 1) << 7) | (byte & 0x7F)
    return value, at
