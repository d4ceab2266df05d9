"""An apply as plain lines, for where nothing can be redrawn."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from tfgen.terraform.events import ApplyComplete, ApplyErrored, ApplyProgress, ApplyStart
from tfgen.ui.text import duration, escape_line

Step = ApplyStart | ApplyProgress | ApplyComplete | ApplyErrored

_HEARTBEAT_SECONDS: Final = 30
_ACTIONS: Final = {
    "create": ("creating", "create", "created"),
    "read": ("reading", "read", "read"),
    "update": ("updating", "update", "updated"),
    "delete": ("destroying", "destroy", "destroyed"),
}


class Lines:
    """Writes a line when a resource is finished, and now and then while one takes long.

    Args:
        say: takes one line, without its end.
    """

    def __init__(self, say: Callable[[str], object]) -> None:
        self._say = say
        self._heartbeats: dict[str, int] = {}

    def show(self, step: Step, region: str, done: int, total: int) -> None:
        """Writes what is worth a line.

        Args:
            step: what has just happened.
            region: where.
            done: how many resources of the region are finished, of ``total``.
        """
        address = step.resource.address
        doing, do, did = _ACTIONS.get(step.action, (step.action,) * 3)
        match step:
            case ApplyProgress(elapsed=elapsed):
                if elapsed - self._heartbeats.get(address, 0) < _HEARTBEAT_SECONDS:
                    return
                self._heartbeats[address] = elapsed
                words = f"still {doing} {address} after {duration(elapsed)}"
            case ApplyComplete(elapsed=elapsed):
                self._heartbeats.pop(address, None)
                words = f"{did} {address} in {duration(elapsed)} ({done}/{total})"
            case ApplyErrored(elapsed=elapsed):
                self._heartbeats.pop(address, None)
                words = f"failed to {do} {address} after {duration(elapsed)}"
            case _:
                return
        self._say(escape_line(f"{region}: {words}"))
