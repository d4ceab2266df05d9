"""An apply in the test's own process, and what is left of it."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import psutil

from tfgen.terraform import args, events
from tfgen.terraform.engine import Engine
from tfgen.terraform.runner import run_journaled

APPLY = args.apply(json=True)


class Apply:
    """An apply in this process, and what happens when its events come.

    Args:
        react: gets every event and the Terraform process.
    """

    def __init__(
        self,
        engine: Engine,
        root: Path,
        env: Mapping[str, str],
        react: Callable[[events.Event, psutil.Process], None],
    ) -> None:
        self.journal = root.parent / "runs" / "apply.jsonl"
        self.lines: list[str] = []
        self.terraform: psutil.Process | None = None
        # Other tests leave some running, which must not be taken for Terraform.
        others = psutil.Process().children()

        def on_line(line: str) -> None:
            self.lines.append(line)
            event = events.parse(line)
            for child in psutil.Process().children():
                if child not in others:
                    self.terraform = self.terraform or child
            # A quick run is over before its first line is read.
            if event is not None and self.terraform is not None:
                react(event, self.terraform)

        before = {number: signal.getsignal(number) for number in range(1, 16)}
        self.result = run_journaled(
            engine, APPLY, cwd=root, env=env, journal=self.journal, on_line=on_line
        )
        assert {number: signal.getsignal(number) for number in range(1, 16)} == before

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    def nothing_is_left(self) -> bool:
        """Whether all that Terraform started has gone, or goes soon."""
        assert self.terraform is not None
        group = self.terraform.pid
        wait_for(lambda: not alive_in_group(group), seconds=5)
        return True


def on_start_of(address: str, act: Callable[[psutil.Process], None]) -> Callable[..., None]:
    def react(event: events.Event, terraform: psutil.Process) -> None:
        if isinstance(event, events.ApplyStart) and event.resource.address == address:
            act(terraform)

    return react


def alive_in_group(group: int) -> list[psutil.Process]:
    """The processes of a group, without those that only wait to be reaped."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.NoSuchProcess, ProcessLookupError):
            if os.getpgid(process.pid) == group and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
    return found


def wait_for(condition: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.02)
