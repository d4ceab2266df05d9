"""The folder for what tfgen makes on this machine and git never sees: ``.tfgen/``."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SCRATCH = ".tfgen"


def make_scratch(project: Path) -> Path:
    """Makes a project's scratch folder, which tells git by itself to look away.

    Args:
        project: the folder of the config.

    Returns:
        The folder.

    Raises:
        OSError: it cannot be made.
    """
    folder = project / SCRATCH
    folder.mkdir(exist_ok=True)
    ignore = folder / ".gitignore"
    if not ignore.exists():
        ignore.write_text("*\n", encoding="utf-8")
    return folder


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Waits until no other process holds a lock, and holds it.

    The kernel lets go of it when the process ends, however it ends; the file stays.

    Args:
        path: the file to lock; made if it is missing.

    Raises:
        OSError: it cannot be opened.
    """
    with path.open("a", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
