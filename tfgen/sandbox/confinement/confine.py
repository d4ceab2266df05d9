"""Starts processes that see a part of this machine, by the means that this system has."""

from __future__ import annotations

import socket
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, TypeVar

from tfgen.sandbox.confinement import landlock, seatbelt, seccomp
from tfgen.sandbox.confinement.view import View

Result = TypeVar("Result")

_NOTHING: Final = "functions can read your files and the environment of your programs"


@dataclass(frozen=True, slots=True)
class Protection:
    """What keeps functions from the user's files.

    Attributes:
        means: its name and version; None if there is nothing.
        sentence: what functions can and cannot do, for `tfgen sandbox status`.
    """

    means: str | None
    sentence: str


@cache
def protection() -> Protection:
    """Returns what protects here, after it has been tried."""
    if sys.platform == "darwin":
        if Path(seatbelt.PROGRAM).exists():
            return Protection("sandbox-exec", "Functions do not see your folders (sandbox-exec)")
        return Protection(None, f"This Mac has no sandbox-exec: {_NOTHING}")
    if sys.platform != "linux" or not (has := landlock.version()):
        return Protection(None, f"This system has no Landlock: {_NOTHING}")
    if not seccomp.is_known_machine():
        return Protection(None, f"This processor is not known to tfgen: {_NOTHING}")
    if (failed := in_thread(_try)) is not None:
        return Protection(None, f"Landlock does not work here ({failed}): {_NOTHING}")
    said = f"Functions see the system, their own code and /tmp, and not your files (Landlock {has})"
    if has < 6:
        said += "; they can send signals to your processes, which Linux 6.12 prevents"
    return Protection(f"Landlock {has}", said)


def start(view: View, command: Sequence[str], run: Callable[[Sequence[str]], Result]) -> Result:
    """Starts a process that opens what a view names, and nothing else, if that is possible here.

    Args:
        view: what is open to it, beside what every program needs of the system.
        command: what to run.
        run: starts a command.

    Returns:
        What ``run`` returns.
    """
    means = protection().means
    if means is None:
        return run(command)
    if sys.platform == "darwin":
        return run(seatbelt.command(view, command, Path.home()))
    return in_thread(lambda: _run_confined(view, command, run))


def in_thread(work: Callable[[], Result]) -> Result:
    """Runs work in a thread of its own, which ends with the work, so that only it is confined."""
    with ThreadPoolExecutor(1, thread_name_prefix="confined") as thread:
        return thread.submit(work).result()


def _run_confined(
    view: View, command: Sequence[str], run: Callable[[Sequence[str]], Result]
) -> Result:
    _confine(view)
    return run(command)


def _confine(view: View) -> None:
    landlock.close_files(view.with_system())
    seccomp.close_sockets(truncate=landlock.version() < 3)


def _try() -> str | None:
    """Confines this thread, and returns what it can do all the same; None if it cannot."""
    try:
        _confine(View())
    except OSError as error:
        return error.strerror or str(error)
    for what, attempt in (("the root folder", _read_root), ("Unix sockets", _open_socket)):
        try:
            attempt()
        except PermissionError:
            continue
        return f"{what} stayed open"
    return None


def _read_root() -> None:
    list(Path("/").iterdir())


def _open_socket() -> None:
    socket.socket(socket.AF_UNIX).close()
