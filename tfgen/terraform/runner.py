"""Runs Terraform: where its output goes, what stops it, and how it ended."""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import IO

from tfgen.disk import paths
from tfgen.errors import ExitCode
from tfgen.terraform.engine import Engine
from tfgen.terraform.journal import open_new
from tfgen.terraform.process import Process

_CHUNK = 64 * 1024
_POLL_SECONDS = 0.05

# In the event with which Terraform says that it works on a resource.
_BEGUN = '"type":"apply_start"'


class To(Enum):
    """Where a stream of Terraform's goes."""

    TERMINAL = "tfgen's own stream, as it is"
    RESULT = "the result"


Destination = To | Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Result:
    """How a run ended.

    Attributes:
        returncode: Terraform's exit code; minus the signal's number when a signal killed it.
        interrupted: the run was asked to stop, by Ctrl-C, termination or hangup. It may have been
            complete by then: ``returncode`` says so.
        stdout: what it printed, if that was to go into the result.
        stderr: likewise.
    """

    returncode: int
    interrupted: bool
    stdout: str = ""
    stderr: str = ""

    @property
    def killed_by(self) -> str | None:
        """The name of the signal that killed it, for example ``SIGKILL``."""
        if self.returncode >= 0:
            return None
        number = -self.returncode
        try:
            return signal.Signals(number).name
        except ValueError:
            return f"signal {number}"

    @property
    def exit_code(self) -> int:
        """What tfgen returns to the shell: Terraform's own code, 130 if it was stopped."""
        if self.interrupted and self.returncode != 0:
            return ExitCode.INTERRUPTED
        return self.returncode if self.returncode >= 0 else ExitCode.FAILED


def run(
    engine: Engine,
    args: Sequence[str],
    *,
    cwd: Path,
    env: Mapping[str, str],
    stdout: Destination = To.RESULT,
    stderr: Destination = To.RESULT,
) -> Result:
    """Run a command that changes nothing, and wait for it.

    Args:
        engine: which Terraform.
        args: what follows it on the command line, from ``args``.
        cwd: the folder of the root module.
        env: the whole environment, from ``environment``.
        stdout: the terminal, the result, or a function that gets each line without its end.
        stderr: likewise.

    Raises:
        TfgenError: when Terraform cannot be started.
    """
    # What tfgen has printed must come before what Terraform prints.
    for stream in (sys.stdout, sys.stderr):
        # None when the process was started without it; a reader may have gone away.
        with contextlib.suppress(AttributeError, BrokenPipeError):
            stream.flush()
    sinks = [_sink(stdout), _sink(stderr)]
    with Process(
        [*engine.argv, *args],
        cwd=cwd,
        env=env,
        stdout=None if sinks[0] is None else subprocess.PIPE,
        stderr=None if sinks[1] is None else subprocess.PIPE,
    ) as process:
        pipes = (process.popen.stdout, process.popen.stderr)
        _read_pipes(
            process.popen,
            [(pipe, sink) for pipe, sink in zip(pipes, sinks, strict=True) if pipe and sink],
        )
        process.popen.wait()
    out, err = (sink.text() if isinstance(sink, _Text) else "" for sink in sinks)
    return Result(process.popen.returncode, process.interrupts > 0, out, err)


def run_journaled(
    engine: Engine,
    args: Sequence[str],
    *,
    cwd: Path,
    env: Mapping[str, str],
    journal: Path,
    on_line: Callable[[str], None],
) -> Result:
    """Run a command that changes what exists, so that it survives tfgen, and wait for it.

    Terraform writes into the journal, not into a pipe: were tfgen killed, a pipe would break and
    take Terraform with it, in the middle of an apply and before it saves the state. As it is, it
    goes on to the end of the approved plan, and the next run finds in the journal how that went.

    Args:
        engine: which Terraform.
        args: what follows it on the command line, with ``-json``.
        cwd: the folder of the root module.
        env: the whole environment, from ``environment``.
        journal: a file that does not exist yet. Only its owner can read it.
        on_line: gets each line of both streams, without its end.

    Raises:
        TfgenError: when Terraform cannot be started.
    """
    with open_new(journal) as file:
        process = Process(
            [*engine.argv, *args],
            cwd=cwd,
            env=env,
            stdout=file.fileno(),
            stderr=file.fileno(),
            holds=True,
        )

    def read(line: str) -> None:
        if _BEGUN in line:
            process.release()
        on_line(line)

    with process, paths.open_file(journal) as tail:
        lines = _Lines(read)
        while True:
            # Whether it has ended must be known before the read, or its last words are lost.
            ended = process.popen.poll() is not None
            data = tail.read(_CHUNK)
            if data:
                lines.feed(data)
            elif ended:
                break
            else:
                time.sleep(_POLL_SECONDS)
        lines.end()
    return Result(process.popen.returncode, process.interrupts > 0)


class _Text:
    """Keeps bytes until someone wants the text."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def feed(self, data: bytes) -> None:
        self._parts.append(data)

    def end(self) -> None:
        """Nothing is open at the end of a text."""

    def text(self) -> str:
        return b"".join(self._parts).decode(errors="replace")


class _Lines:
    """Cuts bytes into lines of text and hands them on."""

    def __init__(self, reader: Callable[[str], None]) -> None:
        self._reader = reader
        self._parts: list[bytes] = []

    def feed(self, data: bytes) -> None:
        first, *others = data.split(b"\n")
        self._parts.append(first)
        for other in others:
            self._hand_on()
            self._parts.append(other)

    def end(self) -> None:
        """Hand on a last line that has no end."""
        if any(self._parts):
            self._hand_on()

    def _hand_on(self) -> None:
        line = b"".join(self._parts)
        self._parts.clear()
        self._reader(line.decode(errors="replace"))


_Sink = _Text | _Lines


def _sink(destination: Destination) -> _Sink | None:
    if destination is To.TERMINAL:
        return None
    return _Text() if destination is To.RESULT else _Lines(destination)


def _read_pipes(popen: subprocess.Popen[bytes], pipes: list[tuple[IO[bytes], _Sink]]) -> None:
    with selectors.DefaultSelector() as selector:
        for pipe, sink in pipes:
            selector.register(pipe, selectors.EVENT_READ, sink)
        while selector.get_map():
            # What Terraform started can outlive it and hold the pipes open: its own end counts.
            ended = popen.poll() is not None
            ready = selector.select(timeout=0 if ended else _POLL_SECONDS)
            for key, _ in ready:
                data = os.read(key.fd, _CHUNK)
                if data:
                    key.data.feed(data)
                else:
                    selector.unregister(key.fileobj)
            if ended and not ready:
                break
    for _, sink in pipes:
        sink.end()
