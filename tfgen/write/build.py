"""The new tree, built aside out of links to the old one and the files that change."""

from __future__ import annotations

import errno
import os
import shutil
import stat
from collections import defaultdict
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tfgen.errors import TfgenError
from tfgen.write.compare import Change, Comparison, ancestors
from tfgen.write.failures import shown
from tfgen.write.manifest import MANIFEST, Identity


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of the old tree as it was when the new one was built.

    Attributes:
        linked: the new tree has the very same file, so its content cannot differ.
    """

    identity: Identity
    linked: bool


@dataclass(frozen=True, slots=True)
class Record:
    """What the new tree was built from.

    Attributes:
        inode: of the new tree's root folder.
        folders: the folders of the old tree.
        entries: everything else in the old tree.
        written: the files that the new tree does not share with the old one.
    """

    inode: int
    folders: frozenset[str]
    entries: dict[str, Entry]
    written: dict[str, Identity]


def build(comparison: Comparison, old: Path, new: Path, *, link: bool) -> Record:
    """Builds the tree that a comparison asks for.

    Args:
        comparison: without conflicts, or with conflicts that may be overwritten.
        old: the tree on disk; need not exist. It is only read.
        new: where to build; must not exist.
        link: whether the file system of ``new`` has hard links. They are also refused (EXDEV) when
            the old tree is on another file system.

    Raises:
        TfgenError: part of the old tree is a mount point.
        OSError: the old tree cannot be read or linked, or the new one cannot be written.
    """
    builder = _Builder(comparison, old, new, link=link)
    new.mkdir()
    if old.exists():
        builder.carry("")
    builder.add_folders()
    builder.reach_disk()
    return Record(new.stat().st_ino, frozenset(builder.folders), builder.entries, builder.written)


class _Builder:
    def __init__(self, comparison: Comparison, old: Path, new: Path, *, link: bool) -> None:
        self.folders: list[str] = []
        self.entries: dict[str, Entry] = {}
        self.written: dict[str, Identity] = {}
        self._fresh: list[Path] = []
        self._shown = comparison.root
        self._old = old
        self._new = new
        self._link = link
        self._device = old.stat().st_dev if old.exists() else None

        manifest = Change(
            MANIFEST,
            "kept" if comparison.manifest == comparison.current.text else "changed",
            comparison.current.text,
            comparison.manifest,
            comparison.current.identity,
        )
        changes = [c for c in (*comparison.changes, manifest) if c.kind != "kept"]
        self._dropped = {c.path: c.seen for c in changes if c.seen is not None}
        self._texts: defaultdict[str, list[Change]] = defaultdict(list)
        for change in changes:
            if change.after is not None:
                self._texts[_folder_of(change.path)].append(change)
        self._needed = {
            folder for c in changes if c.after is not None for folder in ancestors(c.path)
        }

    def carry(self, folder: str) -> bool:
        """Rebuilds one folder of the old tree.

        Returns:
            Whether the new one has a reason to stay: something is in it or will be, or the old one
            was empty as well, which only its user can have wanted.
        """
        old, new = self._old / folder, self._new / folder
        stays, touched, listed = folder in self._needed, folder in self._texts, False
        with os.scandir(old) as items:
            for item in items:
                listed = True
                path = f"{folder}/{item.name}" if folder else item.name
                try:
                    is_kept = self._carry_item(item, path)
                except FileNotFoundError:
                    # Deleted since it was listed, by whoever owns it.
                    if os.path.lexists(item.path):
                        raise
                    continue
                stays |= is_kept
                touched |= not is_kept
        if touched and not os.access(old, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(old))
        self._write(self._texts.pop(folder, ()))
        _copy_attributes(old, new)
        if touched:
            os.utime(new)
        return stays or not listed

    def add_folders(self) -> None:
        """Writes the files whose folders the old tree does not have."""
        for folder, changes in sorted(self._texts.items()):
            (self._new / folder).mkdir(parents=True, exist_ok=True)
            self._write(changes)

    def reach_disk(self) -> None:
        """Waits until what was written would survive a power cut.

        All at once at the end, because the first wait pays for most of the others.
        """
        for path in self._fresh:
            with path.open("rb") as file:
                os.fsync(file.fileno())

    def _carry_item(self, item: os.DirEntry[str], path: str) -> bool:
        status = item.stat(follow_symlinks=False)
        target = self._new / path
        if stat.S_ISDIR(status.st_mode):
            self._check_folder(item, status)
            target.mkdir()
            self.folders.append(path)
            stays = self.carry(path)
            if not stays:
                target.rmdir()
            return stays
        if path in self._dropped:
            self.entries[path] = Entry(self._dropped[path], linked=False)
            return False
        linked = self._link and _link(item.path, target)
        if not linked:
            _copy(Path(item.path), target, status.st_mode)
            self.written[path] = Identity.of(target.lstat())
        self.entries[path] = Entry(Identity.of(status), linked)
        return True

    def _check_folder(self, item: os.DirEntry[str], status: os.stat_result) -> None:
        if status.st_dev != self._device:
            place = shown(self._shown / Path(item.path).relative_to(self._old))
            raise TfgenError(
                "a mount point in the rendered tree keeps it from being replaced in one step",
                place=place,
                hint="unmount it, or mount it outside of the output folder; nothing was changed",
            )
        # Links into a folder of somebody else could be made, but never be taken away again.
        if status.st_uid != os.geteuid() and not os.access(item.path, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), item.path)

    def _write(self, changes: Iterable[Change]) -> None:
        for change in changes:
            path = self._new / change.path
            with path.open("xb") as file:
                file.write((change.after or "").encode())
            if change.before is not None:
                with suppress(FileNotFoundError):  # deleted since it was compared
                    _copy_owner_and_mode(self._old / change.path, path)
            self.written[change.path] = Identity.of(path.lstat())
            self._fresh.append(path)


def _folder_of(path: str) -> str:
    return path.rpartition("/")[0]


def _link(source: str, target: Path) -> bool:
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError as error:
        if error.errno == errno.EMLINK:
            return False
        raise
    return True


def _copy(source: Path, target: Path, mode: int) -> None:
    if stat.S_ISREG(mode) or stat.S_ISLNK(mode):
        shutil.copy2(source, target, follow_symlinks=False)
    elif stat.S_ISFIFO(mode):
        os.mkfifo(target)
        shutil.copystat(source, target)
    else:
        code = errno.EOPNOTSUPP
        raise OSError(code, os.strerror(code), str(source))


def _copy_attributes(source: Path, target: Path) -> None:
    _copy_owner_and_mode(source, target)
    shutil.copystat(source, target)


def _copy_owner_and_mode(source: Path, target: Path) -> None:
    wanted, current = source.lstat(), target.lstat()
    if (wanted.st_uid, wanted.st_gid) != (current.st_uid, current.st_gid):
        # Only root may give files away; to anyone else the new file belongs, as with git.
        with suppress(PermissionError):
            os.chown(target, wanted.st_uid, wanted.st_gid)
    target.chmod(stat.S_IMODE(wanted.st_mode))
