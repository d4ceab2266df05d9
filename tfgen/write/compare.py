"""Looks at the disk and decides what a write would do. Reads only."""

from __future__ import annotations

import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from tfgen.disk import Folder, shown
from tfgen.errors import TfgenError
from tfgen.render.rendering import Rendering
from tfgen.write import manifest as manifests
from tfgen.write.failures import explained, located
from tfgen.write.manifest import Identity, Manifest

Kind = Literal["created", "changed", "removed", "kept"]


@dataclass(frozen=True, slots=True)
class Change:
    """What a write does to one file.

    Attributes:
        path: relative to the output folder, with ``/``.
        before: the text on disk; None when there is no regular file. Bytes that are not UTF-8 are
            shown as U+FFFD.
        after: the rendered text; None when the file goes.
        seen: the version on disk that was looked at.
    """

    path: str
    kind: Kind
    before: str | None
    after: str | None
    seen: Identity | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Comparison:
    """A rendering against the disk.

    Attributes:
        rendering: what the tree should become.
        root: the output folder, as it was given.
        changes: every file that is or was tfgen's, sorted by path. The manifest is not among them.
        edited: owned files that were edited by hand, or replaced by something else.
        foreign: files of the user where the rendering has a file or a folder.
        blocked: folders of the user where the rendering has a file; not even ``--overwrite``
            replaces a folder.
        line_ends: owned files that differ from what tfgen wrote in their line ends alone, as git
            makes them with ``core.autocrlf``. A write puts them right.
        current: the manifest on disk.
        manifest: the text of the manifest that goes with the rendering.
    """

    rendering: Rendering
    root: Path
    changes: tuple[Change, ...]
    edited: tuple[str, ...]
    foreign: tuple[str, ...]
    blocked: tuple[str, ...]
    line_ends: tuple[str, ...]
    current: Manifest = field(repr=False)
    manifest: str = field(repr=False)

    @property
    def stale(self) -> bool:
        """Whether a write would write anything, be it only the manifest."""
        return self.manifest != self.current.text or any(c.kind != "kept" for c in self.changes)

    @property
    def is_only_line_ends(self) -> bool:
        """Whether a write would change nothing but line ends."""
        ends = set(self.line_ends)
        return bool(ends) and all(
            change.kind == "kept"
            or (change.path in ends and (change.before or "").replace("\r\n", "\n") == change.after)
            for change in self.changes
        )

    @property
    def conflicts(self) -> tuple[str, ...]:
        """The paths that keep a write from happening, sorted."""
        return tuple(sorted((*self.edited, *self.foreign, *self.blocked)))


def compare(rendering: Rendering, root: Path, *, overwrite: bool = False) -> Comparison:
    """Compares a rendering with the tree on disk.

    Args:
        rendering: what the tree should become.
        root: the output folder, which need not exist. Below a project, no link on the way is
            followed.
        overwrite: take what can be understood of a broken manifest, rather than refuse it.

    Returns:
        What a write would do, conflicts included.

    Raises:
        TfgenError: the tree cannot be read, or its manifest cannot be trusted.
        ValueError: the rendering itself has paths that cannot be in one tree.
    """
    _check(rendering)
    with explained(root):
        tree = located(root)
        status = tree.status()
        if status is not None and not stat.S_ISDIR(status.st_mode):
            raise TfgenError(
                "the output folder is a file",
                place=shown(root),
                hint="move it away, or give `terraform.output` another folder",
            )
        current = manifests.load(tree, root, overwrite=overwrite)
        files = {path: text.encode() for path, text in rendering.files.items()}
        findings = _Comparer(tree, root, files, current, forgiving=overwrite)
        findings.look()
    return Comparison(
        rendering,
        root,
        tuple(sorted(findings.changes.values(), key=lambda change: change.path)),
        tuple(sorted(findings.edited)),
        tuple(sorted(findings.foreign)),
        tuple(sorted(findings.blocked)),
        tuple(sorted(findings.line_ends)),
        current,
        manifests.text_for(files, current),
    )


def refuse_conflicts(comparison: Comparison, *, overwrite: bool = False) -> None:
    """Stops when a write would destroy something that tfgen did not write.

    Args:
        comparison: the rendering against the disk.
        overwrite: the user wants rendered paths to be replaced, edits included.

    Raises:
        TfgenError: there are such files; the error names each of them.
    """
    reasons = dict.fromkeys(comparison.blocked, "is a folder, where the rendering has a file")
    if not overwrite:
        reasons |= dict.fromkeys(comparison.edited, "was edited by hand")
        reasons |= dict.fromkeys(comparison.foreign, "is in the way and was not written by tfgen")
    if not reasons:
        return

    places = {shown(comparison.root / path): reasons[path] for path in sorted(reasons)}
    if comparison.blocked:
        hint = "move the folder away and run this again"
    else:
        extra = shown(comparison.root / "production" / "extra.tf")
        hint = (
            f"move what you wrote to a file of your own, such as {extra}, or discard it with "
            "`tfgen render --overwrite`"
        )
    if len(places) == 1:
        [(place, reason)] = places.items()
        raise TfgenError(f"this {reason}", place=place, hint=hint)
    listed = "".join(f"\n  {place} {reason}" for place, reason in places.items())
    raise TfgenError(f"{len(places)} files keep the tree from being rendered:{listed}", hint=hint)


def ancestors(path: str) -> Iterator[str]:
    """Yields the folders that a path is in, outermost first, without the root."""
    end = path.find("/")
    while end != -1:
        yield path[:end]
        end = path.find("/", end + 1)


def _check(rendering: Rendering) -> None:
    for path in rendering.files:
        if not manifests.is_ownable(path):
            raise ValueError(f"the rendering has a path that tfgen cannot own: {path!r}")
        for folder in ancestors(path):
            if folder in rendering.files:
                raise ValueError(f"the rendering has {folder!r} both as a file and as a folder")


class _Comparer:
    """Collects the findings of one comparison."""

    def __init__(
        self,
        tree: Folder,
        root: Path,
        files: Mapping[str, bytes],
        current: Manifest,
        *,
        forgiving: bool,
    ) -> None:
        self.changes: dict[str, Change] = {}
        self.edited: set[str] = set()
        self.foreign: set[str] = set()
        self.blocked: set[str] = set()
        self.line_ends: set[str] = set()
        self._tree = tree
        self._root = root
        self._files = files
        self._current = current
        self._owned = current.files
        self._forgiving = forgiving
        self._folders: dict[str, int | None] = {}

    def look(self) -> None:
        for path in self._files.keys() | self._owned.keys():
            obstacle = self._obstacle(path)
            if obstacle is None:
                self._look_at(path)
            else:
                self._look_behind(obstacle, path)

    def _look_at(self, path: str) -> None:
        after = self._files.get(path)
        found = _Found.at(self._tree, path)
        if found is None:
            if after is not None:
                self._add(path, "created", None, after)
        elif found.folder:
            # An owned file that became a folder, and is not rendered any more, is the user's.
            if after is not None:
                self._add(path, "created", None, after)
                if not self._goes_away(path):
                    self.blocked.add(path)
        elif after is not None and found.data == after:
            self._add(path, "kept", found, after)
        else:
            self._add(path, "removed" if after is None else "changed", found, after)
            if path not in self._owned:
                self.foreign.add(path)
            elif found.data is None or not self._is_written(path, found.data):
                self.edited.add(path)

    def _is_written(self, path: str, data: bytes) -> bool:
        """Says whether a file holds what tfgen wrote, whatever git made of its line ends."""
        if manifests.digest(data) == self._owned[path]:
            return True
        # https://git-scm.com/docs/git-config#Documentation/git-config.txt-coreautocrlf
        if manifests.digest(data.replace(b"\r\n", b"\n")) != self._owned[path]:
            return False
        self.line_ends.add(path)
        return True

    def _look_behind(self, obstacle: str, path: str) -> None:
        """Handles a path below something that is not a folder, without following it."""
        is_link = stat.S_ISLNK(self._folders[obstacle] or 0)
        if path in self._owned and is_link and not self._forgiving:
            raise manifests.broken(
                self._root,
                f"lists {path}, which is behind the symbolic link {obstacle}",
                self._current.line(path),
            )
        if path not in self._files:
            return
        self._add(path, "created", None, self._files[path])
        # A former file of tfgen's that makes room for a folder is looked at in its own turn.
        if obstacle not in self._owned and obstacle not in self.foreign:
            self.foreign.add(obstacle)
            self._add(obstacle, "removed", _Found.at(self._tree, obstacle), None)

    def _add(self, path: str, kind: Kind, found: _Found | None, after: bytes | None) -> None:
        self.changes[path] = Change(
            path,
            kind,
            None if found is None else found.text,
            None if after is None else after.decode(),
            None if found is None else found.identity,
        )

    def _obstacle(self, path: str) -> str | None:
        """Returns the first of the path's folders that exists and is not a real folder."""
        for folder in ancestors(path):
            if folder not in self._folders:
                status = self._tree.status(folder)
                self._folders[folder] = None if status is None else status.st_mode
            mode = self._folders[folder]
            if mode is None:
                return None
            if not stat.S_ISDIR(mode):
                return folder
        return None

    def _goes_away(self, folder: str) -> bool:
        """Says whether a folder holds nothing but owned files that are not rendered any more."""
        entries = self._tree.entries(folder)
        return bool(entries) and all(
            self._goes_away(f"{folder}/{entry.name}")
            if entry.is_folder
            else self._is_obsolete(f"{folder}/{entry.name}")
            for entry in entries
        )

    def _is_obsolete(self, path: str) -> bool:
        return path in self._owned and path not in self._files


@dataclass(frozen=True, slots=True)
class _Found:
    """Something on disk.

    Attributes:
        data: what is in it; None when it is not a regular file.
    """

    folder: bool
    data: bytes | None
    identity: Identity

    @classmethod
    def at(cls, tree: Folder, path: str) -> _Found | None:
        status = tree.status(path)
        if status is None:
            return None
        try:
            # The identity is taken before the text: an edit in between is noticed as a late one.
            data = tree.read(path) if stat.S_ISREG(status.st_mode) else None
        except FileNotFoundError:
            return None
        return cls(stat.S_ISDIR(status.st_mode), data, Identity.of(status))

    @property
    def text(self) -> str | None:
        return None if self.data is None else self.data.decode(errors="replace")
