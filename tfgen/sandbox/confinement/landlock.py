"""Linux: closes the disk to a thread and all that it starts, but for what a view names.

Landlock needs no rights and no mounts, and nothing that a thread does later takes it back. A
process under it may also not look into one that is not, so that ``/proc`` gives away neither
environment nor memory nor open files of the user's other processes.
https://docs.kernel.org/userspace-api/landlock.html
"""

from __future__ import annotations

import ctypes
import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import Final

from tfgen.sandbox.confinement.view import View

# The same on every architecture.
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446

_VERSION: Final = 1  # a flag of the first call
_PATH_BENEATH: Final = 1
_SET_NO_NEW_PRIVS: Final = 38
_GET_SECUREBITS, _SET_SECUREBITS, _READ_BOUNDS = 27, 28, 23
_NO_ROOT: Final = 0b11  # and locked
_LOOK_INTO_OTHERS: Final = (19, 21, 38)  # CAP_SYS_PTRACE, CAP_SYS_ADMIN, CAP_PERFMON

_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_REFER, _TRUNCATE, _IOCTL_DEV = 1 << 13, 1 << 14, 1 << 15
_FIRST_VERSION: Final = (1 << 13) - 1

_READ: Final = _EXECUTE | _READ_FILE | _READ_DIR
_OF_FILES: Final = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE | _IOCTL_DEV

# Abstract Unix sockets, and signals to processes that are not confined with it.
_SCOPES: Final = 0b11


class _Ruleset(ctypes.Structure):
    _fields_ = (
        ("files", ctypes.c_uint64),
        ("network", ctypes.c_uint64),
        ("scopes", ctypes.c_uint64),
    )


class _Rule(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("rights", ctypes.c_uint64), ("folder", ctypes.c_int32))


def version() -> int:
    """Returns the version of the kernel's Landlock; 0 if it has none, or if it is switched off."""
    found = _libc().syscall(
        ctypes.c_long(_CREATE_RULESET),
        ctypes.c_void_p(None),
        ctypes.c_size_t(0),
        ctypes.c_uint32(_VERSION),
    )
    return max(int(found), 0)


def close_files(view: View) -> None:
    """Closes what a view does not name to the calling thread, and to all that it starts.

    Args:
        view: what stays open.

    Raises:
        OSError: the kernel does not do it.
    """
    has = version()
    rights = _rights(has)
    ruleset = _Ruleset(rights, 0, _SCOPES if has >= 6 else 0)
    # Older kernels take the beginning of it, as it was in their time.
    size = 24 if has >= 6 else 16 if has >= 4 else 8
    descriptor = _called(
        _CREATE_RULESET, ctypes.byref(ruleset), ctypes.c_size_t(size), ctypes.c_uint32(0)
    )
    try:
        for path in view.readable:
            _open(descriptor, path, rights & _READ)
        for path in view.writable:
            _open(descriptor, path, rights)
        give_up_privileges()
        _called(_RESTRICT_SELF, ctypes.c_int(descriptor), ctypes.c_uint32(0))
    finally:
        os.close(descriptor)


def give_up_privileges() -> None:
    """Lets no program that the calling thread starts have more rights than its user.

    That is true of programs with a set-user-ID bit, and of root: who may trace every process may
    read its environment, whatever Landlock says, and what root starts loses that right here.
    https://man7.org/linux/man-pages/man7/capabilities.7.html
    """
    _set(_SET_NO_NEW_PRIVS, 1)
    if os.geteuid() == 0 and _gives_root_more():
        _set(_SET_SECUREBITS, _NO_ROOT)


def _rights(has: int) -> int:
    """Returns all rights that a version of Landlock knows."""
    later = ((2, _REFER), (3, _TRUNCATE), (5, _IOCTL_DEV))
    return _FIRST_VERSION | sum(right for since, right in later if has >= since)


def _open(ruleset: int, path: Path, rights: int) -> None:
    with suppress(FileNotFoundError, NotADirectoryError, PermissionError):
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
        try:
            if not stat.S_ISDIR(os.fstat(descriptor).st_mode):
                rights &= _OF_FILES
            rule = _Rule(rights, descriptor)
            _called(
                _ADD_RULE,
                ctypes.c_int(ruleset),
                ctypes.c_int(_PATH_BENEATH),
                ctypes.byref(rule),
                ctypes.c_uint32(0),
            )
        finally:
            os.close(descriptor)


def _gives_root_more() -> bool:
    """Says whether a program that root starts here may look into other processes."""
    libc = _libc()
    if libc.prctl(_GET_SECUREBITS) & _NO_ROOT:
        return False
    return any(libc.prctl(_READ_BOUNDS, ctypes.c_ulong(each)) == 1 for each in _LOOK_INTO_OTHERS)


def _set(option: int, value: int) -> None:
    zero = ctypes.c_ulong(0)
    if _libc().prctl(option, ctypes.c_ulong(value), zero, zero, zero):
        raise OSError(ctypes.get_errno(), "prctl")


def _called(number: int, *arguments: object) -> int:
    result = int(_libc().syscall(ctypes.c_long(number), *arguments))
    if result < 0:
        raise OSError(ctypes.get_errno(), "landlock")
    return result


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)
