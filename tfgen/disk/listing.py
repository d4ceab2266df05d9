"""Lists and removes folders that are not trusted, without ever following a link."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tfgen.disk.refusals import too_deep, too_many
from tfgen.disk.steps import look, named, open_folder


@dataclass(frozen=True, slots=True)
class Entry:
    """One name in a folder.

    Attributes:
        path: relative to the folder that was asked, with ``/``.
        status: of the entry itself, not of what a link leads to.
    """

    path: str
    status: os.stat_result = field(repr=False)

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition("/")[2]

    @property
    def is_file(self) -> bool:
        """Whether it is a regular file."""
        return stat.S_ISREG(self.status.st_mode)

    @property
    def is_folder(self) -> bool:
        """Whether it is a real folder."""
        return stat.S_ISDIR(self.status.st_mode)

    @property
    def is_link(self) -> bool:
        """Whether it is a symbolic link."""
        return stat.S_ISLNK(self.status.st_mode)


def entries(folder: int, within: str, place: Path, limit: int) -> list[Entry]:
    """Lists an open folder, sorted by name.

    Args:
        folder: the descriptor of the folder.
        within: what comes before each name in the paths of the entries.
        place: the path of the folder, for errors.
        limit: how many entries there may be.

    Raises:
        RefusedError: there are more.
        OSError: it cannot be listed.
    """
    found: list[Entry] = []
    with named(place), listed_again(folder) as descriptor, os.scandir(descriptor) as items:
        for item in items:
            if len(found) == limit:
                raise too_many(place, limit)
            # What is gone since it was listed is no entry any more.
            if (status := look(folder, item.name)) is not None:
                found.append(Entry(f"{within}/{item.name}" if within else item.name, status))
    return sorted(found, key=lambda entry: entry.path)


@dataclass(slots=True)
class Walk:
    """A walk through all folders below one, with its bounds.

    Attributes:
        place: the path of the folder, for errors.
        enter: says whether to look into a folder.
        depth: how many folders may be inside each other.
        left: how many more entries there may be.
        limit: how many there may be together.
    """

    place: Path
    enter: Callable[[Entry], bool]
    depth: int
    left: int
    limit: int

    def below(self, folder: int, within: str = "", depth: int = 0) -> Iterator[Entry]:
        """Yields everything below an open folder; a folder comes before what is in it."""
        place = self.place / within
        if depth > self.depth:
            raise too_deep(place, self.depth)
        found = entries(folder, within, place, self.left + 1)
        self.left -= len(found)
        if self.left < 0:
            raise too_many(self.place, self.limit)
        for entry in found:
            yield entry
            if entry.is_folder and self.enter(entry):
                try:
                    child = open_folder(folder, entry.name, self.place / entry.path)
                except FileNotFoundError:
                    continue
                try:
                    yield from self.below(child, entry.path, depth + 1)
                finally:
                    os.close(child)


def remove(parent: int, name: str, place: Path, limit: int, depth: int = 0) -> None:
    """Removes whatever has a name in an open folder: a link itself, a folder with all in it.

    Args:
        parent: the descriptor of the open folder.
        name: of what is removed; nothing happens if it is missing.
        place: its path, for errors.
        limit: how many folders may be inside each other.
        depth: how many this one is inside of.

    Raises:
        RefusedError: the folders are too deep inside each other.
        OSError: something cannot be removed.
    """
    status = look(parent, name)
    if status is None:
        return
    if not stat.S_ISDIR(status.st_mode):
        os.unlink(name, dir_fd=parent)
        return
    if depth > limit:
        raise too_deep(place, limit)
    open_up(parent, name, status)
    folder = open_folder(parent, name, place)
    try:
        for each in names_in(folder):
            remove(folder, each, place / each, limit, depth + 1)
    finally:
        os.close(folder)
    os.rmdir(name, dir_fd=parent)


def names_in(folder: int) -> list[str]:
    """Returns the names in an open folder."""
    with listed_again(folder) as descriptor, os.scandir(descriptor) as items:
        return [item.name for item in items]


@contextmanager
def listed_again(folder: int) -> Iterator[int]:
    """Opens an open folder again, to list it or to set its times."""
    descriptor = os.open(
        ".", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC | os.O_NOFOLLOW, dir_fd=folder
    )
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def open_up(parent: int, name: str, status: os.stat_result) -> None:
    """Lets its owner take files out of a real folder that is not writable for them."""
    if status.st_mode & stat.S_IRWXU == stat.S_IRWXU or status.st_uid != os.geteuid():
        return
    mode = stat.S_IMODE(status.st_mode) | stat.S_IRWXU
    if not hasattr(os, "O_PATH"):
        os.chmod(name, mode, dir_fd=parent, follow_symlinks=False)
        return
    # Linux has no chmod that leaves links alone; this descriptor is of the folder itself.
    descriptor = os.open(
        name, os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=parent
    )
    try:
        Path(f"/proc/self/fd/{descriptor}").chmod(mode)
    finally:
        os.close(descriptor)
