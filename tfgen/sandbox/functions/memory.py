"""How much memory the processes of a function take, as far as the system tells cheaply."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Memory:
    """The memory of a process and its descendants, in MB.

    Attributes:
        peak: the most that was resident at once, summed over the processes.
        anonymous: what belongs to them alone now, without files and shared libraries.
    """

    peak: int
    anonymous: int


def memory_of(pid: int) -> Memory | None:
    """Returns the memory of a process and its descendants.

    Args:
        pid: the process.

    Returns:
        None if it is gone, or where the system has no ``/proc``.
    """
    peak = anonymous = 0
    for each in _family(pid):
        try:
            status = Path(f"/proc/{each}/status").read_bytes()
        except OSError:
            continue
        fields = dict(line.split(b":", 1) for line in status.splitlines() if b":" in line)
        peak += _kilobytes(fields.get(b"VmHWM"))
        anonymous += _kilobytes(fields.get(b"RssAnon"))
    return Memory(-(-peak // 1024), anonymous // 1024) if peak else None


def _family(pid: int) -> Iterator[int]:
    yield pid
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_bytes().split()
    except OSError:
        return
    for child in children:
        yield from _family(int(child))


def _kilobytes(value: bytes | None) -> int:
    return int(value.split()[0]) if value else 0
