"""Reads many files below one folder, in an order in which neighbors follow each other."""

from __future__ import annotations

import os
from contextlib import ExitStack
from typing import BinaryIO, Self

from tfgen.disk import steps
from tfgen.disk.folder import Folder


class Reader:
    """Opens files as ``Folder.open`` does, and the folder that they are in once for all of them.

    A context manager, which closes that folder.

    Args:
        folder: what the files are below.
    """

    def __init__(self, folder: Folder) -> None:
        self._folder = folder
        self._stack = ExitStack()
        self._parent: tuple[str, int] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()
        self._parent = None

    def open(self, path: str) -> BinaryIO:
        """Opens a file to read, which the caller closes.

        Args:
            path: of the file, relative to the folder, with ``/``.

        Raises:
            RefusedError: it is no regular file, or a part of its path is a link.
            OSError: it cannot be opened.
        """
        within, _, name = path.rpartition("/")
        if name in {"", ".", ".."} or "\0" in name:
            return self._folder.open(path)  # which says what is wrong with it
        if self._parent is None or self._parent[0] != within:
            self._stack.close()
            self._parent = None
            self._parent = (within, self._stack.enter_context(self._folder.opened(within)))
        place = self._folder.path / path
        return os.fdopen(steps.open_file(self._parent[1], name, place, os.O_RDONLY), "rb")
