"""What a process may find itself in, made fit to work in: descriptors, umask, working folder."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Sequence

from tfgen.errors import ExitCode, TfgenError

_STREAMS = 3
_OWNER = stat.S_IRWXU

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_DENIED = frozenset({errno.EACCES, errno.EPERM})


def prepare(arguments: Sequence[str]) -> None:
    """Makes the surroundings of this process fit to work in.

    Args:
        arguments: the command line, without the program.

    Raises:
        TfgenError: the working folder was deleted, and the command line names no other one.
    """
    _open_streams()
    _keep_own_files_usable()
    _leave_deleted_folder(arguments)


def explain(error: OSError) -> TfgenError:
    """Returns what the operating system refused, for what no command has better words.

    Args:
        error: what it raised.
    """
    reason = (error.strerror or str(error) or type(error).__name__).lower()
    place = error.filename if isinstance(error.filename, str | bytes) else None
    return TfgenError(
        f"A file or folder cannot be used: {reason}" if place else f"The system refuses: {reason}",
        place=os.fsdecode(place) if place else None,
        hint=_advice(error),
    )


def _advice(error: OSError) -> str:
    if error.errno in _FULL:
        return "free some space on the disk, and run the same command again"
    if error.errno in _DENIED:
        return "make it readable and writable for yourself, and run the same command again"
    if error.errno == errno.EROFS:
        return "tfgen writes into the project's folder: run it in a copy that can be written"
    return "put that right, and run the same command again"


def _open_streams() -> None:
    """Opens the standard streams that are closed, so that no other file gets their numbers.

    Terraform inherits these numbers, and would write into that file.
    """
    nowhere = os.open(os.devnull, os.O_RDWR)
    while nowhere < _STREAMS:
        os.set_inheritable(nowhere, True)
        nowhere = os.open(os.devnull, os.O_RDWR)
    os.close(nowhere)


def _keep_own_files_usable() -> None:
    # A umask takes rights from others. One that takes them from the owner makes files that neither
    # tfgen nor Terraform can open again.
    os.umask(os.umask(_OWNER) & ~_OWNER)


def _leave_deleted_folder(arguments: Sequence[str]) -> None:
    try:
        os.getcwd()  # noqa: PTH109 # nothing but whether it is there
    except FileNotFoundError as error:
        other = _absolute_folder(arguments)
        if other is None:
            raise TfgenError(
                "The working folder has been deleted",
                hint="go to the project's folder with `cd`, or name it with `--chdir` and a path "
                "that begins with `/`",
                exit_code=ExitCode.USAGE,
            ) from error
        # Everything on the command line is relative to that folder.
        os.chdir(other)


def _absolute_folder(arguments: Sequence[str]) -> str | None:
    for index, argument in enumerate(arguments):
        name, _, value = argument.partition("=")
        if name == "--chdir":
            folder = value or next(iter(arguments[index + 1 :]), "")
            return folder if os.path.isabs(folder) and os.path.isdir(folder) else None  # noqa: PTH112, PTH117 # as typed
    return None
