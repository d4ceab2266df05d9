"""The files of a source folder that belong in its bundle."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from pathspec import GitIgnoreSpec

from tfgen.bundle.ignore import IGNORE_FILE, rules
from tfgen.errors import TfgenError


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file of the source folder.

    Attributes:
        name: its path in the bundle, with ``/``.
        path: where its content is; elsewhere than ``name`` says if it is reached by a link.
        mode: 0o755 if its owner may execute it, else 0o644.
        size: bytes.
        mtime_ns: when its content last changed, in nanoseconds since 1970.
        ctime_ns: when anything about it last changed, in nanoseconds since 1970.
        inode: which file it is; tells two apart that are alike in all else.
    """

    name: str
    path: str
    mode: int
    size: int
    mtime_ns: int
    ctime_ns: int
    inode: int


def scan(
    source: Path, *, shown: str, exclude: Sequence[Path], place: str | None
) -> list[SourceFile]:
    """Lists the files of a source folder, without reading them.

    Links are followed as long as they stay inside the folder: the bundle holds what they lead to.

    Args:
        source: the folder.
        shown: the folder as messages call it.
        exclude: folders and files that never belong in a bundle, whatever ``.tfgenignore`` says.
        place: where the config names the folder.

    Returns:
        The files in the order of their names' UTF-8 bytes.

    Raises:
        TfgenError: a link leaves the folder, leads nowhere or in a circle, or something cannot be
            read or put in a zip.
    """
    root = os.path.realpath(source)
    walk = _Walk(
        root=root,
        shown=PurePosixPath(shown),
        rules=rules(source, str(PurePosixPath(shown, IGNORE_FILE))),
        excluded=frozenset(os.path.realpath(path) for path in exclude),
        place=place,
    )
    return sorted(walk.files(root, "", (root,)), key=lambda file: file.name.encode())


@dataclass(frozen=True, slots=True)
class _Walk:
    root: str
    shown: PurePosixPath
    rules: GitIgnoreSpec
    excluded: frozenset[str]
    place: str | None

    def files(self, folder: str, prefix: str, above: tuple[str, ...]) -> Iterator[SourceFile]:
        """Yields the files below a folder.

        Args:
            folder: the folder's real path.
            prefix: its path in the bundle, with a slash at the end unless it is the top.
            above: the real paths of the folders that lead here, this one included.
        """
        for child in self._children(folder, prefix):
            name = prefix + child.name
            is_folder = _is_folder(child)
            if self.rules.match_file(name + "/" if is_folder else name):
                continue
            path = self._target(name, child.path, above) if child.is_symlink() else child.path
            if path in self.excluded:
                continue
            self._check_name(name)
            if is_folder:
                yield from self.files(path, name + "/", (*above, path))
            else:
                yield self._file(name, path)

    def _children(self, folder: str, prefix: str) -> list[os.DirEntry[str]]:
        try:
            with os.scandir(folder) as children:
                return sorted(children, key=lambda child: child.name)
        except OSError as error:
            raise self._unreadable(prefix, error) from error

    def _target(self, name: str, link: str, above: tuple[str, ...]) -> str:
        try:
            target = os.path.realpath(link, strict=True)
        except (FileNotFoundError, NotADirectoryError) as error:
            raise self._error(
                f"The link `{self._show(name)}` leads to `{Path(link).readlink()}`, "
                "which does not exist",
                hint="remove or mend the link",
                name=name,
            ) from error
        except OSError as error:
            if error.errno == errno.ELOOP:
                raise self._circle(name) from error
            raise self._unreadable(name, error) from error
        if os.path.commonpath([self.root, target]) != self.root:
            raise self._error(
                f"The link `{self._show(name)}` leaves `{self.shown}`: it leads to `{target}`",
                hint="copy what it leads to into the folder",
                name=name,
            )
        if target in above:
            raise self._circle(name)
        return target

    def _file(self, name: str, path: str) -> SourceFile:
        try:
            info = os.stat(path)  # noqa: PTH116 - thousands of files: a Path for each is felt
        except OSError as error:
            raise self._unreadable(name, error) from error
        if not stat.S_ISREG(info.st_mode):
            raise self._error(
                f"`{self._show(name)}` is neither a file nor a folder",
                hint="remove it",
                name=name,
            )
        return SourceFile(
            name=name,
            path=path,
            mode=0o755 if info.st_mode & stat.S_IXUSR else 0o644,
            size=info.st_size,
            mtime_ns=info.st_mtime_ns,
            ctime_ns=info.st_ctime_ns,
            inode=info.st_ino,
        )

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


def _is_folder(child: os.DirEntry[str]) -> bool:
    try:
        return child.is_dir()
    except OSError:  # a link that cannot be followed: what is wrong with it is told when it is
        return False
