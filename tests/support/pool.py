"""Providers that run beside the tests, of which each of Terraform's gets one to itself.

A plan of two regions starts the provider seven times, once for each provider configuration in each
of its steps, and that is half of what it takes of a processor. Here the same programs go on running
and answer the next command. Terraform is told of one address:
https://developer.hashicorp.com/terraform/plugin/debugging#terraform-cli-environment-variables
Each connection to it is passed on to a provider that nobody else is connected to, because a
provider has one configuration at a time. In between is the relay, which shortens the schema.

That Terraform installs, starts and ends providers cannot be seen in this way; other tests see it.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import socketserver
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock, Thread
from typing import Any

from tests.support.provider import installed, started
from tests.support.relay import Relay, types_in
from tests.support.trees import ROOT
from tfgen.terraform.engine import VARIABLE, Engine, find

SHARED = "TFGENS_TESTS_SHARE_PROVIDERS"

# Where the types are named that rendered trees have, and pages.
TREES = tuple(ROOT / folder for folder in ("tfgen", "docs", "examples", "tests/golden/trees"))
_TOLD = "TF_REATTACH_PROVIDERS"

_CHUNK = 1 << 18


class _Pool:
    """The providers, and who waits for them.

    Args:
        start: starts one, and returns what Terraform must be told of it.
    """

    def __init__(self, start: Callable[[], dict[str, Any]]) -> None:
        self._start = start
        self._lock = Lock()
        self._idle = [start()]

    def told(self, address: str) -> str:
        """Returns what Terraform must be told of all of them, before one is in use.

        Args:
            address: the path of the socket on which they answer.
        """
        [(name, about)] = self._idle[0].items()
        address_of_all = {"Network": "unix", "String": address}
        return json.dumps({name: {**about, "Pid": os.getpid(), "Addr": address_of_all}})

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
            with self._lock:
                provider = self._idle.pop() if self._idle else self._start()
            with socket.socket(socket.AF_UNIX) as other:
                [about] = provider.values()
                other.connect(about["Addr"]["String"])
                other.sendall(first)
                back = Thread(target=_copy, args=(other, connection), daemon=True)
                back.start()
                _copy(connection, other)
                back.join()
            with self._lock:
                self._idle.append(provider)


def _copy(source: socket.socket, target: socket.socket) -> None:
    """Copies until one side has enough, and tells both."""
    with suppress(OSError):
        while data := source.recv(_CHUNK):
            target.sendall(data)
    for end in (source, target):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)


@contextmanager
def _served(
    environ: Mapping[str, str],
    program: Path,
    folder: Path,
    works_in: Path | None,
    named_in: Sequence[Path] | None,
) -> Iterator[str]:
    """Runs a pool, and yields what Terraform must be told of it."""
    # The path of a socket must be short.
    with (
        TemporaryDirectory() as short,
        ExitStack() as running,
        socket.socket(socket.AF_UNIX) as listening,
    ):
        relay = None if named_in is None else Relay(types_in(*named_in))
        numbers = count()

        def start() -> dict[str, Any]:
            said = running.enter_context(started(program, environ, folder, works_in))
            told: dict[str, Any] = json.loads(said)
            if relay is not None:
                [about] = told.values()
                answers_on = f"{short}/{next(numbers)}"
                running.enter_context(relay.over(about["Addr"]["String"], answers_on))
                about["Addr"]["String"] = answers_on
            return told

        pool = _Pool(start)
        address = f"{short}/providers"
        listening.bind(address)
        listening.listen()
        told = pool.told(address)
        Thread(target=pool.serve, args=(listening,), daemon=True).start()
        try:
            yield told
        finally:
            with suppress(OSError):
                listening.shutdown(socket.SHUT_RDWR)


@contextmanager
def pooled(
    environ: Mapping[str, str],
    folder: Path,
    works_in: Path | None = None,
    named_in: Sequence[Path] | None = TREES,
) -> Iterator[dict[str, str]]:
    """Runs providers for an account, and yields the environment in which Terraform uses them.

    Args:
        environ: Terraform's environment, which says where the account is.
        folder: exists, and is empty.
        works_in: where the relative paths of files begin; None is the folder of the tests.
        named_in: where the types of resources are named that Terraform has to know; with None it
            knows all, and nothing is between it and the providers.
    """
    program = installed(_engine(), folder, environ)
    with _served(environ, program, folder, works_in, named_in) as told:
        yield {**environ, _TOLD: told}


@contextmanager
def sharing() -> Iterator[dict[str, str]]:
    """Lets commands share providers, and yields the variables by which tfgen does.

    Commands that have an account and the folder of their root modules in common share them.
    Terraform itself is one of each command's own.
    """
    # The path of a socket must be short.
    with TemporaryDirectory() as short, ExitStack() as running:
        broker = _Broker(Path(short), running)
        with socketserver.ThreadingUnixStreamServer(f"{short}/broker", _Asked) as server:
            server.daemon_threads = True
            server.broker = broker  # type: ignore[attr-defined] # for those who answer
            Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
            try:
                terraform = _write_terraform(Path(short), f"{short}/broker")
                yield {VARIABLE: str(terraform), SHARED: "1"}
            finally:
                server.shutdown()


class _Broker:
    """Which providers there are, and for whom.

    Args:
        folder: for what they say.
        running: ends them.
    """

    def __init__(self, folder: Path, running: ExitStack) -> None:
        self._folder = folder
        self._running = running
        self._lock = Lock()
        self._program: Path | None = None
        self._told: dict[tuple[Path, frozenset[tuple[str, str]]], str] = {}

    def tell(self, root: Path, environ: Mapping[str, str]) -> str:
        """Returns what Terraform must be told in a root module and an environment."""
        # As deep as the root modules, which say by relative paths where the bundle is. Theirs may
        # be replaced by a render.
        beside = root.parent.parent / ".tfgen/providers"
        account = frozenset(item for item in environ.items() if item[0].startswith("AWS_"))
        with self._lock:
            if (beside, account) not in self._told:
                beside.mkdir(parents=True, exist_ok=True)
                self._program = self._program or installed(_engine(), self._folder, environ)
                self._told[beside, account] = self._running.enter_context(
                    _served(environ, self._program, self._folder, beside, TREES)
                )
            return self._told[beside, account]


class _Asked(socketserver.StreamRequestHandler):
    """A Terraform that is about to begin."""

    def handle(self) -> None:
        """Answers with what it must be told."""
        asked = json.loads(self.rfile.read())
        broker: _Broker = self.server.broker  # type: ignore[attr-defined] # see `sharing`
        self.wfile.write(broker.tell(Path(asked["root"]), asked["environ"]).encode())


_TERRAFORM = """\
#!{python} -IS
import json, os, socket, sys

if os.environ.pop("{shared}", None) and sys.argv[1:2] != ["version"]:
    with socket.socket(socket.AF_UNIX) as broker:
        broker.connect("{address}")
        asked = {{"root": os.getcwd(), "environ": dict(os.environ)}}
        broker.sendall(json.dumps(asked).encode())
        broker.shutdown(socket.SHUT_WR)
        with broker.makefile() as answer:
            os.environ["{told}"] = answer.read() or sys.exit("no provider for this Terraform")
os.execv("{terraform}", ["terraform", *sys.argv[1:]])
"""


def _write_terraform(folder: Path, address: str) -> Path:
    terraform = shutil.which("terraform")
    assert terraform is not None
    program = folder / "terraform"
    program.write_text(
        _TERRAFORM.format(
            python=sys.executable, shared=SHARED, told=_TOLD, address=address, terraform=terraform
        ),
        "utf-8",
    )
    program.chmod(0o755)
    return program


def _engine() -> Engine:
    return find({**os.environ, VARIABLE: "terraform"})
