"""Starting, finding and stopping a project's sandbox.

A sandbox is one simulated account, in the memory of one process. Whatever describes that account,
Terraform's state above all, is worthless and misleading without it; so it lies in a folder named
after the instance, which goes with it: ``.tfgen/sandbox/<instance>/``.
"""

from __future__ import annotations

import errno
import importlib.util
import os
import re
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Final

from tfgen.disk import paths
from tfgen.errors import TfgenError
from tfgen.sandbox.environment import server_environment
from tfgen.sandbox.front import Answer, ask
from tfgen.sandbox.options import Options
from tfgen.sandbox.record import LOG, RECORD, Record, process_start, read_record
from tfgen.scratch import SCRATCH, check_scratch, locked, make_scratch

_LOCK: Final = "lock"
_INSTANCE: Final = re.compile(r"[0-9a-f]{12}")
_NEEDED: Final = ("moto", "flask", "flask_cors", "werkzeug", "airspeed")
_TAIL: Final = 12  # lines

# Seconds. A server that is told to stop has to end what it started.
_STOPS_WITHIN: Final = 5.0
_ANSWERS_WITHIN: Final = 5.0

_REMOVALS: Final = 20


@dataclass(frozen=True, slots=True)
class Running:
    """A sandbox that answers.

    Attributes:
        instance: names the simulated account; another start is another account.
        pid: its process.
        port: on 127.0.0.1, where AWS is.
        gateway_port: on 127.0.0.1, where the deployed APIs are.
        dns_port: on 127.0.0.1, where the hosted zones are; None is nowhere.
        since: when it began to answer.
        tfgen: the version of tfgen that serves.
        moto: the version of moto that serves.
        token: what its control asks for.
        scratch: the folder for everything that is only true of this account; goes with it.
        regions: the regions that it was asked about.
        new: whether this call started it.
    """

    instance: str
    pid: int
    port: int
    gateway_port: int
    dns_port: int | None
    since: datetime
    tfgen: str
    moto: str
    token: str = field(repr=False)
    scratch: Path
    regions: tuple[str, ...]
    new: bool = False

    @property
    def endpoint(self) -> str:
        """The URL that Terraform and the AWS SDKs take for AWS."""
        return f"http://127.0.0.1:{self.port}"


def start(project: Path, options: Options | None = None) -> Running:
    """Starts a project's sandbox, or finds the one that runs.

    What an earlier sandbox left behind is removed first. Two that start at once get the same one.

    Args:
        project: the folder of the config.
        options: for a sandbox that is not running yet.

    Raises:
        TfgenError: moto is missing, the folder cannot be written, or the sandbox does not start.
    """
    _require_extra()
    with _exclusively(project) as home:
        found = _found(home)
        if found is not None:
            return found
        _sweep(home)
        _launch(home, options or Options())
        started = _found(home)
        if started is None:
            raise _not_started(home / LOG)
        return replace(started, new=True)


def stop(project: Path) -> bool:
    """Stops a project's sandbox and removes what only it explained; its log stays.

    Args:
        project: the folder of the config.

    Returns:
        Whether one was running.

    Raises:
        TfgenError: it runs as another user, or the folder cannot be written.
    """
    if not paths.is_folder(_home(project)):
        return False
    with _exclusively(project) as home:
        record = _living(home)
        if record is not None:
            _end(record)
        _sweep(home)
        return record is not None


def find(project: Path) -> Running | None:
    """Returns a project's sandbox if it runs. Nothing is started, changed or cleaned.

    Args:
        project: the folder of the config.

    Raises:
        TfgenError: its process runs and does not answer.
    """
    return _found(_home(project))


def _home(project: Path) -> Path:
    paths.trust(project)
    check_scratch(project)
    return project.absolute() / SCRATCH / "sandbox"


@contextmanager
def _exclusively(project: Path) -> Iterator[Path]:
    """Keeps other commands from starting or stopping this project's sandbox meanwhile."""
    home = _home(project)
    try:
        make_scratch(project)
        paths.make(home, mode=0o700)
        with locked(home / _LOCK):
            yield home
    except OSError as error:
        raise TfgenError(
            f"The sandbox cannot use its folder: {error.strerror}",
            place=str(error.filename or home),
            hint="make the folder writable for yourself",
        ) from error


def _require_extra() -> None:
    missing = next((name for name in _NEEDED if importlib.util.find_spec(name) is None), None)
    if missing is not None:
        raise TfgenError(
            f"The sandbox needs {missing}, which is not installed",
            hint="install it with `pip install 'tfgen[sandbox]'`",
        )


def _living(home: Path) -> Record | None:
    record = read_record(home)
    if record is None or not _INSTANCE.fullmatch(record.instance):
        return None
    if process_start(record.pid) != record.process_started:
        return None
    return record


def _launch(home: Path, options: Options) -> None:
    instance = secrets.token_hex(6)
    paths.make(home / instance, mode=0o700)
    log = home / LOG
    readable, writable = os.pipe()
    try:
        with paths.open_file(log, "wb", mode=0o600) as output:
            subprocess.run(
                [
                    *(sys.executable, "-P", "-m", "tfgen.sandbox.server"),
                    *("--home", str(home), "--instance", instance, "--ready", str(writable)),
                    *("--gateway-port", str(options.gateway_port), "--place", options.place),
                    *(() if options.dns_port is None else ("--dns-port", str(options.dns_port))),
                ],
                cwd=home,
                env=server_environment(os.environ),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                pass_fds=(writable,),
                check=False,
            )
    finally:
        os.close(writable)
    # The other end closes when the server ends, and it ends by itself if it is not ready in time.
    with os.fdopen(readable, "rb") as pipe:
        if not pipe.read():
            raise _not_started(log)


def _not_started(log: Path) -> TfgenError:
    lines = paths.read_text(log, errors="replace").splitlines()
    tail = "\n".join(f"  {line}" for line in lines[-_TAIL:]) or "  (nothing)"
    return TfgenError(
        "The sandbox does not start",
        place=str(log),
        hint=f"the end of its log says why:\n\n{tail}",
    )


def _found(home: Path) -> Running | None:
    """Returns the sandbox that answers; None if there is none or if it has just ended."""
    deadline = time.monotonic() + _ANSWERS_WITHIN
    while (record := _living(home)) is not None:
        answer = ask(record.port, timeout=_ANSWERS_WITHIN)
        if answer is not None and answer.instance == record.instance:
            return _running(home, record, answer)
        if time.monotonic() > deadline:
            raise TfgenError(
                f"The sandbox runs as process {record.pid}, "
                f"but does not answer on port {record.port}",
                place=str(home / LOG),
                hint="run `tfgen sandbox stop`, then try again",
            )
        # A process that was killed closes its sockets before it is gone.
        time.sleep(0.05)
    return None


def _running(home: Path, record: Record, answer: Answer) -> Running:
    return Running(
        instance=record.instance,
        pid=record.pid,
        port=record.port,
        gateway_port=record.gateway_port,
        dns_port=record.dns_port or None,
        since=datetime.fromisoformat(record.since),
        tfgen=record.tfgen,
        moto=record.moto,
        token=record.token,
        scratch=home / record.instance,
        regions=answer.regions,
    )


def _end(record: Record) -> None:
    """Asks the server to stop, then ends it and everything that it started."""
    try:
        os.kill(record.pid, signal.SIGTERM)
        deadline = time.monotonic() + _STOPS_WITHIN
        while process_start(record.pid) == record.process_started and time.monotonic() < deadline:
            time.sleep(0.02)
        os.killpg(record.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    except PermissionError as error:
        raise TfgenError(
            f"The sandbox runs as another user's process {record.pid}",
            hint=f"stop it as that user, or with `sudo kill {record.pid}`",
        ) from error


def _sweep(home: Path) -> None:
    """Removes what sandboxes that no longer run have left."""
    for entry in paths.entries(home):
        if entry.is_folder and _INSTANCE.fullmatch(entry.name):
            _remove(home / entry.name)
        elif RECORD in entry.name and not entry.is_folder:
            paths.remove(home / entry.name)


def _remove(folder: Path) -> None:
    """Removes a folder in which a function that was just ended may still be writing."""
    for _ in range(_REMOVALS):
        try:
            paths.remove_tree(folder)
        except OSError as error:
            if paths.status(folder) is None:
                return
            if error.errno not in {errno.ENOTEMPTY, errno.ENOENT}:
                raise
            time.sleep(0.05)
        else:
            return
    paths.remove_tree(folder)
