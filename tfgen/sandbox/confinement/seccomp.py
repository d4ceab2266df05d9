"""Linux: takes from a thread, and all that it starts, the sockets of this machine's services.

Landlock does not keep a process from connecting to a socket that has a path. Behind such sockets
are the agents of SSH and GnuPG, Docker, and the user's systemd, which runs programs on
request. So a process gets no socket of that family; pairs of sockets, by which a program talks to
its own children, are made by another call. io_uring is closed because it makes sockets past
filters.
https://docs.kernel.org/userspace-api/seccomp_filter.html
"""

from __future__ import annotations

import ctypes
import errno
import platform
import socket
from dataclasses import dataclass
from typing import Final

_SET_MODE_FILTER: Final = 1
# Without it, older kernels slow down every filtered process.
_FLAG_SPEC_ALLOW: Final = 1 << 2

# struct seccomp_data: the number of the call, the architecture, and the low half of its first
# argument, on the machines below, all of which are little-endian.
_NUMBER, _ARCHITECTURE, _ARGUMENT = 0, 4, 16

_LOAD: Final = 0x20  # BPF_LD | BPF_W | BPF_ABS
_IF_EQUAL: Final = 0x15  # BPF_JMP | BPF_JEQ | BPF_K
_IF_AT_LEAST: Final = 0x35  # BPF_JMP | BPF_JGE | BPF_K
_RETURN: Final = 0x06  # BPF_RET | BPF_K
_ALLOW: Final = 0x7FFF0000
_ERRNO: Final = 0x00050000

# Calls of x32 have this bit: another way to the same calls.
_X32: Final = 0x40000000


@dataclass(frozen=True, slots=True)
class _Machine:
    audit: int
    seccomp: int
    socket: int
    truncate: int
    io_uring_setup: int = 425


_MACHINES: Final = {
    "x86_64": _Machine(audit=0xC000003E, seccomp=317, socket=41, truncate=76),
    "aarch64": _Machine(audit=0xC00000B7, seccomp=277, socket=198, truncate=45),
}


class _Instruction(ctypes.Structure):
    _fields_ = (
        ("code", ctypes.c_uint16),
        ("when_true", ctypes.c_uint8),
        ("when_false", ctypes.c_uint8),
        ("operand", ctypes.c_uint32),
    )


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_uint16), ("filter", ctypes.POINTER(_Instruction)))


def is_known_machine() -> bool:
    """Says whether the numbers of this machine's system calls are known here."""
    return platform.machine() in _MACHINES


def close_sockets(*, truncate: bool) -> None:
    """Takes Unix sockets from the calling thread, which has given up new privileges before.

    Args:
        truncate: whether ``truncate`` is taken as well, which early versions of Landlock miss.

    Raises:
        OSError: the kernel does not filter system calls.
    """
    machine = _MACHINES[platform.machine()]
    refused = [(machine.io_uring_setup, errno.ENOSYS)]
    if truncate:
        refused.append((machine.truncate, errno.EACCES))
    program = [
        _Instruction(_LOAD, 0, 0, _ARCHITECTURE),
        _Instruction(_IF_EQUAL, 1, 0, machine.audit),
        _Instruction(_RETURN, 0, 0, _ERRNO | errno.EPERM),
        _Instruction(_LOAD, 0, 0, _NUMBER),
    ]
    if platform.machine() == "x86_64":
        program += [
            _Instruction(_IF_AT_LEAST, 0, 1, _X32),
            _Instruction(_RETURN, 0, 0, _ERRNO | errno.ENOSYS),
        ]
    for number, error in refused:
        program += [
            _Instruction(_IF_EQUAL, 0, 1, number),
            _Instruction(_RETURN, 0, 0, _ERRNO | error),
        ]
    program += [
        _Instruction(_IF_EQUAL, 0, 3, machine.socket),
        _Instruction(_LOAD, 0, 0, _ARGUMENT),
        _Instruction(_IF_EQUAL, 0, 1, socket.AF_UNIX),
        _Instruction(_RETURN, 0, 0, _ERRNO | errno.EACCES),
        _Instruction(_RETURN, 0, 0, _ALLOW),
    ]
    loaded = _Program(len(program), (_Instruction * len(program))(*program))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.syscall(
        ctypes.c_long(machine.seccomp),
        ctypes.c_ulong(_SET_MODE_FILTER),
        ctypes.c_ulong(_FLAG_SPEC_ALLOW),
        ctypes.byref(loaded),
    ):
        raise OSError(ctypes.get_errno(), "seccomp")
