"""Runs one command and lets nothing of it outlive whoever started it.

A program of its own, run by its path: ``python keeper.py COMMAND …``. Its standard input is a
socket to the one who started it. Over it goes ``pid N`` when the command runs, ``failed ERRNO`` if
it cannot be started, and ``exit STATUS`` when it has ended, with everything that it started. When
the socket closes, also because the one who started it was killed, the command is killed.

It is a program because a process that is killed with ``SIGKILL`` cannot clean up after itself; and
it sits between because a process group can be killed only by somebody who still lives.
"""

from __future__ import annotations

import _thread
import os
import signal
import sys

# Everything that a function starts has inherited it, also what has left its process group.
_MARK = "AWS_LAMBDA_LOG_STREAM_NAME"
_PASSES = 20


def main() -> None:
    """Runs the command and waits for its end."""
    command = sys.argv[1:]
    try:
        child = os.posix_spawn(
            command[0],
            command,
            os.environ,
            file_actions=[(os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0)],
            setpgroup=0,
            setsigdef=[signal.SIGPIPE, signal.SIGINT],
        )
    except OSError as error:
        _say(f"failed {error.errno}")
        return
    _say(f"pid {child}")
    _thread.start_new_thread(_watch, (child,))
    _, status = os.waitpid(child, 0)
    _kill_group(child)
    _kill_strays()
    _say(f"exit {status}")


def _watch(child: int) -> None:
    while _hear():
        pass
    _kill_group(child)


def _hear() -> bytes:
    try:
        return os.read(0, 1024)
    except OSError:
        return b""


def _say(line: str) -> None:
    try:
        os.write(0, f"{line}\n".encode())
    except OSError:
        # Nobody listens any more; what remains to be done is done all the same.
        return


def _kill_group(child: int) -> None:
    try:
        os.killpg(child, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        # macOS says that it is not permitted when nobody is left.
        return


def _kill_strays() -> None:
    mark = f"{_MARK}={os.environ.get(_MARK, '')}".encode()
    for _ in range(_PASSES):
        strays = [pid for pid in _processes() if _has(pid, mark)]
        if not strays:
            return
        for pid in strays:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue


def _processes() -> list[int]:
    try:
        names = [entry.name for entry in os.scandir("/proc")]
    except OSError:
        return []
    return [int(name) for name in names if name.isdecimal() and int(name) != os.getpid()]


def _has(pid: int, mark: bytes) -> bool:
    try:
        # Not pathlib, which takes longer to import than all the rest.
        with open(f"/proc/{pid}/environ", "rb") as file:  # noqa: PTH123
            return mark in file.read().split(b"\0")
    except OSError:
        return False


if __name__ == "__main__":
    main()
    # Without the thread that still listens.
    os._exit(0)
