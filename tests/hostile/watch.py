"""Runs a command of tfgen and fails it when it opens a file of the project by another rule.

The rule is that of `tfgen.disk`: a name is opened in an open folder, and never through a link.
Python tells an audit hook of each call that touches the disk, though not of which folder it is in:
https://docs.python.org/3/library/audit_events.html
"""

from __future__ import annotations

import os
import sys
import tempfile
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.write.processes import forked

_FAILED = 99

# Event → the numbers of its path and of the descriptor of the folder that it is in.
_CALLS: dict[str, tuple[tuple[int, int | None], ...]] = {
    "os.chmod": ((0, 2),),
    "os.chown": ((0, 3),),
    "os.link": ((0, 2), (1, 3)),
    "os.listdir": ((0, None),),
    "os.mkdir": ((0, 2),),
    "os.remove": ((0, 1),),
    "os.rename": ((0, 2), (1, 3)),
    "os.rmdir": ((0, 1),),
    "os.scandir": ((0, None),),
    "os.symlink": ((1, 2),),
    "os.truncate": ((0, None),),
    "os.utime": ((0, 3),),
}


@dataclass(frozen=True)
class Outcome:
    """How a command ended."""

    code: int
    out: str
    err: str


def run(
    project: Path,
    *arguments: str,
    prepare: Callable[[], object] | None = None,
    but: tuple[str, ...] = (),
) -> Outcome:
    """Runs a command in a child that is watched.

    Args:
        project: the folder, below which everything must be opened by the rule.
        arguments: what follows ``tfgen``.
        prepare: done in the child before the command.
        but: folders of the project that are not watched.
    """
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        watcher = _Watcher(os.path.realpath(project), but)

        def work() -> None:
            _command(project, arguments, out.fileno(), err.fileno(), prepare, watcher)

        child = forked(work)
        _, status = os.waitpid(child, 0)
        texts = []
        for file in (out, err):
            file.seek(0)
            texts.append(file.read().decode())
    outcome = Outcome(os.waitstatus_to_exitcode(status), *texts)
    assert outcome.code != _FAILED, outcome.err
    assert "Traceback" not in outcome.err, outcome.err
    return outcome


def _command(
    project: Path,
    arguments: tuple[str, ...],
    out: int,
    err: int,
    prepare: Callable[[], object] | None,
    watcher: _Watcher,
) -> None:
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(out, 1)
    os.dup2(err, 2)
    sys.stdin = open(0, closefd=False)  # noqa: SIM115 - pytest has put its own there
    sys.stdout = open(1, "w", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", closefd=False)  # noqa: SIM115
    os.environ["NO_COLOR"] = "1"
    os.chdir(project)
    from tfgen.cli.app import main

    if prepare is not None:
        prepare()
    sys.addaudithook(watcher.hear)
    sys.argv = ["tfgen", *arguments]
    code: object = 0
    try:
        main()
    except SystemExit as exit_:
        code = exit_.code
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code if isinstance(code, int) else 0 if code is None else 1)


class _Watcher:
    """Ends this process when it touches something below a project by another rule."""

    def __init__(self, root: str, but: tuple[str, ...]) -> None:
        self._root = root
        self._but = tuple(f"{root}/{folder}" for folder in but)
        self._is_busy = False

    def hear(self, event: str, arguments: tuple[object, ...]) -> None:
        if self._is_busy or (event != "open" and event not in _CALLS):
            return
        self._is_busy = True
        try:
            found = self._judge(event, arguments)
        finally:
            self._is_busy = False
        if found is not None:
            os.write(2, f"opened by another rule: {event} {found!r}\n".encode())
            os.write(2, "".join(traceback.format_stack(limit=14)).encode())
            os._exit(_FAILED)

    def _judge(self, event: str, arguments: tuple[object, ...]) -> object:
        """Returns what was touched by another rule, if anything."""
        if event == "open":
            path, _, flags = arguments
            is_safe = _is_single(path) and isinstance(flags, int) and flags & os.O_NOFOLLOW
            return None if is_safe or not self._is_below(path) else path
        for path_number, folder_number in _CALLS[event]:
            path = arguments[path_number]
            folder = -1 if folder_number is None else arguments[folder_number]
            if self._is_below(path) and (folder == -1 or not _is_single(path)):
                return path
        return None

    def _is_below(self, path: object) -> bool:
        if not isinstance(path, str | bytes | os.PathLike):
            return False  # a descriptor
        place = os.path.join(os.getcwd(), os.fsdecode(path))  # noqa: PTH109, PTH118
        candidates = {os.path.normpath(place), os.path.realpath(place)}
        return any(
            each.startswith(f"{self._root}/") and not each.startswith(self._but)
            for each in candidates
        )


def _is_single(path: object) -> bool:
    return isinstance(path, str) and "/" not in path
