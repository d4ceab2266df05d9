"""Replacing a file: whoever reads it, at any moment, sees the old content or the new."""

from __future__ import annotations

from pathlib import Path

from tfgen.disk import paths


def replace_file(path: Path, content: bytes, *, mode: int) -> None:
    """Writes a file beside another one, and puts it in its place when it is on the disk.

    Args:
        path: the file, which need not exist.
        content: all of it.
        mode: of a new file; one that exists keeps its own.

    Raises:
        TfgenError: there is something else, such as a link.
        OSError: it cannot be written; it is as it was.
    """
    paths.write(path, content, mode=mode)
