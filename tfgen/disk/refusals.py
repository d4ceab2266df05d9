"""The errors for what has no place below a folder that is not trusted."""

from __future__ import annotations

import shlex
import stat
from pathlib import Path

from tfgen.errors import TfgenError

OUTSIDE = "TFGEN_OUTSIDE"
"""The environment variable that lists folders which links may lead into, with ``:`` between."""

_KINDS = {
    stat.S_IFLNK: "a symbolic link",
    stat.S_IFDIR: "a folder",
    stat.S_IFREG: "a file",
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


class RefusedError(TfgenError):
    """Something below the folder is not what tfgen opens there."""


def shown(path: Path) -> str:
    """Returns the path as a person would write it: relative to the working directory when below.

    Args:
        path: absolute, or relative to the working directory.
    """
    try:
        here = Path.cwd()
    except FileNotFoundError:  # the working directory was deleted under us
        return str(path)
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


def wrong_kind(path: Path, mode: int, wanted: str) -> RefusedError:
    """Returns the error for something that is neither a real folder nor a regular file.

    Args:
        path: of it.
        mode: its ``st_mode``.
        wanted: what tfgen expects there, ``file`` or ``folder``.
    """
    kind = _KINDS.get(stat.S_IFMT(mode), "something else")
    place = shown(path)
    if stat.S_ISLNK(mode):
        also = (
            f", or list the folder that it leads to in the environment variable `{OUTSIDE}`"
            if wanted == "folder"
            else ""
        )
        return RefusedError(
            f"{place} is a symbolic link, and tfgen does not follow links inside a project",
            place=place,
            hint=f"put a real {wanted} in its place, or remove the link with "
            f"`rm {shlex.quote(place)}`{also}",
        )
    remove = "rm -r" if stat.S_ISDIR(mode) else "rm"
    return RefusedError(
        f"{place} is {kind}, and tfgen expects a {wanted} there",
        place=place,
        hint=f"look at what it is; to remove it: `{remove} {shlex.quote(place)}`",
    )


def too_large(path: Path, limit: int) -> RefusedError:
    """Returns the error for a file that is larger than ``limit`` bytes."""
    place = shown(path)
    return RefusedError(
        f"{place} is larger than {_amount(limit)}, which is the most that tfgen reads of it",
        place=place,
        hint=f"look at what it is with `ls -l {shlex.quote(place)}`, and make it smaller "
        "or remove it",
    )


def too_many(path: Path, limit: int) -> RefusedError:
    """Returns the error for a folder that holds more than ``limit`` entries."""
    place = shown(path)
    return RefusedError(
        f"{place} holds more than {limit:,} files and folders, which is the most that tfgen reads",
        place=place,
        hint="move what does not belong there out of it",
    )


def too_deep(path: Path, limit: int) -> RefusedError:
    """Returns the error for a folder that is inside more than ``limit`` others."""
    place = shown(path)
    short = f"{place[:120]}…" if len(place) > 120 else place
    return RefusedError(
        f"folders are more than {limit} deep inside each other here, which is the most that tfgen "
        "reads",
        place=short,
        hint="move or remove the folders that do not belong to the project",
    )


def leads_out(folder: Path, path: str) -> RefusedError:
    """Returns the error for a path that is not below the folder, whatever is on disk."""
    return RefusedError(
        f"{path!r:.200} is not a path below {shown(folder)}",
        place=shown(folder),
        hint="use a relative path without `..`",
    )


def _amount(limit: int) -> str:
    megabytes = limit / 1024**2
    return f"{megabytes:g} MB" if megabytes >= 1 else f"{limit:,} bytes"
