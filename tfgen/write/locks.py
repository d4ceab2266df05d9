"""Who else is at work in the tree: other tfgen processes, and Terraform with a local state."""

from __future__ import annotations

import fcntl
import json
import os
import struct
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tfgen.errors import TfgenError
from tfgen.write.failures import shown

_PATIENCE = 2.0  # seconds; a write takes milliseconds, an apply minutes
_PAUSE = 0.02  # seconds
_INFO = ".lock.info"

# Terraform's file names: https://developer.hashicorp.com/terraform/language/backend/local
_LOCK_INFOS = (
    f".*{_INFO}",
    f"*/.*{_INFO}",
    f"*/terraform.tfstate.d/*/.*{_INFO}",
)

# struct flock, which fcntl(2) takes; its fields are in another order on macOS.
_FLOCK = "@qqihh" if sys.platform == "darwin" else "@hhqqi4x"


@contextmanager
def hold(scratch: Path, *, shared: bool = False) -> Iterator[None]:
    """Keeps other tfgen processes from writing the tree.

    Args:
        scratch: the folder of `write`, made if missing.
        shared: for work inside the tree, such as an apply: others may do so as well, but nobody
            may write it.

    Raises:
        TfgenError: somebody else holds it, and still does after a moment, or the lock file cannot
            be made.
    """
    mode = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
    descriptor = _open(scratch)
    try:
        deadline = time.monotonic() + _PATIENCE
        while not _taken(descriptor, mode):
            if time.monotonic() > deadline:
                raise TfgenError(
                    "another tfgen process is at work in this project",
                    place=shown(scratch / "lock"),
                    hint="wait until it is done and run this again",
                )
            time.sleep(_PAUSE)
        yield
    finally:
        os.close(descriptor)


def refuse_running(root: Path) -> None:
    """Stops when Terraform holds the lock of a local state in the tree.

    A lock file that a killed Terraform left behind counts for nothing: what counts is the lock
    that the operating system keeps on the state itself.

    Args:
        root: the output folder.

    Raises:
        TfgenError: a state is locked; the error says by whom and since when.
    """
    for pattern in _LOCK_INFOS:
        for info in sorted(root.glob(pattern)):
            state = info.with_name(info.name[1 : -len(_INFO)])
            pid = _locked_by(state)
            if pid is not None:
                raise TfgenError(
                    f"Terraform is running and has locked this state: {_describe(info, pid)}",
                    place=shown(state),
                    hint="wait until it is done and run this again; nothing was changed",
                )


def _open(scratch: Path) -> int:
    try:
        scratch.mkdir(parents=True, exist_ok=True)
        # The file stays: to delete a lock file is to let two processes lock two files of one name.
        return os.open(scratch / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise TfgenError(
            f"tfgen cannot write to its scratch folder: {(error.strerror or str(error)).lower()}",
            place=shown(scratch),
            hint="make the folder writable for you, and check that its disk is not full",
        ) from error


def _taken(descriptor: int, mode: int) -> bool:
    try:
        fcntl.flock(descriptor, mode | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _locked_by(state: Path) -> int | None:
    """Returns the process that has locked a file, without ever taking the lock itself.

    To try the lock, as is usual, would make a Terraform that starts at this moment fail.
    """
    try:
        descriptor = os.open(state, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except FileNotFoundError:
        return None
    try:
        wanted = dict.fromkeys(("start", "length", "pid", "whence"), 0) | {"type": fcntl.F_WRLCK}
        answer = _unpack(fcntl.fcntl(descriptor, fcntl.F_GETLK, _pack(wanted)))
    finally:
        os.close(descriptor)
    return None if answer["type"] == fcntl.F_UNLCK else answer["pid"]


_FIELDS = (
    ("start", "length", "pid", "type", "whence")
    if sys.platform == "darwin"
    else ("type", "whence", "start", "length", "pid")
)


def _pack(lock: dict[str, int]) -> bytes:
    return struct.pack(_FLOCK, *(lock[name] for name in _FIELDS))


def _unpack(data: bytes) -> dict[str, int]:
    return dict(zip(_FIELDS, struct.unpack(_FLOCK, data), strict=True))


def _describe(info: Path, pid: int) -> str:
    try:
        content = json.loads(info.read_bytes())
        operation = str(content["Operation"]).removeprefix("OperationType").lower() or "operation"
        moment = str(content["Created"]).partition(".")[0].removesuffix("Z").replace("T", " ")
        who, version = content["Who"], content["Version"]
    except (OSError, ValueError, TypeError, KeyError):
        # Terraform writes this file after it took the lock, so it may not be complete yet.
        return f"process {pid}"
    return f"{operation} by {who} since {moment} UTC (Terraform {version}, process {pid})"
