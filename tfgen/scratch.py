"""The folder for what tfgen makes on this machine and git never sees: ``.tfgen/``."""

from __future__ import annotations

import fcntl
import os
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tfgen.disk import Folder, paths, shown
from tfgen.disk.tracked import first_tracked
from tfgen.errors import TfgenError

SCRATCH = ".tfgen"


def make_scratch(project: Path) -> Path:
    """Makes a project's scratch folder, which tells git by itself to look away.

    Args:
        project: the folder of the config.

    Returns:
        The folder.

    Raises:
        TfgenError: git tracks something in it, or it is no real folder.
        OSError: it cannot be made.
    """
    paths.trust(project)
    check_scratch(project)
    folder = Folder(project).at(SCRATCH)
    folder.make()
    if not folder.is_file(".gitignore"):
        folder.write(".gitignore", b"*\n")
    return project / SCRATCH


def check_scratch(project: Path) -> None:
    """Refuses a scratch folder that came with a repository.

    What is in it was made on one machine, and tfgen acts on it: it finishes a render that was
    killed, and recovers an apply.

    Args:
        project: the folder of the config.

    Raises:
        TfgenError: git tracks something in it.
    """
    tracked = first_tracked(project / SCRATCH)
    if tracked is not None:
        place = shown(project / SCRATCH / tracked)
        folder = shlex.quote(shown(project / SCRATCH))
        raise TfgenError(
            f"git tracks {place:.200}, and {SCRATCH} is for what tfgen makes on one machine",
            place=f"{place:.200}",
            hint=f"remove it from the repository with `git rm -r -f {folder}`, and commit that",
        )


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Waits until no other process holds a lock, and holds it.

    The kernel lets go of it when the process ends, however it ends; the file stays.

    Args:
        path: the file to lock; made if it is missing.

    Raises:
        TfgenError: there is something else than a file.
        OSError: it cannot be opened.
    """
    descriptor = paths.descriptor(path, os.O_RDWR | os.O_CREAT)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
