"""The program that runs providers for tests: each that Terraform asks for is one to itself.

A plan of two regions starts the provider seven times, once for each provider configuration in each
of its steps, and that is half of what it takes of a processor. Here the same programs go on running
and answer the next command. Each connection is passed on to a provider that nobody else is
connected to, because a provider has one configuration at a time. In between is the relay, which
shortens the schema, and what stands in for provider 6 where that is asked for.

It is a program of its own because tests fork, and gRPC cannot bear it: a child that collects what
is left of it waits forever for threads that it does not have.

Standard input: nothing; its end is the end of this program and of its providers.
Standard output: the path of a socket. Whoever connects says one thing as a line of JSON and gets
one line of JSON back:

- ``{"types": […], "major": …}``: makes a lease, and returns its number. It lasts as long as the
  connection.
- ``{"lease": …, "environ": {…}, "works_in": "…"}``: returns what Terraform must be told of the
  lease's providers in that account and folder.
"""

from __future__ import annotations

import json
import os
import socket
import socketserver
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock, Thread
from typing import Any, TypeAlias

from tests.support.processes import Process, Processes
from tests.support.provider import installed, started, variables
from tests.support.provider6 import Provider6
from tests.support.relay import Answers, Relay
from tfgen.terraform.engine import VARIABLE, find

_CHUNK = 1 << 18

_Serve: TypeAlias = Callable[[], AbstractContextManager[str]]


class _Pool:
    """The connections that Terraform makes.

    Args:
        told: what Terraform must be told of a provider.
        serve: has one for a connection as long as the context lasts, and yields the path of its
            socket.
    """

    def __init__(self, told: dict[str, Any], serve: _Serve) -> None:
        self._told = told
        self._serve = serve

    def told(self, address: str) -> dict[str, Any]:
        """Returns what Terraform must be told of all of them.

        Args:
            address: the path of the socket on which they answer.
        """
        [(name, about)] = self._told.items()
        address_of_all = {"Network": "unix", "String": address}
        return {name: {**about, "Pid": os.getpid(), "Addr": address_of_all}}

    def serve(self, listening: socket.socket) -> None:
        """Passes connections on until the socket is closed."""
        with suppress(OSError):
            while True:
                connection, _ = listening.accept()
                Thread(target=self._pass_on, args=(connection,), daemon=True).start()

    def _pass_on(self, connection: socket.socket) -> None:
        with connection:
            # Terraform connects once more, only to see whether somebody listens.
            first = connection.recv(_CHUNK)
            if not first:
                return
            with self._serve() as address, socket.socket(socket.AF_UNIX) as other:
                other.connect(address)
                other.sendall(first)
                back = Thread(target=_copy, args=(other, connection), daemon=True)
                back.start()
                _copy(connection, other)
                back.join()


def _copy(source: socket.socket, target: socket.socket) -> None:
    """Copies until one side has enough, and tells both."""
    with suppress(OSError):
        while data := source.recv(_CHUNK):
            target.sendall(data)
    for end in (source, target):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)


@dataclass(frozen=True)
class _Needs:
    """What Terraform is to be told.

    Attributes:
        types: of the resources that it has to know; with None it knows all, and nothing is between
            it and the providers.
        major: which version of the provider it is to see. Of 6, what stands in for it.
    """

    types: frozenset[str] | None
    major: int


class _Lease:
    """Providers for whoever makes a connection and keeps it.

    Args:
        program: the provider.
        folder: for sockets, and for what providers say.
        needs: what Terraform is to be told.
        learnt: what the program has answered its relays.
    """

    def __init__(self, program: Path, folder: Path, needs: _Needs, learnt: Answers) -> None:
        self._program = program
        self._folder = folder
        self._needs = needs
        self._learnt = learnt
        self._running = ExitStack()
        self._lock = Lock()
        self._told: dict[tuple[Path, frozenset[tuple[str, str]]], dict[str, Any]] = {}

    def tell(self, environ: Mapping[str, str], works_in: Path) -> dict[str, Any]:
        """Returns what Terraform must be told in an account and a folder."""
        account = frozenset(item for item in environ.items() if item[0].startswith("AWS_"))
        with self._lock:
            if (works_in, account) not in self._told:
                works_in.mkdir(parents=True, exist_ok=True)
                pool = self._running.enter_context(self._served(environ, works_in))
                self._told[works_in, account] = pool
            return self._told[works_in, account]

    def close(self) -> None:
        """Ends the providers."""
        with self._lock:
            self._running.close()

    @contextmanager
    def _served(self, environ: Mapping[str, str], works_in: Path) -> Iterator[dict[str, Any]]:
        """Runs a pool, and yields what Terraform must be told of it."""
        # The path of a socket must be short.
        with (
            TemporaryDirectory(dir=self._folder) as short,
            closing(self._processes(environ, works_in)) as processes,
            socket.socket(socket.AF_UNIX) as listening,
        ):
            with processes.taken() as process:
                told = process.told
            pool = _Pool(told, self._serving(processes, short))
            address = f"{short}/providers"
            listening.bind(address)
            listening.listen()
            Thread(target=pool.serve, args=(listening,), daemon=True).start()
            try:
                yield pool.told(address)
            finally:
                with suppress(OSError):
                    listening.shutdown(socket.SHUT_RDWR)

    def _processes(self, environ: Mapping[str, str], works_in: Path) -> Processes:
        def start() -> Process:
            return Process(lambda: started(self._program, environ, self._folder, works_in))

        return Processes(start)

    def _serving(self, processes: Processes, folder: str) -> _Serve:
        """Returns what has a provider for one connection, and yields the path of its socket."""
        if self._needs.types is None:
            return lambda: _directly(processes)
        relay = Relay(self._needs.types, self._learnt)
        numbers = count()
        if self._needs.major == 6:
            provider = Provider6(relay, processes)
            return lambda: _as_provider_6(provider, f"{folder}/{next(numbers)}")
        return lambda: _through(relay, processes, f"{folder}/{next(numbers)}")


@contextmanager
def _directly(processes: Processes) -> Iterator[str]:
    with processes.taken() as process:
        yield process.address


@contextmanager
def _through(relay: Relay, processes: Processes, address: str) -> Iterator[str]:
    with processes.taken() as process, relay.over(process, address):
        yield address


@contextmanager
def _as_provider_6(provider: Provider6, address: str) -> Iterator[str]:
    with provider.over(address):
        yield address


class _Broker:
    """The leases.

    Args:
        folder: for all that they need.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = Lock()
        self._program: Path | None = None
        self._learnt: Answers = {}
        self._leases: dict[int, _Lease] = {}
        self._numbers = count()

    @contextmanager
    def lease(self, needs: _Needs) -> Iterator[int]:
        """Makes a lease, and yields its number."""
        with self._lock:
            if self._program is None:
                terraform = find({**os.environ, VARIABLE: "terraform"})
                self._program = installed(terraform, self._folder, variables(self._folder))
            number = next(self._numbers)
            self._leases[number] = _Lease(self._program, self._folder, needs, self._learnt)
        try:
            yield number
        finally:
            with self._lock:
                if ended := self._leases.pop(number, None):
                    ended.close()

    def tell(self, lease: int, environ: Mapping[str, str], works_in: Path) -> dict[str, Any]:
        """Returns what Terraform must be told of a lease's providers."""
        return self._leases[lease].tell(environ, works_in)

    def close(self) -> None:
        """Ends the leases of all who have not done so."""
        # One that is being ended is waited for.
        with self._lock:
            while self._leases:
                self._leases.popitem()[1].close()


class _Asked(socketserver.StreamRequestHandler):
    """Somebody who has connected."""

    server: _Server

    def handle(self) -> None:
        """Answers, and holds a lease until the other side leaves."""
        asked = json.loads(self.rfile.readline())
        broker = self.server.broker
        if "types" in asked:
            types = None if asked["types"] is None else frozenset(asked["types"])
            with broker.lease(_Needs(types, asked["major"])) as lease:
                self._say(lease)
                self.rfile.read()
        else:
            works_in = Path(asked["works_in"])
            self._say(broker.tell(asked["lease"], asked["environ"], works_in))

    def _say(self, answer: object) -> None:
        self.wfile.write(json.dumps(answer).encode() + b"\n")


class _Server(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True

    def __init__(self, address: Path, broker: _Broker) -> None:
        super().__init__(str(address), _Asked)
        self.broker = broker


def main() -> None:
    """Serves until standard input ends."""
    with TemporaryDirectory() as name, ExitStack() as running:
        folder = Path(name)
        broker = running.enter_context(closing(_Broker(folder)))
        server = running.enter_context(_Server(folder / "broker", broker))
        Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        running.callback(server.shutdown)
        print(folder / "broker", flush=True)  # noqa: T201 # this is what it says
        sys.stdin.buffer.read()


if __name__ == "__main__":
    main()
