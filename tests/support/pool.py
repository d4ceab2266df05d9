"""Providers that run beside the tests, of which each of Terraform's gets one to itself.

A plan of two regions starts the provider seven times, once for each provider configuration in each
of its steps, and that is half of what it takes of a processor. Here the same programs go on running
and answer the next command. Terraform is told of one address:
https://developer.hashicorp.com/terraform/plugin/debugging#terraform-cli-environment-variables
Each connection to it is passed on to a provider that nobody else is connected to, because a
provider has one configuration at a time.

That Terraform installs, starts and ends providers cannot be seen in this way; other tests see it.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import socket
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock, Thread
from typing import Any

from tests.support.provider import installed, started
from tfgen.terraform.engine import Engine, find

SHARED = "TFGENS_TESTS_SHARE_PROVIDERS"

_CHUNK = 1 << 18


class _Pool:
    """The providers, and who waits for them.

    Args:
        program: the provider.
        env: its environment, which says where its account is.
        folder: for what the providers say.
        works_in: where they work.
        running: ends them.
    """

    def __init__(
        self,
        program: Path,
        env: Mapping[str, str],
        folder: Path,
        works_in: Path | None,
        running: ExitStack,
    ) -> None:
        self._program = program
        self._env = env
        self._folder = folder
        self._works_in = works_in
        self._running = running
        self._lock = Lock()
        self._idle = [self._start()]

    @property
    def said(self) -> dict[str, Any]:
        """What the first provider says of itself."""
        return dict(self._idle[0])

    def serve(self, listening: socket.socket) -> None:
        """Passes connections on until the socket is closed."""
        with suppress(OSError):
            while True:
                connection, _ = listening.accept()
                Thread(target=self._pass_on, args=(connection,), daemon=True).start()

    def _start(self) -> dict[str, Any]:
        said = json.loads(
            self._running.enter_context(
                started(self._program, self._env, self._folder, self._works_in)
            )
        )
        [about] = said.values()
        return {"name": next(iter(said)), **about}

    def _pass_on(self, connection: socket.socket) -> None:
        with connection:
            # Terraform connects once more, only to see whether somebody listens.
            first = connection.recv(_CHUNK)
            if not first:
                return
            with self._lock:
                provider = self._idle.pop() if self._idle else self._start()
            with socket.socket(socket.AF_UNIX) as other:
                other.connect(provider["Addr"]["String"])
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
def pooled(
    environ: Mapping[str, str], folder: Path, works_in: Path | None = None
) -> Iterator[dict[str, str]]:
    """Runs providers for an account, and yields the environment in which Terraform uses them.

    Args:
        environ: Terraform's environment, which says where the account is.
        folder: exists, and is empty.
        works_in: where the relative paths of files begin; None is the folder of the tests.
    """
    engine: Engine = find({**os.environ, "TFGEN_TERRAFORM": "terraform"})
    # The path of a socket must be short.
    with (
        TemporaryDirectory() as short,
        ExitStack() as running,
        socket.socket(socket.AF_UNIX) as listening,
    ):
        pool = _Pool(installed(engine, folder, environ), environ, folder, works_in, running)
        address = f"{short}/provider"
        listening.bind(address)
        listening.listen()
        about = pool.said
        name = about.pop("name")
        about |= {"Pid": os.getpid(), "Addr": {"Network": "unix", "String": address}}
        Thread(target=pool.serve, args=(listening,), daemon=True).start()
        try:
            yield {**environ, "TF_REATTACH_PROVIDERS": json.dumps({name: about})}
        finally:
            with suppress(OSError):
                listening.shutdown(socket.SHUT_RDWR)


def terraform_with(environ: Mapping[str, str], folder: Path) -> Path:
    """Writes a Terraform that uses the providers if the variable ``SHARED`` is set.

    Args:
        environ: from ``pooled``.
        folder: where to.
    """
    terraform = shutil.which("terraform")
    assert terraform is not None
    value = shlex.quote(environ["TF_REATTACH_PROVIDERS"])
    program = folder / "terraform"
    program.write_text(
        f'#!/bin/sh\n[ -z "${SHARED}" ] || export TF_REATTACH_PROVIDERS={value}\n'
        f'exec {shlex.quote(terraform)} "$@"\n',
        "utf-8",
    )
    program.chmod(0o755)
    return program
