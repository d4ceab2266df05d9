"""How much memory a new process may take before something is killed for it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

_PROC = Path("/proc")
_CGROUPS = Path("/sys/fs/cgroup")


def available(proc: Path = _PROC, cgroups: Path = _CGROUPS) -> int | None:
    """Say how many bytes are free, in this machine and in this container.

    Args:
        proc: the proc file system.
        cgroups: the control group file system, version 1 or 2.

    Returns:
        Bytes, or None where the system does not say.
    """
    if sys.platform == "darwin":
        # macOS has no such figure. It compresses and swaps, so a part of the whole is a safe guess.
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 4
    return min((*_machine(proc), *_containers(proc, cgroups)), default=None)


def _machine(proc: Path) -> Iterator[int]:
    # https://www.kernel.org/doc/html/latest/filesystems/proc.html#meminfo
    for line in _lines(proc / "meminfo"):
        name, _, rest = line.partition(":")
        if name == "MemAvailable":
            yield int(rest.split()[0]) * 1024


def _containers(proc: Path, cgroups: Path) -> Iterator[int]:
    # https://www.kernel.org/doc/html/latest/admin-guide/cgroup-v2.html#memory-interface-files
    # Every group on the way up can have a limit. Inside a container the root is its own group.
    for line in _lines(proc / "self" / "cgroup"):
        _, controllers, path = line.split(":", 2)
        if controllers == "":
            top, limit, usage = cgroups, "memory.max", "memory.current"
        elif "memory" in controllers.split(","):
            top, limit, usage = cgroups / "memory", "memory.limit_in_bytes", "memory.usage_in_bytes"
        else:
            continue
        own = top / path.strip("/")
        for group in (own, *own.parents):
            if group.is_relative_to(top):
                yield from _left(group, limit, usage)


def _left(group: Path, limit: str, usage: str) -> Iterator[int]:
    most, used = _lines(group / limit), _lines(group / usage)
    if not most or not used or not most[0].isdecimal():
        return
    # The page cache counts as used, but gives way.
    cache = sum(
        int(line.split()[1])
        for line in _lines(group / "memory.stat")
        if line.split()[0] == "inactive_file"
    )
    yield max(0, int(most[0]) - int(used[0]) + cache)


def _lines(file: Path) -> list[str]:
    # A file that is not there is how these file systems say that something does not apply.
    try:
        return file.read_text(encoding="ascii").splitlines()
    except OSError:
        return []
