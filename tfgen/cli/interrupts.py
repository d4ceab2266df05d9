"""Ctrl-C, termination and hangup, outside of the time in which Terraform runs."""

from __future__ import annotations

import signal
from types import FrameType

_NUMBERS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interrupts:
    """Turns all three into a `KeyboardInterrupt`, until the process is about to end.

    Python does that for Ctrl-C alone. A hangup or a termination between two runs of Terraform would
    kill tfgen with its temporary files lying around; and Ctrl-C while the interpreter ends would
    kill it, so that the exit code is not the one of an interrupt.
    """

    def __init__(self) -> None:
        self._ended = False
        self._taken: list[signal.Signals] = []

    def take(self) -> None:
        """Begins. What is ignored, as under nohup, stays ignored."""
        for number in _NUMBERS:
            if signal.getsignal(number) not in (signal.SIG_IGN, None):
                signal.signal(number, self._on_signal)
                self._taken.append(number)

    def end(self) -> None:
        """Ignores all further ones: the exit code is known."""
        self._ended = True
        for number in self._taken:
            signal.signal(number, signal.SIG_IGN)

    def _on_signal(self, _: int, __: FrameType | None) -> None:
        if not self._ended:
            raise KeyboardInterrupt
