"""A folder, and everything that may be done below it."""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal, Self

from tfgen.disk import listing, steps
from tfgen.disk.limits import DEPTH_LIMIT, ENTRY_LIMIT, FILE_LIMIT
from tfgen.disk.links import follow_links
from tfgen.disk.listing import Entry, Walk
from tfgen.disk.refusals import leads_out, too_deep, too_large, wrong_kind

_FLAGS = {
    "rb": os.O_RDONLY,
    "r+b": os.O_RDWR,
    "wb": os.O_WRONLY | os.O_CREAT,
    "xb": os.O_WRONLY | os.O_CREAT | os.O_EXCL,
    "ab": os.O_WRONLY | os.O_CREAT | os.O_APPEND,
}


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder below a base. It need not exist, and nothing is opened before something is asked.

    All paths that methods take are relative to the folder, with ``/``. Every method raises
    `RefusedError` for a link, for something of another kind and beyond a bound, and OSError for
    what the operating system refuses.

    Attributes:
        base: the folder that the user named; may itself be reached through links.
        inner: the folder's path below the base; each part of it is a real folder.
    """

    base: Path
    inner: str = ""

    @property
    def path(self) -> Path:
        """The folder, for errors and for other programs."""
        return self.base / self.inner

    def at(self, path: str) -> Self:
        """Returns a folder below this one."""
        return type(self)(self.base, "/".join(self._parts(path, full=True)))

    def real(self) -> Self:
        """Returns the same folder by a path without links, so that it can be moved or replaced.

        Only a link that the user has allowed is followed: see `tfgen.disk`.
        """
        parts = self._parts("", full=True)
        for number in range(len(parts)):
            outer = type(self)(self.base, "/".join(parts[: number + 1]))
            status = outer.status()
            if status is None:
                break
            if stat.S_ISLNK(status.st_mode):
                target = steps.allowed_target(outer.path)
                if target is None:
                    raise wrong_kind(outer.path, status.st_mode, "folder")
                left = parts[number + 1 :]
                return type(self)(target.parent, "/".join([target.name, *left])).real()
        return self

    # Look

    def status(self, path: str = "") -> os.stat_result | None:
        """Returns what is at a path, a link as itself; None if there is nothing."""
        try:
            if not self._parts(path, full=True):
                return self.base.stat()
            with self.parent(path) as (parent, name):
                return steps.look(parent, name)
        except FileNotFoundError:
            return None

    def is_file(self, path: str) -> bool:
        """Says whether there is a regular file."""
        status = self.status(path)
        return status is not None and stat.S_ISREG(status.st_mode)

    def is_folder(self, path: str = "") -> bool:
        """Says whether there is a real folder."""
        status = self.status(path)
        return status is not None and stat.S_ISDIR(status.st_mode)

    def entries(self, path: str = "", *, limit: int = ENTRY_LIMIT) -> list[Entry]:
        """Lists a folder, sorted by name."""
        with self.opened(path) as folder:
            return listing.entries(folder, "", self.path / path, limit)

    def walk(
        self,
        path: str = "",
        *,
        enter: Callable[[Entry], bool] = lambda _: True,
        depth: int = DEPTH_LIMIT,
        limit: int = ENTRY_LIMIT,
    ) -> Iterator[Entry]:
        """Yields everything below a folder; a folder comes before what is in it.

        Args:
            path: of the folder; the paths of the entries are relative to it.
            enter: says whether to look into a folder that was yielded.
            depth: how many folders may be inside each other.
            limit: how many entries there may be together.
        """
        walk = Walk(self.path / path, enter, depth, limit, limit)
        with self.opened(path) as folder:
            yield from walk.below(folder)

    def follow(self, path: str) -> str | None:
        """Returns where a path leads to when links inside the folder are followed.

        For the few places where links are part of honest work, such as a function's source. What is
        returned is then read by the rule, so a link that is changed meanwhile leads nowhere.

        Returns:
            The path without links, which need not exist; None if it leads out of the folder, or
            in a circle.
        """
        self._parts(path)  # refuses a path that is not below the folder

        def target_of(link: str) -> str | None:
            try:
                return self._link(link)
            except FileNotFoundError:
                return None

        return follow_links(path, target_of, self._inside)

    # Read

    def read(self, path: str, *, limit: int = FILE_LIMIT) -> bytes:
        """Returns all of a file, which must not be larger than ``limit`` bytes."""
        with self.open(path) as file:
            size = os.fstat(file.fileno()).st_size
            content = b"" if size > limit else file.read(limit + 1)
        if size > limit or len(content) > limit:
            raise too_large(self.path / path, limit)
        return content

    def read_text(self, path: str, *, limit: int = FILE_LIMIT, errors: str = "strict") -> str:
        """Returns all of a file of UTF-8 text, with its line ends as they are."""
        return self.read(path, limit=limit).decode("utf-8", errors)

    def open(
        self, path: str, how: Literal["rb", "r+b", "wb", "xb", "ab"] = "rb", *, mode: int = 0o666
    ) -> BinaryIO:
        """Opens a file, which the caller closes.

        Args:
            path: of the file.
            how: as for Python's `open`. Where all of a file is replaced, `write` is the better
                choice.
            mode: of a file that this makes.
        """
        descriptor = self.descriptor(path, _FLAGS[how], mode=mode)
        if how == "wb":
            os.ftruncate(descriptor, 0)
        return os.fdopen(descriptor, how)

    def descriptor(self, path: str, flags: int = os.O_RDONLY, *, mode: int = 0o666) -> int:
        """Opens a file, as `open` does, and returns the descriptor: for locks."""
        with self.parent(path) as (parent, name):
            return steps.open_file(parent, name, self.path / path, flags, mode)

    # Write

    def make(self, path: str = "", *, mode: int = 0o777) -> None:
        """Makes a folder, and those that it is in, where they are missing."""
        with self.opened(path, make=mode):
            pass

    def make_new(self, path: str = "", *, mode: int = 0o777) -> None:
        """Makes a folder that must not exist; the one that it is in must."""
        with self.parent(path) as (parent, name), steps.named(self.path / path):
            os.mkdir(name, mode, dir_fd=parent)

    def write(
        self, path: str, content: bytes, *, mode: int = 0o644, keep_mode: bool = True
    ) -> None:
        """Replaces a file in one step: a reader sees the old content or the new.

        The new file is written beside the old one and reaches the disk before it takes its place.

        Args:
            path: of the file, which need not exist; its folder must.
            content: all of it.
            mode: of a new file.
            keep_mode: a file that exists keeps its own mode.
        """
        with self.parent(path) as (parent, name):
            status = steps.look(parent, name)
            if status is not None and not stat.S_ISREG(status.st_mode):
                raise wrong_kind(self.path / path, status.st_mode, "file")
            if status is not None and keep_mode:
                mode = stat.S_IMODE(status.st_mode)
            beside = f".{name}.{secrets.token_hex(6)}"
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
            descriptor = steps.open_file(parent, beside, self.path / path, flags, 0o600)
            try:
                with os.fdopen(descriptor, "wb") as file:
                    file.write(content)
                    file.flush()
                    os.fchmod(descriptor, mode)
                    os.fsync(descriptor)
                os.rename(beside, name, src_dir_fd=parent, dst_dir_fd=parent)
            except BaseException:
                with suppress(FileNotFoundError):
                    os.unlink(beside, dir_fd=parent)
                raise

    def rename(self, path: str, target: str) -> None:
        """Moves a file or a folder to another path below this folder."""
        self.move(path, self, target)

    def move(self, path: str, to: Folder, target: str) -> None:
        """Moves a file or a folder below another folder of the same file system."""
        with self.parent(path) as (source, old), to.parent(target) as (parent, new):
            os.rename(old, new, src_dir_fd=source, dst_dir_fd=parent)

    def remove(self, path: str, *, missing_ok: bool = True) -> None:
        """Removes a file, or a link itself."""
        try:
            with self.parent(path) as (parent, name):
                os.unlink(name, dir_fd=parent)
        except FileNotFoundError:
            if not missing_ok:
                raise

    def remove_empty(self, path: str) -> None:
        """Removes a folder that has nothing in it."""
        with self.parent(path) as (parent, name), steps.named(self.path / path):
            os.rmdir(name, dir_fd=parent)

    def remove_tree(self, path: str, *, depth: int = DEPTH_LIMIT) -> None:
        """Removes whatever is at a path: a folder with all that is in it, a link itself."""
        with suppress(FileNotFoundError), self.parent(path) as (parent, name):
            listing.remove(parent, name, self.path / path, depth)

    # Open folders

    @contextmanager
    def opened(self, path: str = "", *, make: int | None = None) -> Iterator[int]:
        """Opens a folder for as long as the context lasts, to use as a ``dir_fd``.

        Args:
            path: of the folder.
            make: the mode of folders that are missing, which are made; None makes none.
        """
        parts = self._parts(path, full=True)
        place, descriptor = self.base, steps.open_base(self.base)
        try:
            if len(parts) > 2 * DEPTH_LIMIT:
                raise too_deep(self.path / path, DEPTH_LIMIT)
            for name in parts:
                place /= name
                parent = descriptor
                descriptor = (
                    steps.open_folder(parent, name, place)
                    if make is None
                    else steps.make_folder(parent, name, place, make)
                )
                os.close(parent)
            yield descriptor
        finally:
            os.close(descriptor)

    @contextmanager
    def parent(self, path: str) -> Iterator[tuple[int, str]]:
        """Opens the folder that a path is in; yields its descriptor, and the path's last part."""
        parts = self._parts(path)
        if not parts:
            if not self.inner:
                raise leads_out(self.path, path)
            *outer, name = self.inner.split("/")
            with type(self)(self.base, "/".join(outer)).opened() as folder:
                yield folder, name
            return
        with self.opened("/".join(parts[:-1])) as folder:
            yield folder, parts[-1]

    def _inside(self, target: str) -> str | None:
        """Returns the part of an absolute path that is below the folder; None if it is not."""
        for place in (os.path.realpath(self.path), str(self.path.absolute())):
            if f"{target}/".startswith(f"{place.rstrip('/')}/"):
                return target[len(place.rstrip("/")) :]
        return None

    def _link(self, path: str) -> str | None:
        """Returns what a link says; None if it is none."""
        with self.parent(path) as (parent, name):
            status = steps.look(parent, name)
            is_link = status is not None and stat.S_ISLNK(status.st_mode)
            return os.readlink(name, dir_fd=parent) if is_link else None

    def _parts(self, path: str, *, full: bool = False) -> list[str]:
        """Splits a path; with the folder's own path below the base before it if ``full``."""
        parts = [part for part in path.split("/") if part not in {"", "."}]
        if path.startswith("/") or "\0" in path or ".." in parts:
            raise leads_out(self.path, path)
        return [*self.inner.split("/"), *parts] if full and self.inner else parts
