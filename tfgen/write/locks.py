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

from tfgen.disk import Folder, shown
from tfgen.errors import TfgenError
from tfgen.write.failures import located

_PATIENCE = 2.0  # seconds; a write takes milliseconds, an apply minutes
_PAUSE = 0.02  # seconds
_INFO = ".lock.info"

# Terraform's file names: https://developer.hashicorp.com/terraform/language/backend/local
_WORKSPACES = "terraform.tfstate.d"

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


def refuse_running(root: Folder) -> None:
    """Stops when Terraform holds the lock of a local state in the tree.

    A lock file that a killed Terraform left behind counts for nothing: what counts is the lock
    that the operating system keeps on the state itself.

    Args:
        root: the output folder.

    Raises:
        TfgenError: a state is locked; the error says by whom and since when.
    """
    for info in _lock_infos(root):
        folder, _, name = info.rpartition("/")
        state = f"{folder}/{name[1 : -len(_INFO)]}".lstrip("/")
        pid = _locked_by(root, state)
        if pid is not None:
            raise TfgenError(
                f"Terraform is running and has locked this state: {_describe(root, info, pid)}",
                place=shown(root.path / state),
                hint="wait until it is done and run this again; nothing was changed",
            )


def _lock_infos(root: Folder) -> Iterator[str]:
    """Yields the lock files of the states in the root, in its folders and in their workspaces."""
    if not root.is_folder():
        return
    yield from _lock_infos_in(root, "")
    for folder in root.entries():
        if folder.is_folder:
            yield from _lock_infos_in(root, folder.name)
            workspaces = f"{folder.name}/{_WORKSPACES}"
            if root.is_folder(workspaces):
                for entry in root.entries(workspaces):
                    if entry.is_folder:
                        yield from _lock_infos_in(root, f"{workspaces}/{entry.name}")


def _lock_infos_in(root: Folder, folder: str) -> Iterator[str]:
    for entry in root.entries(folder):
        if entry.is_file and entry.name.startswith(".") and entry.name.endswith(_INFO):
            yield f"{folder}/{entry.name}" if folder else entry.name


def _open(scratch: Path) -> int:
    try:
        folder = located(scratch)
        folder.make()
        # The file stays: to delete a lock file is to let two processes lock two files of one name.
        return folder.descriptor("lock", os.O_RDWR | os.O_CREAT, mode=0o600)
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


def _locked_by(root: Folder, state: str) -> int | None:
    """Returns the process that has locked a file, without ever taking the lock itself.

    To try the lock, as is usual, would make a Terraform that starts at this moment fail.
    """
    try:
        descriptor = root.descriptor(state)
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


def _describe(root: Folder, info: str, pid: int) -> str:
    try:
        content = json.loads(root.read(info))
        operation = str(content["Operation"]).removeprefix("OperationType").lower() or "operation"
        moment = str(content["Created"]).partition(".")[0].removesuffix("Z").replace("T", " ")
        who, version = content["Who"], content["Version"]
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        # Terraform writes this file after it took the lock, so it may not be complete yet.
        return f"process {pid}"
    return f"{operation} by {who} since {moment} UTC (Terraform {version}, process {pid})"
