"""What a running sandbox leaves on disk, so that the next command finds it."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Final

from tfgen.disk import RefusedError, paths

RECORD: Final = "state.json"
LOG: Final = "server.log"

_LIMIT: Final = 64 * 1024  # bytes


@dataclass(frozen=True, slots=True)
class Record:
    """A sandbox's server.

    Attributes:
        instance: names this simulated account: another start is another account.
        pid: the server's process.
        process_started: what `process_start` said of it, because a process ID is used again.
        port: on 127.0.0.1, where AWS is.
        gateway_port: on 127.0.0.1, where the deployed APIs are.
        dns_port: on 127.0.0.1, where the hosted zones are; 0 is nowhere.
        since: when it began to answer, in ISO 8601.
        tfgen: the version of tfgen that serves.
        moto: the version of moto that serves.
        token: what its control asks for; every user who may read the record may use it.
    """

    instance: str
    pid: int
    process_started: str
    port: int
    gateway_port: int
    dns_port: int
    since: str
    tfgen: str
    moto: str
    token: str = field(repr=False)


def read_record(home: Path) -> Record | None:
    """Returns the record in a sandbox's folder; None if there is none that can be understood.

    One that cannot be understood is as good as none: the server it stood for leaves by itself as
    soon as it no longer finds its own.

    Args:
        home: the sandbox's folder.
    """
    try:
        values = json.loads(paths.read_text(home / RECORD, limit=_LIMIT))
        record = Record(**values)
    except (OSError, ValueError, TypeError, RecursionError, RefusedError):
        return None
    # Postponed annotations are text, which is all that is needed to tell a number from a word.
    sound = all(
        type(getattr(record, field.name)).__name__ == field.type for field in fields(Record)
    )
    return record if sound else None


def write_record(home: Path, record: Record) -> None:
    """Puts a record into a sandbox's folder, whole or not at all, for this user only.

    Args:
        home: the sandbox's folder.
        record: what to write.

    Raises:
        OSError: it cannot be written.
    """
    text = f"{json.dumps(asdict(record), indent=2)}\n"
    paths.write(home / RECORD, text.encode(), mode=0o600)


def process_start(pid: int) -> str | None:
    """Returns when a process began, as the system writes it; None if it is not running.

    Two processes that had the same ID at different times differ in it. One that ended and that
    nobody has waited for yet is not running.

    Args:
        pid: the process ID.
    """
    try:
        status = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None if Path("/proc/self/stat").exists() else _process_start_by_ps(pid)
    # The second field is the program's name in parentheses, which may itself hold both; after it,
    # the first is the state and the twentieth the start, in clock ticks since the machine booted:
    # https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
    state, *rest = status.rpartition(")")[2].split()
    return None if state in {"Z", "X"} else rest[18]


def _process_start_by_ps(pid: int) -> str | None:
    listed = subprocess.run(
        ["ps", "-o", "stat=,lstart=", "-p", str(pid)],
        env={**os.environ, "LC_ALL": "C"},
        capture_output=True,
        text=True,
        check=False,
    )
    state, _, start = listed.stdout.strip().partition(" ")
    return None if not start or state.startswith("Z") else start.strip()
