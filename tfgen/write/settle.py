"""The end of a write, be it done, failed or killed: nothing of the user's stays aside."""

from __future__ import annotations

import errno
import filecmp
import itertools
import os
import stat
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from tfgen.write.build import Record
from tfgen.write.manifest import Identity
from tfgen.write.slot import Slot


def settle(slot: Slot, *, live: bool = False) -> None:
    """Finishes what a write left aside, and removes its slot.

    Whatever moment the write ended at, this may be called, killed, and called again.

    Args:
        slot: of a write that is over; the lock is held.
        live: the exchange has just been made by this process, so what is missing in the old tree
            now was deleted while the new one was built, and is to be deleted there as well.

    Raises:
        OSError: something cannot be moved or removed; it stays where it is.
    """
    record = slot.record()
    for aside in (slot.home, slot.beside):
        if record is not None:
            _settle_old(slot.root, aside, record, live=live)
    for aside in (slot.beside, slot.home):
        _remove(aside)


def _settle_old(root: Path, aside: Path, record: Record, *, live: bool) -> None:
    new, old = aside / "new", aside / "old"
    built = _inode(new) == record.inode
    if not old.exists():
        if built or not new.exists():
            return
        old = new
    elif not root.exists():
        # Killed between the two renames that stand in for an exchange.
        old.rename(root)
        return
    elif built:
        # The same, but since then somebody made a tree of their own: we know nothing about that.
        record = replace(record, folders=frozenset(), entries={}, written={})

    drain = _Drain(old, root, record)
    if live:
        drain.repeat_deletions()
    drain.empty("")


class _Drain:
    """Empties the old tree: known files go, all others are moved to the tree in place."""

    def __init__(self, old: Path, root: Path, record: Record) -> None:
        self._old = old
        self._root = root
        self._record = record

    def repeat_deletions(self) -> None:
        """Deletes from the new tree what was deleted from the old one while it was linked."""
        for path, entry in self._record.entries.items():
            placed = self._root / path
            if (
                entry.linked
                and _mode(self._old / path) is None
                and _inode(placed) == entry.identity.inode
            ):
                placed.unlink()
        for path in sorted(self._record.folders, reverse=True):
            placed = self._root / path
            if not _is_folder(self._old / path) and _is_folder(placed):
                _rmdir_if_empty(placed)

    def empty(self, folder: str) -> None:
        """Empties and removes one folder of the old tree."""
        place = self._old / folder
        _open_up(place)
        is_removed = False
        while not is_removed:
            for item in list(os.scandir(place)):
                path = f"{folder}/{item.name}" if folder else item.name
                status = item.stat(follow_symlinks=False)
                if stat.S_ISDIR(status.st_mode):
                    self._empty_or_move(path)
                elif self._is_known(path, Identity.of(status)):
                    Path(item.path).unlink()
                else:
                    self._move(path)
            is_removed = _rmdir_if_empty(place)

    def _empty_or_move(self, path: str) -> None:
        if path in self._record.folders or _is_folder(self._root / path):
            self.empty(path)
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
        source, target = self._old / path, self._root
        *folders, name = path.split("/")
        for folder in folders:
            target = next(
                candidate
                for candidate in _names(target / folder)
                if _mode(candidate) is None or _is_folder(candidate)
            )
        target.mkdir(parents=True, exist_ok=True)
        for candidate in _names(target / name):
            if _mode(candidate) is None:
                break
            if self._is_ours(path, candidate):
                candidate.unlink()
                break
            if _is_same_text(source, candidate):
                source.unlink()
                return
        source.rename(candidate)

    def _is_ours(self, path: str, placed: Path) -> bool:
        """Says whether what is in place is what the write put there, untouched since."""
        entry = self._record.entries.get(path)
        ours = entry.identity if entry and entry.linked else self._record.written.get(path)
        return ours == Identity.of(placed.lstat())


def _names(path: Path) -> Iterator[Path]:
    """Yields the path and, without end, names beside it that Terraform does not read."""
    yield path
    yield path.with_name(f"{path.name}.rescued")
    for number in itertools.count(2):
        yield path.with_name(f"{path.name}.rescued-{number}")


def _mode(path: Path) -> int | None:
    try:
        return path.lstat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return None


def _inode(path: Path) -> int | None:
    try:
        return path.lstat().st_ino
    except (FileNotFoundError, NotADirectoryError):
        return None


def _is_folder(path: Path) -> bool:
    return stat.S_ISDIR(_mode(path) or 0)


def _is_same_text(first: Path, second: Path) -> bool:
    are_files = all(stat.S_ISREG(_mode(path) or 0) for path in (first, second))
    return are_files and filecmp.cmp(first, second, shallow=False)


def _rmdir_if_empty(folder: Path) -> bool:
    try:
        folder.rmdir()
    except OSError as error:
        if error.errno not in {errno.ENOTEMPTY, errno.EEXIST}:
            raise
        return False
    return True


def _open_up(folder: Path) -> None:
    """Lets its owner take files out of a folder that is not writable, such as a user's own."""
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        folder.chmod(stat.S_IRWXU)


def _remove(folder: Path) -> None:
    """Removes a folder of links and copies, which may hold folders that are not writable."""
    if not _is_folder(folder):
        return
    _open_up(folder)
    for item in list(os.scandir(folder)):
        if item.is_dir(follow_symlinks=False):
            _remove(Path(item.path))
        else:
            Path(item.path).unlink()
    folder.rmdir()
