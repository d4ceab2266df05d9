"""Moments of an apply, told by the journal that Terraform writes while it works."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from tests.support.app_folder import AppFolder
from tfgen.terraform.events import ApplyStart, parse_all

# A resource takes longer than this, and looking more often would slow down what is waited for.
_POLL_SECONDS = 0.02
_DEADLINE = 120.0

Found = TypeVar("Found")
Moment = Callable[[Sequence[str]], bool]
"""Whether a run that has begun work on these addresses, in this order, has come so far."""


@dataclass(frozen=True, slots=True)
class Begun:
    """Work on a resource has begun, in whichever region comes first.

    Attributes:
        resource: in its address, for example ``aws_kms_key.this``.
    """

    resource: str

    def __call__(self, begun: Sequence[str]) -> bool:
        return any(self.resource in address for address in begun)


@dataclass(frozen=True, slots=True)
class BegunMany:
    """Work on so many resources has begun."""

    number: int

    def __call__(self, begun: Sequence[str]) -> bool:
        return len(begun) >= self.number


def journals(app: AppFolder) -> list[Path]:
    """Returns the journals of all applies in the sandbox, the oldest first."""
    return sorted((app.path / ".tfgen" / "sandbox").glob("*/runs/*.jsonl"))


def begun_in(journal: Path) -> list[str]:
    """Returns the addresses of what a run has begun to work on."""
    with journal.open(encoding="utf-8", errors="replace") as lines:
        events = list(parse_all(lines))
    return [event.resource.address for event in events if isinstance(event, ApplyStart)]


def wait_for(app: AppFolder, moment: Moment, *, after: Sequence[Path]) -> Path:
    """Waits for a moment of an apply that runs.

    Args:
        app: where it runs.
        moment: what to wait for.
        after: the journals of the applies before it.

    Returns:
        Its journal.
    """

    def reached() -> Path | None:
        new = [path for path in journals(app) if path not in after]
        return new[-1] if new and moment(begun_in(new[-1])) else None

    return wait_until(reached, f"{moment} in the apply")


def wait_until(look: Callable[[], Found | None], what: str) -> Found:
    """Waits until a look finds something.

    Args:
        look: returns what is waited for, or something false.
        what: is waited for, in words.
    """
    deadline = time.monotonic() + _DEADLINE
    while not (found := look()):
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(_POLL_SECONDS)
    return found
