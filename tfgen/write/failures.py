"""What the operating system refuses becomes an error that a person can act on."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tfgen.disk import Folder, paths, shown
from tfgen.errors import TfgenError

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_DENIED = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})


def real(path: Path) -> Path:
    """Returns the path, absolute and with every symbolic link followed, whether it exists or not.

    Unlike Path.resolve, it leaves a loop of links to be reported by whoever opens the path.
    """
    return Path(os.path.realpath(path))


def located(place: Path) -> Folder:
    """Returns a folder by a path without links, so that it can be replaced by another.

    Args:
        place: a path below a project, where only a link that the user allows is followed; or one
            that the caller vouches for.

    Raises:
        RefusedError: part of the path is a link that is not allowed, or no folder.
    """
    below = paths.below_project(place)
    if below is not None:
        folder = below.real()
        return Folder(real(folder.base), folder.inner)
    path = real(place)
    base = next(outer for outer in path.parents if outer.is_dir() or outer == outer.parent)
    return Folder(base, path.relative_to(base).as_posix())


@contextmanager
def explained(root: Path) -> Iterator[None]:
    """Turns an OSError into a TfgenError about the tree at ``root``.

    Only for steps that leave the tree as it was when they fail: the hint says so.

    Args:
        root: the output folder, as the user wrote it.

    Raises:
        TfgenError: an OSError was raised inside.
    """
    try:
        yield
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise TfgenError(
            f"the rendered tree cannot be read or written: {reason}",
            place=_place(error, root),
            hint=f"{_advice(error, root)}; nothing was changed",
        ) from error


def _place(error: OSError, root: Path) -> str:
    """Names the file at fault, unless it is one of tfgen's own, which would say nothing."""
    if isinstance(error.filename, str | bytes):
        path = Path(os.fsdecode(error.filename))
        for base in (root, real(root)):
            if path.is_relative_to(base):
                return shown(root / path.relative_to(base))
        if path in real(root).parents:
            return shown(path)
    return shown(root)


def _advice(error: OSError, root: Path) -> str:
    if error.errno in _FULL:
        return "free some disk space and run this again"
    if error.errno in _DENIED:
        return (
            "make it readable and writable for you, for example with "
            f"`sudo chown -R $USER {shown(root)}`, and run this again"
        )
    return "put that right and run this again"
