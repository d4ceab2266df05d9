"""The sandbox's process: moto, with what tfgen adds to it, on a free port of loopback.

Started by `tfgen.sandbox.lifecycle`, never by hand. It says that it is ready through a pipe, and
it lives as long as its record lies in its folder: whoever deletes the folder, with the scratch
state that only this simulated account explains, ends the account too.
"""

from __future__ import annotations

import argparse
import ctypes
import logging
import os
import re
import secrets
import signal
import sys
import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Final

from tfgen import __version__
from tfgen.errors import ExitCode, TfgenError
from tfgen.sandbox.front import Front
from tfgen.sandbox.record import Record, process_start, read_record, write_record
from tfgen.sandbox.retries import Retries

if TYPE_CHECKING:
    from werkzeug.serving import BaseWSGIServer

    from tfgen.sandbox.world import World

# Seconds. Long enough for a loaded machine; the process ends itself when they are over, so that
# whoever waits for it never has to.
_READY_WITHIN: Final = 60
_LOOKS_EVERY: Final = 1.0

_PR_SET_DUMPABLE: Final = 4

_COLOR: Final = re.compile(r"\x1b\[[0-9;]*m")

_log = logging.getLogger("tfgen.sandbox")


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the server until it is told to stop.

    Args:
        arguments: the command line without the program's name.

    Returns:
        The exit code.
    """
    parser = argparse.ArgumentParser(prog="python -m tfgen.sandbox.server")
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--instance", required=True)
    parser.add_argument("--ready", type=int, required=True, help="the descriptor to say it on")
    parser.add_argument("--gateway-port", type=int, required=True)
    parser.add_argument("--dns-port", type=int)
    parser.add_argument("--place", required=True)
    options = parser.parse_args(arguments)
    _hide()
    _leave_the_terminal()
    signal.alarm(_READY_WITHIN)
    output = logging.StreamHandler(sys.stderr)
    output.setFormatter(_Colorless())
    logging.basicConfig(handlers=[output], level=logging.INFO)
    try:
        _serve(options)
    except TfgenError as error:
        _log.error("%s", error)
        return ExitCode.FAILED
    return ExitCode.DONE


class _Colorless(logging.Formatter):
    """Writes what werkzeug logs without the colors that it has for failures."""

    def format(self, record: logging.LogRecord) -> str:
        return _COLOR.sub("", super().format(record))


def _hide() -> None:
    """Closes the environment and the memory of this process in ``/proc``, where there is one.

    Functions are processes of the same user, who may otherwise read them:
    https://man7.org/linux/man-pages/man2/PR_SET_DUMPABLE.2const.html
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def _leave_the_terminal() -> None:
    """Goes on in a session of its own, as nobody's child.

    Its process group has its own ID, so that it and all that it starts can be ended as one.
    """
    if os.fork():
        os._exit(ExitCode.DONE)
    os.setsid()


def _serve(options: argparse.Namespace) -> None:
    import moto
    from moto.moto_server.werkzeug_app import (
        DomainDispatcherApplication,
        MotoRequestHandler,
        create_backend_app,
    )
    from werkzeug.serving import make_server

    from tfgen.places import find_place
    from tfgen.sandbox.confinement.confine import protection
    from tfgen.sandbox.control import Control
    from tfgen.sandbox.patches import apply_patches
    from tfgen.sandbox.world import World

    world = World(
        options.home / options.instance,
        find_place(options.place),
        lambda: f"http://127.0.0.1:{server.port}",
        gateway_port=options.gateway_port,
        dns_port=options.dns_port,
    )
    apply_patches(world)
    token = secrets.token_urlsafe(32)
    server = make_server(
        "127.0.0.1",
        0,
        Front(
            options.instance,
            Control(world, token),
            Retries(world.enforce(DomainDispatcherApplication(create_backend_app))),
        ),
        threaded=True,
        request_handler=MotoRequestHandler,
    )
    signal.signal(signal.SIGTERM, _stop)
    write_record(
        options.home,
        Record(
            instance=options.instance,
            pid=os.getpid(),
            process_started=process_start(os.getpid()) or "",
            port=server.port,
            gateway_port=world.gateway_port,
            dns_port=world.dns_port,
            since=datetime.now(UTC).isoformat(timespec="seconds"),
            tfgen=__version__,
            moto=moto.__version__,
            token=token,
        ),
    )
    leaving = threading.Thread(
        target=_leave_with_the_record, args=(options.home, options.instance), daemon=True
    )
    leaving.start()
    world.open()
    _log.info("%s", protection().sentence)
    signal.alarm(0)
    os.write(options.ready, b"ready")
    os.close(options.ready)
    _answer(server, world)


def _answer(server: BaseWSGIServer, world: World) -> None:
    try:
        server.serve_forever()
    finally:
        server.server_close()
        world.close()


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise SystemExit(ExitCode.DONE)


def _leave_with_the_record(home: Path, instance: str) -> None:
    while (record := read_record(home)) is not None and record.instance == instance:
        time.sleep(_LOOKS_EVERY)
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    sys.exit(main())
