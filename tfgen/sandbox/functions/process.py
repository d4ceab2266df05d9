"""The process of a function's runtime, seen from the sandbox."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from tfgen.sandbox.confinement.confine import start
from tfgen.sandbox.confinement.view import View

_KEEPER: Final = Path(__file__).with_name("keeper.py")
_PIECE: Final = 64 * 1024

# Seconds. The keeper answers at once, unless somebody has stopped it.
_KEEPER_ANSWERS_WITHIN: Final = 10.0


@dataclass(frozen=True, slots=True)
class Ending:
    """How a process ended.

    Attributes:
        code: its exit code, or the number of a signal, negative; None if nobody knows.
        errno: why it could not even be started.
    """

    code: int | None = None
    errno: int | None = None


class Process:
    """A running command, and everything that it starts; for one event loop.

    Args:
        command: what to run; the first is a path.
        environment: all of its environment.
        folder: where it runs.
        view: the files that it may see, where the system can keep it from others.
        on_output: gets what it writes to standard output and standard error.
    """

    def __init__(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        folder: Path,
        view: View,
        on_output: Callable[[bytes], None],
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._on_output = on_output
        #: How it ended, once it has, with everything that it started.
        self.ended: asyncio.Future[Ending] = self._loop.create_future()
        #: Its process ID, once it runs.
        self.pid: int | None = None
        self._heard = b""
        self._ending = Ending()
        self._control, theirs = socket.socketpair()
        self._output, written = os.pipe()
        try:
            self._keeper = start(
                View((_KEEPER, *_python_files(), *view.readable), view.writable),
                [_python(), "-I", "-S", str(_KEEPER), *command],
                lambda whole: subprocess.Popen(
                    whole,
                    stdin=theirs.fileno(),
                    stdout=written,
                    stderr=written,
                    cwd=folder,
                    env=environment,
                    start_new_session=True,
                ),
            )
        except BaseException:
            self._control.close()
            os.close(self._output)
            raise
        finally:
            theirs.close()
            os.close(written)
        self._control.setblocking(False)
        os.set_blocking(self._output, False)
        self._loop.add_reader(self._control, self._hear)
        self._loop.add_reader(self._output, self.drain)

    def drain(self) -> None:
        """Hands on everything that was written so far."""
        if self.ended.done():
            return
        with suppress(BlockingIOError):
            while piece := os.read(self._output, _PIECE):
                self._on_output(piece)
            self._loop.remove_reader(self._output)

    async def end(self) -> None:
        """Kills it with everything that it started, and waits until they are gone."""
        if not self.ended.done():
            with suppress(OSError):
                self._control.shutdown(socket.SHUT_WR)
            await asyncio.wait({self.ended}, timeout=_KEEPER_ANSWERS_WITHIN)
        if not self.ended.done():
            self._close()

    def _hear(self) -> None:
        try:
            said = self._control.recv(1024)
        except BlockingIOError:
            return
        except OSError:
            said = b""
        if not said:
            self._close()
            return
        *lines, self._heard = (self._heard + said).split(b"\n")
        for line in lines:
            word, _, number = line.decode().partition(" ")
            if word == "pid":
                self.pid = int(number)
            elif word == "failed":
                self._ending = Ending(errno=int(number))
            elif word == "exit":
                self._ending = Ending(code=os.waitstatus_to_exitcode(int(number)))

    def _close(self) -> None:
        """Cleans up after the keeper, which has ended, or should have."""
        self._loop.remove_reader(self._control)
        self._control.close()
        if self._keeper.poll() is None:
            self._keeper.kill()
        self._keeper.wait()
        if self._ending == Ending() and self.pid is not None:
            # It was killed before its work was done.
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, signal.SIGKILL)
        self.drain()
        self._loop.remove_reader(self._output)
        os.close(self._output)
        self.ended.set_result(self._ending)


@cache
def _python() -> str:
    """Returns the Python behind the virtual environment that this may run in."""
    behind = Path(sys.base_prefix, "bin", "python{}.{}".format(*sys.version_info[:2]))
    return str(behind) if behind.exists() else sys.executable


@cache
def _python_files() -> tuple[Path, ...]:
    """Returns what that Python needs to start."""
    folders = [Path(sysconfig.get_path(each)) for each in ("stdlib", "platstdlib")]
    libraries = sorted(Path(sys.base_prefix, "lib").glob("libpython*"))
    return (Path(_python()), Path(sys.prefix, "pyvenv.cfg"), *folders, *libraries)
