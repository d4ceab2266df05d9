"""Finds the user of the process at the other end of a connection on this machine.

Every user of the machine can reach a port of the loopback interface. Linux tells the owner of a
socket: https://man7.org/linux/man-pages/man7/sock_diag.7.html
"""

from __future__ import annotations

import errno
import os
import socket
import struct
import sys
from dataclasses import dataclass
from functools import cache
from typing import Final

_NETLINK_SOCK_DIAG: Final = 4
_BY_FAMILY: Final = 20
_REQUEST: Final = 1
_ERROR: Final = 2
_LISTENS: Final = 10

_HEADER: Final = struct.Struct("=IHHII")
_ADDRESSES: Final = struct.Struct("!HH4s12x4s12x")
_ANY: Final = struct.pack("=III", 0, 0xFFFFFFFF, 0xFFFFFFFF)  # interface and cookie
_QUESTION: Final = struct.Struct("=BBBxI")
# Behind the state, the addresses, and the timer and the queues.
_OWNER: Final = struct.Struct("=II")
_OWNER_AT: Final = _HEADER.size + 4 + 48 + 12

_LOOPBACK: Final = socket.inet_aton("127.0.0.1")


@dataclass(frozen=True, slots=True)
class _Owner:
    user: int
    inode: int


def is_own(client: int, server: int) -> bool:
    """Says whether a client is a process of this user, or of root.

    One that has disconnected has no owner, so it is not. Where the system does not tell, every
    client is taken to be.

    Args:
        client: its port, on 127.0.0.1.
        server: the port that it has connected to.
    """
    if not can_tell():
        return True
    owner = _owner(client, server)
    return owner is not None and owner.inode != 0 and owner.user in {0, os.geteuid()}


@cache
def can_tell() -> bool:
    """Says whether the system tells, after it was asked about a connection of this process."""
    if sys.platform != "linux":
        return False
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname()) as client,
    ):
        try:
            owner = _owner(client.getsockname()[1], server.getsockname()[1])
        except OSError:
            return False
        return owner == _Owner(os.geteuid(), os.fstat(client.fileno()).st_ino)


def _owner(client: int, server: int) -> _Owner | None:
    """Asks for the socket of a client; None if there is none.

    Raises:
        OSError: the system does not tell.
    """
    question = (
        _QUESTION.pack(socket.AF_INET, socket.IPPROTO_TCP, 0, 0xFFFFFFFF)
        + _ADDRESSES.pack(client, server, _LOOPBACK, _LOOPBACK)
        + _ANY
    )
    header = _HEADER.pack(_HEADER.size + len(question), _BY_FAMILY, _REQUEST, 0, 0)
    with socket.socket(socket.AF_NETLINK, socket.SOCK_DGRAM, _NETLINK_SOCK_DIAG) as kernel:
        kernel.sendto(header + question, (0, 0))
        answer = kernel.recv(8192)
    kind = _HEADER.unpack_from(answer)[1]
    if kind == _ERROR:
        code = -struct.unpack_from("=i", answer, _HEADER.size)[0]
        if code == errno.ENOENT:
            return None
        raise OSError(code, os.strerror(code))
    if answer[_HEADER.size + 1] == _LISTENS:
        # Of a connection that is gone, the kernel finds who waits for another one at its port.
        return None
    return _Owner(*_OWNER.unpack_from(answer, _OWNER_AT))
