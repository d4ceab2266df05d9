"""Two ways to see where a tree of processes connects to."""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import shutil
import socket
import struct
import subprocess
import threading
import time

import psutil

#: Protocol, address and port that somebody sent something to.
Target = tuple[str, str, int]

_PROTOCOLS = {6: "tcp", 17: "udp"}


class Packets:
    """Sees every packet of this process's network namespace, which `enclose` has made.

    Complete, and it sees what fails too: a name that is asked for, a connection that is refused.
    """

    def __init__(self) -> None:
        self.targets: set[Target] = set()
        self._socket = socket.socket(
            socket.AF_PACKET,
            socket.SOCK_DGRAM,
            socket.htons(0x0003),  # ETH_P_ALL
        )
        self._socket.bind(("lo", 0))
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        self._socket.settimeout(0.2)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def stop(self) -> set[Target]:
        """Returns the targets of all packets, and makes sure that none was missed."""
        self._stopping.set()
        self._thread.join()
        # struct tpacket_stats: how many came, and how many the kernel had no room for.
        statistics = self._socket.getsockopt(263, 6, 8)  # SOL_PACKET, PACKET_STATISTICS
        assert struct.unpack("II", statistics)[1] == 0, "packets were lost"
        self._socket.close()
        return self.targets

    def _listen(self) -> None:
        while not self._stopping.is_set():
            try:
                packet, (_, _, kind, *_) = self._socket.recvfrom(96)
            except TimeoutError:
                continue
            if kind == socket.PACKET_OUTGOING:
                self.targets.add(_target(packet))


def _target(packet: bytes) -> Target:
    if packet[0] >> 4 == 4:
        header, protocol = (packet[0] & 15) * 4, packet[9]
        address = socket.inet_ntop(socket.AF_INET, packet[16:20])
    else:
        header, protocol = 40, packet[6]
        address = socket.inet_ntop(socket.AF_INET6, packet[24:40])
    port = struct.unpack("!H", packet[header + 2 : header + 4])[0]
    return _PROTOCOLS.get(protocol, str(protocol)), address, port


class Sockets:
    """Looks every 20 ms at the sockets of this process, its descendants and some others.

    For machines where nobody may make a namespace. A connection that begins and ends between two
    looks is missed; one that is tried and not answered, or made over and over, is not.
    """

    def __init__(self) -> None:
        self.targets: set[Target] = set()
        self.others: set[int] = set()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def stop(self) -> set[Target]:
        """Returns what all of the sockets that were seen were connected to."""
        self._stopping.set()
        self._thread.join()
        return self.targets

    def _look(self) -> None:
        here = psutil.Process()
        while not self._stopping.wait(0.02):
            ours = [each.pid for each in (here, *here.children(recursive=True))]
            for pid in (*ours, *self.others):
                # A process may end while it is looked at.
                with contextlib.suppress(psutil.Error):
                    self.targets |= _connected(psutil.Process(pid))


def _connected(process: psutil.Process) -> set[Target]:
    return {
        ("udp" if each.type == socket.SOCK_DGRAM else "tcp", each.raddr.ip, each.raddr.port)
        for each in process.net_connections(kind="inet")
        if hasattr(each.raddr, "ip")
    }


def can_enclose() -> bool:
    """Whether this user may make a network namespace here."""
    unshare = shutil.which("unshare")
    return (
        unshare is not None
        and not subprocess.run(
            [unshare, "--map-root-user", "--net", "true"], capture_output=True, check=False
        ).returncode
    )


def enclose() -> None:
    """Makes loopback the way to everywhere, in a fresh network namespace.

    Without a route, a connection to the world fails before a packet is made, and nobody would see
    that it was tried. https://man7.org/linux/man-pages/man7/netdevice.7.html
    """
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        # SIOCSIFFLAGS: up and running; SIOCSIFADDR: an address of its own, to send from.
        fcntl.ioctl(control, 0x8914, struct.pack("16sH14x", b"lo", 0x41))
        fcntl.ioctl(control, 0x8916, struct.pack("16s16s", b"lo:1", _ipv4("10.0.0.1")))
        device = ctypes.create_string_buffer(b"lo")
        anywhere = _ipv4("0.0.0.0") * 3  # noqa: S104
        # struct rtentry: target, gateway and mask, RTF_UP, and the device.
        route = struct.pack(
            "@L48sHhLPhPLLH", 0, anywhere, 1, 0, 0, 0, 0, ctypes.addressof(device), 0, 0, 0
        )
        fcntl.ioctl(control, 0x890B, route)  # SIOCADDRT
    # Where the kernel has no IPv6 there is no way out over it either.
    with contextlib.suppress(OSError):
        _enclose_ipv6()


def _enclose_ipv6() -> None:
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as control:
        index = socket.if_nametoindex("lo")
        ours = socket.inet_pton(socket.AF_INET6, "2001:db8::1")
        fcntl.ioctl(control, 0x8916, struct.pack("@16sIi", ours, 128, index))
        # struct in6_rtmsg: target, source, gateway, type, two lengths, metric, info, RTF_UP, device
        route = struct.pack("@48sIHHILIi", bytes(48), 0, 0, 0, 1, 0, 1, index)
        fcntl.ioctl(control, 0x890B, route)


def _ipv4(address: str) -> bytes:
    return struct.pack("HH4s8x", socket.AF_INET, 0, socket.inet_aton(address))


def knock(address: str, port: int) -> None:
    """Connects for half a second, or tries to, so that there is something to be seen."""
    with socket.socket() as knocking:
        knocking.settimeout(0.5)
        with contextlib.suppress(OSError):
            knocking.connect((address, port))
            time.sleep(0.5)
