"""Two folders change places in one step."""

from __future__ import annotations

import errno
import os
import platform
import sys
from pathlib import Path

# What kernels, file systems and sandboxes say when they do not know the exchange. A true lack of
# permission (EPERM) comes back from the plain renames that are tried next.
_UNSUPPORTED = frozenset({errno.ENOSYS, errno.EINVAL, errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP})

_AT_FDCWD = -100  # Linux
_RENAME_EXCHANGE = 2  # renameat2(2)
_RENAME_SWAP = 2  # renamex_np(2) on macOS

# The number of renameat2, for C libraries without a function for it, such as musl in Alpine.
_RENAMEAT2 = {
    "x86_64": 316,
    "aarch64": 276,
    "riscv64": 276,
    "loongarch64": 276,
    "armv7l": 382,
    "ppc64le": 357,
    "s390x": 347,
}


def swap(new: Path, root: Path, old: Path) -> None:
    """Puts a folder in the place of another.

    Args:
        new: the folder to put in place.
        root: the place; need not exist.
        old: where the former folder goes when the two cannot be exchanged; otherwise it is found
            at ``new``.

    Raises:
        OSError: not possible; EXDEV when the folders are on different file systems. ``root`` is as
            before, or missing if it was moved to ``old`` and the second rename failed.
    """
    if not root.exists():
        new.rename(root)
        return
    try:
        _exchange(os.fsencode(new), os.fsencode(root))
    except OSError as error:
        if error.errno not in _UNSUPPORTED:
            raise
        root.rename(old)
        new.rename(root)


def _exchange(first: bytes, second: bytes) -> None:
    import ctypes

    libc = ctypes.CDLL(None, use_errno=True)
    if sys.platform == "darwin":
        result = libc.renamex_np(first, second, _RENAME_SWAP)
    elif hasattr(libc, "renameat2"):
        result = libc.renameat2(_AT_FDCWD, first, _AT_FDCWD, second, _RENAME_EXCHANGE)
    elif sys.platform == "linux" and platform.machine() in _RENAMEAT2:
        # A variadic function: what is not given as a long may arrive with half a register unset.
        number, here, flags = map(
            ctypes.c_long, (_RENAMEAT2[platform.machine()], _AT_FDCWD, _RENAME_EXCHANGE)
        )
        result = libc.syscall(number, here, first, here, second, flags)
    else:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))
    if result != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code), os.fsdecode(second))
