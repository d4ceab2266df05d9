"""The new tree, built aside out of links to the old one and the files that change."""

from __future__ import annotations

import errno
import os
import shutil
import stat
import sys
from collections import defaultdict
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tfgen.disk import DEPTH_LIMIT, Folder, shown
from tfgen.disk.listing import listed_again, names_in
from tfgen.disk.refusals import too_deep
from tfgen.disk.steps import look, named, open_file, open_folder
from tfgen.errors import TfgenError
from tfgen.write.compare import Change, Comparison, ancestors
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


def build(comparison: Comparison, old: Folder, aside: Folder, *, link: bool) -> Record:
    """Builds the tree that a comparison asks for, in the folder ``new`` of another.

    Args:
        comparison: without conflicts, or with conflicts that may be overwritten.
        old: the tree on disk; need not exist. It is only read.
        aside: where to build; must not have a ``new``.
        link: whether the file system of ``aside`` has hard links. They are also refused (EXDEV)
            when the old tree is on another file system.

    Raises:
        TfgenError: part of the old tree is a mount point.
        OSError: the old tree cannot be read or linked, or the new one cannot be written.
    """
    new = aside.at("new")
    builder = _Builder(comparison, old, new, link=link)
    new.make_new()
    if old.is_folder():
        with old.opened() as source, new.opened() as target, named(old.path):
            builder.carry("", source, target)
    builder.add_folders()
    builder.reach_disk()
    with new.opened() as target:
        inode = os.fstat(target).st_ino
    return Record(inode, frozenset(builder.folders), builder.entries, builder.written)


class _Builder:
    def __init__(self, comparison: Comparison, old: Folder, new: Folder, *, link: bool) -> None:
        self.folders: list[str] = []
        self.entries: dict[str, Entry] = {}
        self.written: dict[str, Identity] = {}
        self._fresh: list[str] = []
        self._shown = comparison.root
        self._old = old
        self._new = new
        self._link = link
        status = old.status()
        self._device = None if status is None else status.st_dev

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

    def carry(self, folder: str, old: int, new: int) -> bool:
        """Rebuilds one folder of the old tree.

        Args:
            folder: its path in the tree.
            old: the descriptor of the folder.
            new: the descriptor of the one to build.

        Returns:
            Whether the new one has a reason to stay: something is in it or will be, or the old one
            was empty as well, which only its user can have wanted.
        """
        stays, touched, listed = folder in self._needed, folder in self._texts, False
        for name in names_in(old):
            listed = True
            path = f"{folder}/{name}" if folder else name
            try:
                with named(self._old.path / path):
                    is_kept = self._carry_item(path, name, old, new)
            except FileNotFoundError:
                # Deleted since it was listed, by whoever owns it.
                if look(old, name) is not None:
                    raise
                continue
            stays |= is_kept
            touched |= not is_kept
        if touched and not os.access(".", os.W_OK, dir_fd=old):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        self._write(self._texts.pop(folder, ()), old, new)
        with listed_again(old) as source, listed_again(new) as target:
            _copy_attributes(source, target)
            if touched:
                os.utime(target)
        return stays or not listed

    def add_folders(self) -> None:
        """Writes the files whose folders the old tree does not have."""
        for folder, changes in sorted(self._texts.items()):
            with self._new.opened(folder, make=0o777) as new:
                self._write(changes, None, new)

    def reach_disk(self) -> None:
        """Waits until what was written would survive a power cut.

        All at once at the end, because the first wait pays for most of the others.
        """
        for path in self._fresh:
            with self._new.open(path) as file:
                os.fsync(file.fileno())

    def _carry_item(self, path: str, name: str, old: int, new: int) -> bool:
        status = os.stat(name, dir_fd=old, follow_symlinks=False)
        if stat.S_ISDIR(status.st_mode):
            return self._carry_folder(path, name, old, new, status)
        if path in self._dropped:
            self.entries[path] = Entry(self._dropped[path], linked=False)
            return False
        linked = self._link and _link(name, old, new)
        if not linked:
            _copy(self._old.path / path, name, old, new, status.st_mode)
            self.written[path] = _identity(name, new)
        self.entries[path] = Entry(Identity.of(status), linked)
        return True

    def _carry_folder(
        self, path: str, name: str, old: int, new: int, status: os.stat_result
    ) -> bool:
        place = self._old.path / path
        if path.count("/") > DEPTH_LIMIT:
            raise too_deep(place, DEPTH_LIMIT)
        self._check_folder(path, status, os.access(name, os.W_OK, dir_fd=old))
        source = open_folder(old, name, place)
        try:
            os.mkdir(name, dir_fd=new)
            target = open_folder(new, name, self._new.path / path)
            try:
                self.folders.append(path)
                stays = self.carry(path, source, target)
            finally:
                os.close(target)
        finally:
            os.close(source)
        if not stays:
            os.rmdir(name, dir_fd=new)
        return stays

    def _check_folder(self, path: str, status: os.stat_result, is_writable: bool) -> None:
        if status.st_dev != self._device:
            raise TfgenError(
                "a mount point in the rendered tree keeps it from being replaced in one step",
                place=shown(self._shown / path),
                hint="unmount it, or mount it outside of the output folder; nothing was changed",
            )
        # Links into a folder of somebody else could be made, but never be taken away again.
        if status.st_uid != os.geteuid() and not is_writable:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    def _write(self, changes: Iterable[Change], old: int | None, new: int) -> None:
        for change in changes:
            name = change.path.rpartition("/")[2]
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
            descriptor = open_file(new, name, self._new.path / change.path, flags)
            with os.fdopen(descriptor, "wb") as file:
                file.write((change.after or "").encode())
                # It may have been deleted since it was compared.
                if change.before is not None and old is not None and (was := look(old, name)):
                    _copy_owner_and_mode(was, descriptor)
            self.written[change.path] = _identity(name, new)
            self._fresh.append(change.path)


def _folder_of(path: str) -> str:
    return path.rpartition("/")[0]


def _identity(name: str, folder: int) -> Identity:
    return Identity.of(os.stat(name, dir_fd=folder, follow_symlinks=False))


def _link(name: str, old: int, new: int) -> bool:
    try:
        os.link(name, name, src_dir_fd=old, dst_dir_fd=new, follow_symlinks=False)
    except OSError as error:
        if error.errno == errno.EMLINK:
            return False
        raise
    return True


def _copy(path: Path, name: str, old: int, new: int, mode: int) -> None:
    if stat.S_ISREG(mode):
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        with (
            os.fdopen(open_file(old, name, path, os.O_RDONLY), "rb") as source,
            os.fdopen(open_file(new, name, path, flags, 0o600), "wb") as target,
        ):
            shutil.copyfileobj(source, target)
            target.flush()
            _copy_times(source.fileno(), target.fileno())
    elif stat.S_ISLNK(mode):
        os.symlink(os.readlink(name, dir_fd=old), name, dir_fd=new)
        _copy_times_of(name, old, new)
    elif stat.S_ISFIFO(mode):
        os.mkfifo(name, stat.S_IMODE(mode), dir_fd=new)
        _copy_times_of(name, old, new)
    else:
        code = errno.EOPNOTSUPP
        raise OSError(code, os.strerror(code))


def _copy_times_of(name: str, old: int, new: int) -> None:
    status = os.stat(name, dir_fd=old, follow_symlinks=False)
    times = (status.st_atime_ns, status.st_mtime_ns)
    os.utime(name, ns=times, dir_fd=new, follow_symlinks=False)


def _copy_attributes(source: int, target: int) -> None:
    _copy_owner_and_mode(os.fstat(source), target)
    _copy_times(source, target)


def _copy_times(source: int, target: int) -> None:
    """Copies mode, times and extended attributes, as shutil.copystat does for paths."""
    status = os.fstat(source)
    if sys.platform == "linux":
        # A file system need not have them, nor take those of another.
        with suppress(OSError):
            for name in os.listxattr(source):
                os.setxattr(target, name, os.getxattr(source, name))
    os.fchmod(target, stat.S_IMODE(status.st_mode))
    os.utime(target, ns=(status.st_atime_ns, status.st_mtime_ns))


def _copy_owner_and_mode(wanted: os.stat_result, target: int) -> None:
    current = os.fstat(target)
    if (wanted.st_uid, wanted.st_gid) != (current.st_uid, current.st_gid):
        # Only root may give files away; to anyone else the new file belongs, as with git.
        with suppress(PermissionError):
            os.fchown(target, wanted.st_uid, wanted.st_gid)
    os.fchmod(target, stat.S_IMODE(wanted.st_mode))
