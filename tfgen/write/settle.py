"""The end of a write, be it done, failed or killed: nothing of the user's stays aside."""

from __future__ import annotations

import errno
import itertools
import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

from tfgen.disk import DEPTH_LIMIT, Folder, RefusedError
from tfgen.disk.listing import names_in, open_up
from tfgen.disk.refusals import too_deep, wrong_kind
from tfgen.disk.steps import look, named, open_folder
from tfgen.write.build import Record
from tfgen.write.manifest import Identity
from tfgen.write.slot import Slot

_CHUNK = 1024 * 1024  # bytes


def settle(slot: Slot, *, live: bool = False) -> None:
    """Finishes what a write left aside, and removes its slot.

    Whatever moment the write ended at, this may be called, killed, and called again.

    Args:
        slot: of a write that is over; the lock is held.
        live: the exchange has just been made by this process, so what is missing in the old tree
            now was deleted while the new one was built, and is to be deleted there as well.

    Raises:
        RefusedError: what is there is not what a write leaves, such as a link.
        OSError: something cannot be moved or removed; it stays where it is.
    """
    if slot.home.is_folder():
        record = slot.record()
        for aside in (slot.home, slot.beside):
            if record is not None and aside.is_folder():
                _settle_old(slot.root, aside, record, live=live)
    for aside in (slot.beside, slot.home):
        # The trees of the user are one deeper here than in their own place.
        aside.remove_tree("", depth=DEPTH_LIMIT + 2)


def _settle_old(root: Folder, aside: Folder, record: Record, *, live: bool) -> None:
    new, old = _folder_in(aside, "new"), _folder_in(aside, "old")
    name, built = "old", new is not None and new.st_ino == record.inode
    if old is None:
        if built or new is None:
            return
        name = "new"
    elif root.status() is None:
        # Killed between the two renames that stand in for an exchange.
        aside.move("old", root, "")
        return
    elif built:
        # The same, but since then somebody made a tree of their own: we know nothing about that.
        record = replace(record, folders=frozenset(), entries={}, written={})

    drain = _Drain(aside.at(name), root, record)
    if live:
        drain.repeat_deletions()
    with aside.opened() as parent:
        drain.empty("", parent, name)


def _folder_in(aside: Folder, name: str) -> os.stat_result | None:
    """Returns what is known of a tree aside; None if there is none.

    Raises:
        RefusedError: there is something else than a folder, which no write leaves there.
    """
    status = aside.status(name)
    if status is not None and not stat.S_ISDIR(status.st_mode):
        raise wrong_kind(aside.path / name, status.st_mode, "folder")
    return status


class _Drain:
    """Empties the old tree: known files go, all others are moved to the tree in place."""

    def __init__(self, old: Folder, root: Folder, record: Record) -> None:
        self._old = old
        self._root = root
        self._record = record

    def repeat_deletions(self) -> None:
        """Deletes from the new tree what was deleted from the old one while it was linked."""
        left: dict[str, set[str]] = {}
        for path, entry in self._record.entries.items():
            folder, _, name = path.rpartition("/")
            if entry.linked and name not in left.setdefault(folder, self._left_in(folder, left)):
                placed = self._placed(path)
                if placed is not None and placed.st_ino == entry.identity.inode:
                    self._root.remove(path)
        for path in sorted(self._record.folders, reverse=True):
            if not self._old_has_folder(path) and self._is_placed_folder(path):
                with self._root.parent(path) as (parent, name):
                    _rmdir_if_empty(parent, name)

    def empty(self, folder: str, parent: int, name: str) -> None:
        """Empties and removes one folder of the old tree.

        Args:
            folder: its path in the tree.
            parent: the descriptor of the folder that it is in.
            name: the last part of its path on disk.
        """
        place = self._old.path / folder
        if folder.count("/") > DEPTH_LIMIT:
            raise too_deep(place, DEPTH_LIMIT)
        with named(place):
            if (status := look(parent, name)) is not None:
                open_up(parent, name, status)
            here = open_folder(parent, name, place)
            try:
                is_removed = False
                while not is_removed:
                    for each in names_in(here):
                        self._settle_item(f"{folder}/{each}" if folder else each, here, each)
                    is_removed = _rmdir_if_empty(parent, name)
            finally:
                os.close(here)

    def _settle_item(self, path: str, here: int, name: str) -> None:
        status = look(here, name)
        if status is None:
            return
        if stat.S_ISDIR(status.st_mode):
            if path in self._record.folders or self._is_placed_folder(path):
                self.empty(path, here, name)
            else:
                self._move(path)
        elif self._is_known(path, Identity.of(status)):
            os.unlink(name, dir_fd=here)
        else:
            self._move(path)

    def _is_known(self, path: str, identity: Identity) -> bool:
        entry = self._record.entries.get(path)
        if entry is None:
            return False
        if entry.linked and entry.identity.inode == identity.inode:
            return True
        return entry.identity == identity

    def _move(self, path: str) -> None:
        """Moves something of the user's to where it belongs, or beside what is there."""
        target = ""
        *folders, name = path.split("/")
        for folder in folders:
            target = next(
                candidate
                for candidate in _names(f"{target}/{folder}" if target else folder)
                if self._root.status(candidate) is None or self._root.is_folder(candidate)
            )
        self._root.make(target)
        for candidate in _names(f"{target}/{name}" if target else name):
            status = self._root.status(candidate)
            if status is None:
                break
            if self._is_ours(path, status):
                self._root.remove(candidate)
                break
            if self._is_same_text(path, candidate):
                self._old.remove(path)
                return
        self._old.move(path, self._root, candidate)

    def _is_ours(self, path: str, placed: os.stat_result) -> bool:
        """Says whether what is in place is what the write put there, untouched since."""
        entry = self._record.entries.get(path)
        ours = entry.identity if entry and entry.linked else self._record.written.get(path)
        return ours == Identity.of(placed)

    def _is_same_text(self, path: str, candidate: str) -> bool:
        if not (self._old.is_file(path) and self._root.is_file(candidate)):
            return False
        with self._old.open(path) as first, self._root.open(candidate) as second:
            if os.fstat(first.fileno()).st_size != os.fstat(second.fileno()).st_size:
                return False
            while (chunk := first.read(_CHUNK)) == second.read(_CHUNK):
                if not chunk:
                    return True
        return False

    def _left_in(self, folder: str, known: dict[str, set[str]]) -> set[str]:
        """Returns the names that are left in a folder of the old tree."""
        if folder in known:
            return known[folder]
        # A folder that is gone, or is something else by now, has lost all that was in it.
        with suppress(FileNotFoundError, RefusedError), self._old.opened(folder) as descriptor:
            return set(names_in(descriptor))
        return set()

    def _old_has_folder(self, path: str) -> bool:
        with suppress(RefusedError):
            return self._old.is_folder(path)
        return False

    def _placed(self, path: str) -> os.stat_result | None:
        with suppress(RefusedError):  # behind a link, or a file, that the user has made since
            return self._root.status(path)
        return None

    def _is_placed_folder(self, path: str) -> bool:
        placed = self._placed(path)
        return placed is not None and stat.S_ISDIR(placed.st_mode)


def _names(path: str) -> Iterator[str]:
    """Yields the path and, without end, names beside it that Terraform does not read."""
    yield path
    yield f"{path}.rescued"
    for number in itertools.count(2):
        yield f"{path}.rescued-{number}"


def _rmdir_if_empty(parent: int, name: str) -> bool:
    try:
        os.rmdir(name, dir_fd=parent)
    except OSError as error:
        if error.errno not in {errno.ENOTEMPTY, errno.EEXIST}:
            raise
        return False
    return True
