"""Two folders change places in one step."""

from __future__ import annotations

import errno
import os
import platform
import sys

from tfgen.disk import Folder
from tfgen.disk.steps import look, named

# What kernels, file systems and sandboxes say when they do not know the exchange. A true lack of
# permission (EPERM) comes back from the plain renames that are tried next.
_UNSUPPORTED = frozenset({errno.ENOSYS, errno.EINVAL, errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP})

_RENAME_EXCHANGE = 2  # renameat2(2)
_RENAME_SWAP = 2  # renameatx_np(2) on macOS

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


def swap(aside: Folder, root: Folder) -> None:
    """Puts the folder ``new`` of a folder in the place of another.

    Args:
        aside: where ``new`` is. The former folder is found at its name when the two were exchanged,
            and at ``old`` where that cannot be had.
        root: the place; need not exist, but the folder that it is in.

    Raises:
        OSError: not possible; EXDEV when the folders are on different file systems. ``root`` is as
            before, or missing if it was moved to ``old`` and the second rename failed.
    """
    with aside.opened() as here, root.parent("") as (there, name), named(root.path):
        if look(there, name) is None:
            os.rename("new", name, src_dir_fd=here, dst_dir_fd=there)
            return
        try:
            _exchange(here, b"new", there, os.fsencode(name))
        except OSError as error:
            if error.errno not in _UNSUPPORTED:
                raise
            os.rename(name, "old", src_dir_fd=there, dst_dir_fd=here)
            os.rename("new", name, src_dir_fd=here, dst_dir_fd=there)


def _exchange(here: int, first: bytes, there: int, second: bytes) -> None:
    import ctypes

    libc = ctypes.CDLL(None, use_errno=True)
    if sys.platform == "darwin":
        result = libc.renameatx_np(here, first, there, second, _RENAME_SWAP)
    elif hasattr(libc, "renameat2"):
        result = libc.renameat2(here, first, there, second, _RENAME_EXCHANGE)
    elif sys.platform == "linux" and platform.machine() in _RENAMEAT2:
        # A variadic function: what is not given as a long may arrive with half a register unset.
        number, one, two, flags = map(
            ctypes.c_long, (_RENAMEAT2[platform.machine()], here, there, _RENAME_EXCHANGE)
        )
        result = libc.syscall(number, one, first, two, second, flags)
    else:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))
    if result != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
