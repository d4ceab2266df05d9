"""Runs a PostgreSQL server and lets neither it nor its folder outlive whoever started it.

A program of its own, run by its path: ``python keeper.py FOLDER UID GID COMMAND …``. Its standard
input is a socket to the one who started it. Over it goes ``pid N`` when the server runs, and
``exit STATUS`` when it has ended. When the socket closes, also because the one who started it was
killed, the server is stopped and its folder removed. A UID of -1 is whoever runs this.

It is a program because a process that is killed with ``SIGKILL`` cannot clean up after itself. And
it is another one than the keeper of functions, because a server that is killed leaves its own
children and its shared memory: ``SIGQUIT`` makes it end them at once
(https://www.postgresql.org/docs/current/server-shutdown.html).
"""

from __future__ import annotations

import _thread
import os
import shutil
import signal
import sys
import time

_STOPS_WITHIN = 3.0  # seconds
_NOT_STARTED = 127
_IGNORED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def main() -> None:
    """Runs the server and waits for its end."""
    folder, uid, gid, *command = sys.argv[1:]
    for number in _IGNORED:
        signal.signal(number, signal.SIG_IGN)
    child = os.fork()
    if child == 0:
        _become(int(uid), int(gid), command)
    _say(f"pid {child}")
    _thread.start_new_thread(_stop_in_time, (child,))
    _, status = os.waitpid(child, 0)
    _say(f"exit {status}")
    # The folder of one that ended by itself says why, until nobody asks any more.
    while _hear():
        pass
    shutil.rmtree(folder, ignore_errors=True)


def _become(uid: int, gid: int, command: list[str]) -> None:
    try:
        for number in _IGNORED:
            signal.signal(number, signal.SIG_DFL)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.setsid()
        if uid >= 0:
            os.setgroups([])
            os.setgid(gid)
            os.setuid(uid)
        os.execv(command[0], command)  # noqa: S606 - there is no shell in between
    finally:
        os._exit(_NOT_STARTED)


def _stop_in_time(child: int) -> None:
    while _hear():
        pass
    for number in (signal.SIGQUIT, signal.SIGKILL):
        deadline = time.monotonic() + _STOPS_WITHIN
        try:
            os.kill(child, number)
            while time.monotonic() < deadline:
                time.sleep(0.01)
                os.kill(child, 0)
        except ProcessLookupError:
            return


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


if __name__ == "__main__":
    main()
    # Without the thread that may still be waiting.
    os._exit(0)
