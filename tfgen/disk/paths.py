"""The same rule for code that has a path, rather than a `Folder` and a path below it.

A command says once which folder is its project, with `trust`. From then on, every path below it is
opened from that folder, link by no link; of a path that is elsewhere, which a user must have named,
only the last part is held to the rule.
"""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import BinaryIO, Literal, TextIO

from tfgen.disk.folder import Folder
from tfgen.disk.limits import ENTRY_LIMIT, FILE_LIMIT
from tfgen.disk.listing import Entry

_trusted: set[str] = set()


def trust(folder: Path) -> None:
    """Takes a folder for one that the user named, and everything below it for untrusted.

    Args:
        folder: of a project.
    """
    _trusted.update({_absolute(folder), os.path.realpath(folder)})


def below_project(path: Path) -> Folder | None:
    """Returns a folder below a project; None if it is not below any."""
    place = _absolute(path)
    bases = [base for base in _trusted if place == base or place.startswith(f"{base.rstrip('/')}/")]
    if not bases:
        return None
    base = Path(max(bases, key=len))
    inner = Path(place).relative_to(base).as_posix()
    return Folder(base, "" if inner == "." else inner)


def folder_of(path: Path) -> Folder:
    """Returns the folder at a path: held to the rule where the path is below a project."""
    return below_project(path) or Folder(path)


def status(path: Path) -> os.stat_result | None:
    """Returns what is at a path, a link as itself; None if there is nothing."""
    folder, name = _split(path)
    return folder.status(name)


def is_file(path: Path) -> bool:
    """Says whether there is a regular file."""
    folder, name = _split(path)
    return folder.is_file(name)


def is_folder(path: Path) -> bool:
    """Says whether there is a folder. Below a project, a link that is not allowed is refused."""
    folder = below_project(path)
    return path.is_dir() if folder is None else folder.real().is_folder()


def entries(path: Path, *, limit: int = ENTRY_LIMIT) -> list[Entry]:
    """Lists a folder, sorted by name."""
    return folder_of(path).entries(limit=limit)


def named(path: Path, prefix: str = "", suffix: str = "") -> list[Path]:
    """Returns the entries of a folder whose names begin and end like this, sorted.

    A folder that does not exist has none.
    """
    try:
        return [
            path / entry.name
            for entry in entries(path)
            if entry.name.startswith(prefix) and entry.name.endswith(suffix)
        ]
    except FileNotFoundError:
        return []


def read(path: Path, *, limit: int = FILE_LIMIT) -> bytes:
    """Returns all of a file, which must not be larger than ``limit`` bytes."""
    folder, name = _split(path)
    return folder.read(name, limit=limit)


def read_text(path: Path, *, limit: int = FILE_LIMIT, errors: str = "strict") -> str:
    """Returns all of a file of UTF-8 text, with its line ends as they are."""
    return read(path, limit=limit).decode("utf-8", errors)


def open_file(
    path: Path, how: Literal["rb", "r+b", "wb", "xb", "ab"] = "rb", *, mode: int = 0o666
) -> BinaryIO:
    """Opens a file. See `Folder.open`."""
    folder, name = _split(path)
    return folder.open(name, how, mode=mode)


def open_text(path: Path) -> TextIO:
    """Opens a file of UTF-8 text to read; what is no UTF-8 becomes U+FFFD."""
    return io.TextIOWrapper(open_file(path), encoding="utf-8", errors="replace")


def descriptor(path: Path, flags: int = os.O_RDONLY, *, mode: int = 0o666) -> int:
    """Opens a file and returns the descriptor. See `Folder.descriptor`."""
    folder, name = _split(path)
    return folder.descriptor(name, flags, mode=mode)


def make(path: Path, *, mode: int = 0o777) -> None:
    """Makes a folder, and those that it is in, where they are missing."""
    folder = below_project(path)
    if folder is None:
        path.parent.mkdir(parents=True, exist_ok=True)
        folder = Folder(path.parent, path.name)
    folder.make(mode=mode)


def write(path: Path, content: bytes, *, mode: int = 0o644, keep_mode: bool = True) -> None:
    """Replaces a file in one step. See `Folder.write`."""
    folder, name = _split(path)
    folder.write(name, content, mode=mode, keep_mode=keep_mode)


def remove(path: Path, *, missing_ok: bool = True) -> None:
    """Removes a file, or a link itself."""
    folder, name = _split(path)
    folder.remove(name, missing_ok=missing_ok)


def remove_tree(path: Path) -> None:
    """Removes whatever is at a path: a folder with all that is in it, a link itself."""
    folder, name = _split(path)
    folder.remove_tree(name)


def _absolute(path: Path) -> str:
    return os.path.abspath(path)  # noqa: PTH100 - Path.resolve follows links


def _split(path: Path) -> tuple[Folder, str]:
    folder = below_project(path)
    if folder is None:
        place = Path(_absolute(path))
        return Folder(place.parent), place.name
    outer, _, name = folder.inner.rpartition("/")
    return Folder(folder.base, outer), name
