"""A DNS server on loopback that answers out of the sandbox, for clients at one place.

Whoever asks is taken to be at that place: EDNS client subnet is ignored. A name in no zone of the
sandbox's is refused rather than looked up elsewhere.
"""

from __future__ import annotations

import errno
import logging
import socket
import struct
import threading
from collections.abc import Callable
from importlib.util import find_spec
from socketserver import (
    BaseRequestHandler,
    BaseServer,
    StreamRequestHandler,
    TCPServer,
    ThreadingMixIn,
    UDPServer,
)
from typing import Final

from tfgen.errors import TfgenError
from tfgen.places import Place
from tfgen.sandbox.dns.model import Resolution, Zones
from tfgen.sandbox.dns.resolver import resolve
from tfgen.sandbox.dns.routing import Choose, draw
from tfgen.sandbox.dns.wire import answer

_LOOPBACK: Final = "127.0.0.1"

# The system gives a port that is free for UDP; that it is free for TCP too takes some luck.
_ATTEMPTS: Final = 20

# Seconds. How long a TCP client may be silent, and how soon a server notices that it is to stop.
_SILENCE: Final = 10.0
_STOPS_WITHIN: Final = 0.1

_log = logging.getLogger(__name__)


class DnsServer:
    """Answers over UDP and TCP.

    Args:
        place: where the clients are.
        zones: takes a snapshot of the zones.
        health: the status of a health check by its ID.
        port: 0 is a free one.
        choose: draws lots among weights.

    Raises:
        TfgenError: dnslib is not installed, or the port is taken.

    Attributes:
        port: the port.
    """

    def __init__(
        self,
        place: Place,
        zones: Callable[[], Zones],
        health: Callable[[str], bool],
        *,
        port: int = 0,
        choose: Choose = draw,
    ) -> None:
        if find_spec("dnslib") is None:
            raise TfgenError(
                "The DNS server needs dnslib",
                hint="install it with `pip install 'tfgen[sandbox]'`",
            )
        self._place = place
        self._zones = zones
        self._health = health
        self._choose = choose
        self._servers = _bind(port, self.resolve)
        self.port: int = self._servers[0].server_address[1]
        self._threads: list[threading.Thread] = []

    def resolve(self, name: str, type_: str) -> Resolution:
        """Resolves a name for a client at the server's place."""
        return resolve(self._zones(), name, type_, self._place, self._health, choose=self._choose)

    def start(self) -> None:
        """Begins to answer."""
        self._threads = [
            threading.Thread(
                target=server.serve_forever, args=(_STOPS_WITHIN,), name="dns", daemon=True
            )
            for server in self._servers
        ]
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        """Stops, and frees the port."""
        for server in self._servers:
            if self._threads:
                server.shutdown()
            server.server_close()
        for thread in self._threads:
            thread.join()


class _Logged(BaseServer):
    """Logs what goes wrong with a request, instead of printing it."""

    def handle_error(self, _request: object, client_address: object) -> None:
        _log.exception("a DNS request from %s failed", client_address)


class _Udp(_Logged, ThreadingMixIn, UDPServer):
    daemon_threads = True

    def __init__(self, port: int, resolve: Callable[[str, str], Resolution]) -> None:
        self.resolve = resolve
        super().__init__((_LOOPBACK, port), _UdpHandler)


class _Tcp(_Logged, ThreadingMixIn, TCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False

    def __init__(self, port: int, resolve: Callable[[str, str], Resolution]) -> None:
        self.resolve = resolve
        super().__init__((_LOOPBACK, port), _TcpHandler)


class _UdpHandler(BaseRequestHandler):
    server: _Udp

    def handle(self) -> None:
        data: bytes = self.request[0]
        listener: socket.socket = self.request[1]
        if reply := answer(data, self.server.resolve, udp=True):
            listener.sendto(reply, self.client_address)


class _TcpHandler(StreamRequestHandler):
    """Answers one request after the other until the client hangs up (RFC 7766)."""

    server: _Tcp
    timeout = _SILENCE

    def handle(self) -> None:
        try:
            while len(prefix := self.rfile.read(2)) == 2:
                data = self.rfile.read(*struct.unpack("!H", prefix))
                reply = answer(data, self.server.resolve, udp=False)
                if reply is None:
                    return
                self.wfile.write(struct.pack("!H", len(reply)) + reply)
        except (TimeoutError, ConnectionError):
            return


def _bind(port: int, resolve: Callable[[str, str], Resolution]) -> tuple[_Udp, _Tcp]:
    for _ in range(_ATTEMPTS):
        try:
            udp = _Udp(port, resolve)
        except OSError as error:
            raise _not_bound(port, error) from error
        try:
            return udp, _Tcp(udp.server_address[1], resolve)
        except OSError as error:
            udp.server_close()
            if port or error.errno != errno.EADDRINUSE:
                raise _not_bound(port, error) from error
    raise TfgenError("There is no port that is free for both UDP and TCP", hint="name one")


def _not_bound(port: int, error: OSError) -> TfgenError:
    if error.errno == errno.EADDRINUSE:
        return TfgenError(
            f"Port {port} of {_LOOPBACK} is taken", hint="without a port, a free one is chosen"
        )
    return TfgenError(
        f"Cannot listen on port {port} of {_LOOPBACK}: {error.strerror}",
        hint="without a port, a free one is chosen",
    )
