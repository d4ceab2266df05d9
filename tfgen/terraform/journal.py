"""The journals of runs that change what exists: Terraform's events, kept in a file.

A journal outlives tfgen and Terraform, and tells the next run how the last one went.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO

from tfgen.disk import paths
from tfgen.terraform import events

_ENDING = ".jsonl"

# What Terraform says when the backend does not take the state, and how it then prints it.
_NOT_SAVED = frozenset({"Failed to save state", "Failed to persist state to backend"})
_DUMP = '"@message":"Emergency state dump"'


@dataclass(frozen=True, slots=True)
class InFlight:
    """Work that had begun and that nothing says the end of.

    Attributes:
        type: for example ``aws_lambda_function``.
        action: ``create``, ``update``, ``delete`` or ``read``.
    """

    address: str
    type: str
    action: str
    started: datetime


@dataclass(frozen=True, slots=True)
class Journal:
    """What a journal tells of its run.

    Attributes:
        running: Terraform is still at it.
        finished: Terraform came to an end by itself, with success or with errors.
        in_flight: what it was doing when it was cut off, or is doing now.
        errors: why it could not do what it could not.
        failed: what it could not do, or not to the end.
        cancelled: what of that an interrupt cut off; AWS may have done it all the same.
        unsaved: the backend did not take the state, and nothing has put it there since.
    """

    running: bool
    finished: bool
    in_flight: tuple[InFlight, ...]
    errors: tuple[events.Diagnostic, ...]
    failed: tuple[InFlight, ...]
    cancelled: tuple[InFlight, ...]
    unsaved: bool


def new_path(folder: Path, label: str, *, now: datetime | None = None) -> Path:
    """Name the journal of a run that is about to begin.

    Args:
        folder: where the journals are.
        label: what run it is, for example ``production-apply``.
        now: the time to name it after, if not this moment.

    Returns:
        A path in the folder; sorted by name, the journals are in order of time.
    """
    moment = (now or datetime.now(UTC)).strftime("%Y%m%dT%H%M%S.%fZ")
    return folder / f"{moment}-{label}{_ENDING}"


def journals(folder: Path, label: str) -> list[Path]:
    """All journals of one kind of run, the newest first."""
    return paths.named(folder, suffix=f"Z-{label}{_ENDING}")[::-1]


def prune(folder: Path, label: str, *, keep: int = 20) -> None:
    """Delete the oldest journals of one kind of run, but none whose run is still going."""
    for path in journals(folder, label)[keep:]:
        if not is_running(path):
            paths.remove(path)


@contextlib.contextmanager
def open_new(path: Path) -> Iterator[BinaryIO]:
    """Make a journal for Terraform to write into.

    The lock on it belongs to the open file, not to this process: Terraform inherits it, and holds
    it for as long as it lives.

    Args:
        path: a file that does not exist yet. Its folder is made.

    Yields:
        The file, to append to. It is removed when the block fails, for then nothing has begun.
    """
    paths.make(path.parent)
    # Both streams go into it: only appending keeps their lines whole. Provisioners may print what
    # is not for everyone.
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND
    descriptor = paths.descriptor(path, flags, mode=0o600)
    with os.fdopen(descriptor, "ab", buffering=0) as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        try:
            yield file
        except BaseException:
            paths.remove(path)
            raise


def is_running(path: Path) -> bool:
    """Say whether the Terraform that writes this journal is still alive."""
    with paths.open_file(path) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def read(path: Path) -> Journal:
    """Read how a run went, or how far it has come.

    Args:
        path: a journal, whole or cut off in the middle of a line.
    """
    running = is_running(path)
    working: dict[tuple[str, str], InFlight] = {}
    failed: list[InFlight] = []
    errors: list[events.Diagnostic] = []
    summed_up = lost = unsaved = False
    with paths.open_text(path) as lines:
        for event in events.parse_all(lines):
            match event:
                case events.ApplyStart(at=at, resource=resource, action=action):
                    flight = InFlight(resource.address, resource.type, action, at)
                    working[resource.address, action] = flight
                case events.ApplyComplete() | events.ApplyErrored():
                    done = working.pop((event.resource.address, event.action), None)
                    if done is not None and isinstance(event, events.ApplyErrored):
                        failed.append(done)
                case events.Diagnostic(severity="error"):
                    errors.append(event)
                    unsaved = unsaved or event.summary in _NOT_SAVED
                case events.ChangeSummary(operation="apply" | "destroy"):
                    summed_up = True
                case events.Other(type=Note.LOST):
                    lost, unsaved = True, False
                case events.Other(type=Note.SAVED):
                    unsaved = False
    # An apply that fails has no summary: it ends with its errors, after all work has stopped.
    finished = (summed_up or (bool(errors) and not working)) and not lost
    interrupted = {error.address for error in errors if is_cancellation(error)}
    return Journal(
        running=running,
        finished=finished and not running,
        in_flight=tuple(working.values()),
        errors=tuple(errors),
        failed=tuple(failed),
        cancelled=tuple(flight for flight in failed if flight.address in interrupted),
        unsaved=unsaved,
    )


class Note(StrEnum):
    """What tfgen writes at the end of a journal about the state that the run left."""

    LOST = "tfgen_state_lost"
    """The state is one of before the run: all that the run did is to be looked for."""

    SAVED = "tfgen_state_saved"
    """The state that the run could not save is where it belongs."""


def add_note(path: Path, note: Note) -> None:
    """Write a note at the end of a journal whose run has ended.

    Args:
        path: the journal; its last line may be cut off.
        note: what to write.
    """
    event = {"@timestamp": datetime.now(UTC).isoformat(), "@message": "", "type": note}
    with paths.open_file(path, "ab") as file:
        file.write(b"\n" + json.dumps(event).encode() + b"\n")


def dumped_state(path: Path) -> str | None:
    """Return the state that Terraform printed because it could write it nowhere.

    https://github.com/hashicorp/terraform/blob/v1.11.4/internal/command/views/operation.go

    Args:
        path: a journal.
    """
    with paths.open_text(path) as lines:
        for line in lines:
            if _DUMP in line:
                with contextlib.suppress(ValueError, RecursionError, KeyError, TypeError):
                    state = json.loads(line)["state"]
                    if "resources" in state:
                        return json.dumps(state, indent=2) + "\n"
    return None


def is_cancellation(error: events.Diagnostic) -> bool:
    """Say whether an error is what an interrupt does to a request that was under way.

    The AWS provider is written in Go, whose word for it this is: https://pkg.go.dev/context#Canceled.
    """
    return "context canceled" in f"{error.summary} {error.detail}"


def in_flight(path: Path) -> list[InFlight]:
    """What a run was doing when it was cut off."""
    return list(read(path).in_flight)
