"""The files of a source folder that belong in its bundle."""

from __future__ import annotations

import errno
import os
import posixpath
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from tfgen.bundle.ignore import IGNORE_FILE, rules
from tfgen.bundle.patterns import Patterns
from tfgen.disk import ENTRY_LIMIT, Entry, Folder
from tfgen.disk.refusals import too_many
from tfgen.errors import TfgenError


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file of the source folder, or a link.

    Attributes:
        name: its path in the bundle, with ``/``.
        path: where its content is, below the source folder; elsewhere than ``name`` says if it is
            a copy of what a link leads to.
        mode: 0o755 if its owner may execute it, else 0o644; of a link its type as well.
        size: bytes.
        mtime_ns: when its content last changed, in nanoseconds since 1970.
        ctime_ns: when anything about it last changed, in nanoseconds since 1970.
        inode: which file it is; tells two apart that are alike in all else.
        target: where a link leads to in the bundle, relative to its own folder; None for files.
    """

    name: str
    path: str
    mode: int
    size: int
    mtime_ns: int
    ctime_ns: int
    inode: int
    target: str | None = None


LINK_MODE = stat.S_IFLNK | 0o777


def scan(
    source: Folder, *, shown: str, exclude: Sequence[Path], place: str | None
) -> list[SourceFile]:
    """Lists the files of a source folder, without reading them.

    Links stay links, as long as they lead to something that is in the bundle: Lambda unpacks them,
    and what a package finds beside itself (pnpm's ``node_modules``) depends on them. In the place
    of a link to what is left out of the bundle stands a copy.

    Args:
        source: the folder; its path has no links in it.
        shown: the folder as messages call it.
        exclude: folders and files that never belong in a bundle, whatever ``.tfgenignore`` says.
        place: where the config names the folder.

    Returns:
        The files in the order of their names' UTF-8 bytes.

    Raises:
        TfgenError: a link leaves the folder, leads nowhere or in a circle, or something cannot be
            read or put in a zip; or there is no end to them.
    """
    root = os.path.realpath(source.path)
    excluded = [os.path.realpath(path) for path in exclude]
    scanner = _Scanner(
        source=source,
        root=root,
        shown=PurePosixPath(shown),
        rules=rules(source, str(PurePosixPath(shown, IGNORE_FILE))),
        excluded=frozenset(os.path.relpath(path, root) for path in excluded),
        place=place,
    )
    return sorted(scanner.files(), key=lambda file: file.name.encode())


@dataclass(slots=True)
class _Scanner:
    """One scan.

    Attributes:
        root: the real path of the source folder.
        excluded: relative to it.
        present: the folders, files and links that are in the bundle under their own paths.
        copied: how many files and folders the copies have.
    """

    source: Folder
    root: str
    shown: PurePosixPath
    rules: Patterns
    excluded: frozenset[str]
    place: str | None
    present: set[str] = field(default_factory=set)
    copied: int = 0

    def files(self) -> Iterator[SourceFile]:
        """Yields the files and links of the bundle, in no order."""
        links = []
        for entry in self._walk("", ""):
            if entry.is_folder:
                continue
            self.present.add(entry.path)
            self.present.update(list(_folders_above(entry.path, self.present)))
            if entry.is_link:
                links.append(entry)
            else:
                yield self._file(entry.path, entry.path, entry.status)
        for entry in links:
            yield from self._link(entry.path, entry, above=())

    def _walk(self, path: str, name: str) -> Iterator[Entry]:
        """Yields what is below a folder and not left out; its name in the bundle decides on that.

        Args:
            path: of the folder in the source.
            name: of the folder in the bundle.
        """
        entered: set[str] = set()
        walk = self.source.walk(path, enter=lambda entry: entry.path in entered)
        before, within = (f"{each}/" if each else "" for each in (path, name))
        folder = name
        while True:
            try:
                entry = next(walk, None)
            except OSError as error:
                raise self._unreadable(folder, error) from error
            if entry is None:
                return
            real, inside = before + entry.path, within + entry.path
            folder = inside
            is_folder = entry.is_folder or (entry.is_link and self._leads_to_folder(real))
            if self.rules.match(inside, is_folder=is_folder) or real in self.excluded:
                continue
            self._check_name(inside)
            if entry.is_folder:
                entered.add(entry.path)
            yield Entry(real, entry.status) if path else entry

    def _link(self, name: str, entry: Entry, above: tuple[str, ...]) -> Iterator[SourceFile]:
        """Yields what stands for a link in the bundle.

        Args:
            name: its path in the bundle.
            entry: the link.
            above: the folders of which copies are being made.
        """
        target = self._target(name, entry.path)
        if target in self.excluded:
            return
        if target in self.present or target == ".":
            way = posixpath.relpath(target, posixpath.dirname(name) or ".")
            yield _described(
                entry.status, name, entry.path, LINK_MODE, len(os.fsencode(way)), target=way
            )
            return
        if any(f"{each}/".startswith(f"{target}/") for each in above):
            raise self._circle(name)
        status = self.source.status(target)
        if status is None:
            return
        if not stat.S_ISDIR(status.st_mode):
            self._count()
            yield self._file(name, target, status)
            return
        for child in self._walk(target, name):
            self._count()
            inside = posixpath.join(name, posixpath.relpath(child.path, target))
            if child.is_link:
                yield from self._link(inside, child, (*above, target))
            elif not child.is_folder:
                yield self._file(inside, child.path, child.status)

    def _count(self) -> None:
        """Notes one more file or folder of a copy: links can multiply them."""
        self.copied += 1
        if self.copied > ENTRY_LIMIT:
            raise too_many(self.source.path, ENTRY_LIMIT)

    def _leads_to_folder(self, path: str) -> bool:
        # Only what it is, for patterns that end with a slash; nothing is read there.
        return (self.source.path / path).is_dir()

    def _target(self, name: str, path: str) -> str:
        """Returns where a link leads to, relative to the source folder and without links in it."""
        link = self.source.path / path
        try:
            target = os.path.realpath(link, strict=True)
        except (FileNotFoundError, NotADirectoryError) as error:
            raise self._error(
                f"The link `{self._show(name)}` leads to `{link.readlink()}`, which does not exist",
                hint="remove or correct the link",
                name=name,
            ) from error
        except OSError as error:
            if error.errno == errno.ELOOP:
                raise self._circle(name) from error
            raise self._unreadable(name, error) from error
        if os.path.commonpath([self.root, target]) != self.root:
            hint = "put a copy of what it leads to in its place"
            if "node_modules" in name.split("/"):
                hint = (
                    "install the packages into the source itself: with pnpm by `pnpm deploy`, or "
                    "with `node-linker=hoisted` in `.npmrc`; in a workspace of npm or Yarn, put a "
                    "copy of what it leads to in its place"
                )
            raise TfgenError(
                f"The link `{self._show(name)}` leaves `{self.shown}`: it leads to `{target}`",
                place=self.place,
                hint=f"{hint}. If the function does not need it, leave it out with the line "
                f"`/{name}` in `{PurePosixPath(self.shown, IGNORE_FILE)}`",
            )
        return os.path.relpath(target, self.root)

    def _file(self, name: str, path: str, status: os.stat_result) -> SourceFile:
        if not stat.S_ISREG(status.st_mode):
            raise self._error(
                f"`{self._show(name)}` is neither a file nor a folder",
                hint="remove it",
                name=name,
            )
        mode = 0o755 if status.st_mode & stat.S_IXUSR else 0o644
        return _described(status, name, path, mode, status.st_size)

    def _check_name(self, name: str) -> None:
        try:
            name.encode()
        except UnicodeEncodeError as error:
            raise TfgenError(
                f"The file name {os.fsencode(name)!r} in `{self.shown}` is not UTF-8",
                place=self.place,
                hint="rename the file",
            ) from error

    def _circle(self, name: str) -> TfgenError:
        return self._error(
            f"The link `{self._show(name)}` leads in a circle", hint="remove the link", name=name
        )

    def _unreadable(self, name: str, error: OSError) -> TfgenError:
        message = f"`{self._show(name)}` cannot be read: {error.strerror}"
        if not name:
            return TfgenError(message, place=self.place, hint="make it readable")
        return self._error(message, hint="make it readable", name=name)

    def _error(self, message: str, *, hint: str, name: str) -> TfgenError:
        line = f"/{name}".rstrip("/")
        ignore = f"{PurePosixPath(self.shown, IGNORE_FILE)}"
        return TfgenError(
            message,
            place=self.place,
            hint=f"{hint}, or leave it out with the line `{line}` in `{ignore}`",
        )

    def _show(self, name: str) -> str:
        return str(self.shown / name)


def _described(
    status: os.stat_result, name: str, path: str, mode: int, size: int, *, target: str | None = None
) -> SourceFile:
    return SourceFile(
        name=name,
        path=path,
        mode=mode,
        size=size,
        mtime_ns=status.st_mtime_ns,
        ctime_ns=status.st_ctime_ns,
        inode=status.st_ino,
        target=target,
    )


def _folders_above(path: str, known: set[str]) -> Iterator[str]:
    """Yields the folders that a path is in, from the innermost one on, up to one that is known."""
    while (path := path.rpartition("/")[0]) and path not in known:
        yield path
