"""One Terraform process: its session, the signals that reach it, and how it ends."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any, Self

from tfgen.errors import TfgenError

_KILL_AT = 3


class Process:
    """A running Terraform that only tfgen's signals reach.

    It runs in a session of its own, so that Ctrl-C in a terminal interrupts tfgen alone, which
    passes it on once: Terraform and its providers would take a second one for an order to drop
    everything. The first interrupt makes Terraform finish what is in flight and save the state,
    the second makes it leave at once, the third kills it. A hangup or a termination of tfgen counts
    as the first. Outside the ``with`` block the signals do what they did before.

    Terraform acknowledges an interrupt that comes before an apply has begun, and then applies
    everything: what it stops is the run that there is, and there is none yet
    (``Context.Stop`` in https://github.com/hashicorp/terraform/blob/v1.11.4/internal/terraform/context.go).
    With the AWS provider that lasts seconds. So the first interrupt can be held until `release`.

    Args:
        argv: program and arguments.
        cwd: the folder to run in.
        env: the whole environment.
        stdout: a file descriptor, ``subprocess.PIPE``, or None for tfgen's own.
        stderr: likewise.
        holds: keep the first interrupt until `release`; a second one passes both on.

    Raises:
        TfgenError: when the program cannot be started.
    """

    def __init__(
        self,
        argv: Sequence[str],
        *,
        cwd: Path,
        env: Mapping[str, str],
        stdout: int | None,
        stderr: int | None,
        holds: bool = False,
    ) -> None:
        self.interrupts = 0
        self._holds = holds
        self._sent = 0
        self._started = False
        self._previous: dict[signal.Signals, Any] = {}
        self._take_signals()
        try:
            self.popen = subprocess.Popen(
                argv,
                cwd=cwd,
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=stdout,
                stderr=stderr,
                start_new_session=True,
            )
        except OSError as error:
            self._give_signals_back()
            raise TfgenError(
                f"{argv[0]} cannot be started: {error.strerror}", place=error.filename
            ) from error
        self._started = True
        # One may have come while the process was being made.
        self._pass_on()

    def release(self) -> None:
        """Passes on an interrupt that was held, and every later one at once."""
        self._holds = False
        self._pass_on()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        try:
            for pipe in (self.popen.stdout, self.popen.stderr):
                if pipe is not None:
                    pipe.close()
            if error is not None:
                # What follows the output has failed. Terraform must not go on without it, and
                # nothing tells any more when a held interrupt would be heard.
                while self.interrupts < (2 if self._holds else 1):
                    self._interrupt()
            self.popen.wait()
            self._kill_leftovers()
        finally:
            self._give_signals_back()

    def _take_signals(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            # nohup and the background jobs of scripts ignore signals on purpose; None is a handler
            # that Python could not put back.
            if signal.getsignal(number) not in (signal.SIG_IGN, None):
                self._previous[number] = signal.signal(number, self._on_signal)

    def _give_signals_back(self) -> None:
        for number, handler in self._previous.items():
            signal.signal(number, handler)

    def _on_signal(self, number: int, _: FrameType | None) -> None:
        if number == signal.SIGINT or self.interrupts == 0:
            self._interrupt()

    def _interrupt(self) -> None:
        self.interrupts += 1
        self._pass_on()

    def _pass_on(self) -> None:
        if not self._started or (self._holds and self.interrupts == 1):
            return
        while self._sent < self.interrupts:
            self._send()

    def _send(self) -> None:
        self._sent += 1
        if self._sent >= _KILL_AT:
            self._kill_group()
        else:
            self.popen.send_signal(signal.SIGINT)

    def _kill_leftovers(self) -> None:
        # On the way out Terraform stops its providers. One that was killed or that crashed (Go's
        # own code for that is 2, Terraform's is 11) has not, and they would live on for ever. One
        # that was interrupted stops the shells of provisioners, but not what runs in them.
        if self.popen.returncode not in (0, 1) or self.interrupts:
            self._kill_group()

    def _kill_group(self) -> None:
        # The session's leader gave the group its number, which stays taken while anyone is in it.
        # Of a group that is empty, or whose members are all dead, macOS says EPERM.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.popen.pid, signal.SIGKILL)
