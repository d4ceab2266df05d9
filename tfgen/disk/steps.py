"""The single steps on the disk: each one opens one name in one open folder, never through a link.

This file and its neighbours are the only ones in tfgen that open what is below a project.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tfgen.disk.refusals import OUTSIDE, wrong_kind

_SAFE = os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
# To go through a folder, the permission to search it is enough. macOS has no O_PATH.
_SEARCH = getattr(os, "O_PATH", os.O_RDONLY) | os.O_DIRECTORY | os.O_CLOEXEC
# What open(2) says of a link, a pipe without a reader, a socket, or something else than a folder.
_WRONG_KIND = frozenset({errno.ELOOP, errno.ENOTDIR, errno.EMLINK, errno.ENXIO, errno.EISDIR})


def open_base(path: Path) -> int:
    """Opens the folder that everything is below. Links are followed: the user named it."""
    return os.open(path, _SEARCH)


def open_folder(parent: int, name: str, path: Path) -> int:
    """Opens a folder in an open folder.

    Args:
        parent: the descriptor of the open folder.
        name: of the folder to open.
        path: the whole path, for errors.

    Raises:
        RefusedError: there is something, but it is no real folder.
        OSError: it cannot be opened.
    """
    try:
        return os.open(name, _SEARCH | os.O_NOFOLLOW, dir_fd=parent)
    except OSError as error:
        status = look(parent, name) if error.errno in _WRONG_KIND else None
        if status is None or stat.S_ISDIR(status.st_mode):
            raise _named(error, path) from None
        if stat.S_ISLNK(status.st_mode) and (outside := _outside(path)) is not None:
            return outside
        raise wrong_kind(path, status.st_mode, "folder") from None


def make_folder(parent: int, name: str, path: Path, mode: int) -> int:
    """Opens a folder in an open folder, and makes it first if it is missing. See `open_folder`."""
    try:
        return open_folder(parent, name, path)
    except FileNotFoundError:
        with suppress(FileExistsError):
            os.mkdir(name, mode, dir_fd=parent)
        return open_folder(parent, name, path)


def open_file(parent: int, name: str, path: Path, flags: int, mode: int = 0o666) -> int:
    """Opens a regular file in an open folder.

    Args:
        parent: the descriptor of the open folder.
        name: of the file.
        path: the whole path, for errors.
        flags: of open(2); what must always be set is added. Not ``O_TRUNC``, which acts before the
            check.
        mode: of a file that this makes.

    Raises:
        RefusedError: there is something, but it is no regular file.
        OSError: it cannot be opened.
    """
    try:
        descriptor = os.open(name, flags | _SAFE, mode, dir_fd=parent)
    except OSError as error:
        status = look(parent, name) if error.errno in _WRONG_KIND else None
        if status is None or stat.S_ISREG(status.st_mode):
            raise _named(error, path) from None
        raise wrong_kind(path, status.st_mode, "file") from None
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        os.close(descriptor)
        raise wrong_kind(path, status.st_mode, "file")
    return descriptor


def look(parent: int, name: str) -> os.stat_result | None:
    """Returns what a name in an open folder is, a link as itself; None if there is nothing."""
    try:
        return os.stat(name, dir_fd=parent, follow_symlinks=False)
    except FileNotFoundError:
        return None


def allowed_target(link: Path) -> Path | None:
    """Returns where a link leads, if the user allows links to lead there; None if not."""
    target = Path(os.path.realpath(link))
    for listed in os.environ.get(OUTSIDE, "").split(os.pathsep):
        if listed and Path(listed).is_absolute():
            allowed = os.path.realpath(listed)
            if target.is_relative_to(allowed):
                return target
    return None


def _outside(link: Path) -> int | None:
    """Opens the folder that a link leads to, if the user has allowed it; None if not."""
    target = allowed_target(link)
    if target is None:
        return None
    descriptor = os.open("/", _SEARCH)
    for name in target.parts[1:]:
        parent = descriptor
        try:
            descriptor = os.open(name, _SEARCH | os.O_NOFOLLOW, dir_fd=parent)
        finally:
            os.close(parent)
    return descriptor


@contextmanager
def named(path: Path) -> Iterator[None]:
    """Gives an OSError the whole path, where the system only knows the last name of it."""
    try:
        yield
    except OSError as error:
        if isinstance(error.filename, str) and Path(error.filename).is_absolute():
            raise
        raise _named(error, path) from None


def _named(error: OSError, path: Path) -> OSError:
    return OSError(error.errno, error.strerror, str(path))
