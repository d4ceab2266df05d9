"""Replacing a file: whoever reads it, at any moment, sees the old content or the new."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path


def replace_file(path: Path, content: bytes, *, mode: int) -> None:
    """Writes a file beside another one, and puts it in its place when it is on the disk.

    Args:
        path: the file, which need not exist. Where it is a link, the file behind it is replaced.
        content: all of it.
        mode: of a new file; one that exists keeps its own.

    Raises:
        OSError: it cannot be written; it is as it was.
    """
    path = path.resolve()
    with contextlib.suppress(FileNotFoundError):
        mode = path.stat().st_mode & 0o777
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside = Path(name)
        beside.chmod(mode)
        beside.replace(path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            Path(name).unlink()
        raise
