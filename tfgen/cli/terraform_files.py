"""The Terraform files below a folder, as the linter takes them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tfgen.disk import DEPTH_LIMIT, OUTSIDE, Entry, Folder, RefusedError
from tfgen.disk.refusals import too_deep
from tfgen.disk.steps import allowed_target
from tfgen.lint.findings import Finding
from tfgen.lint.tree import LOCK_FILE

_ENDING: Final = ".tf"
_JSON_ENDING: Final = ".tf.json"


@dataclass(frozen=True, slots=True)
class TerraformFiles:
    """What was found below a folder.

    Attributes:
        texts: path → text, of Terraform files and lock files.
        unreadable: a finding for each that could not be read.
        json: those in Terraform's JSON syntax, which the linter does not read.
        outside: folders of called modules that lie outside of the project, and were not read.
    """

    texts: dict[str, str] = field(default_factory=dict)
    unreadable: list[Finding] = field(default_factory=list)
    json: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many files with Terraform there are, whether they could be read or not."""
        sources = [path for path in self.texts if path.endswith(_ENDING)]
        return len(sources) + len(self.unreadable)


@dataclass(frozen=True, slots=True)
class _Place:
    """Something to read.

    Attributes:
        base: what no link leads out of.
        path: below it, without links.
        shown: as findings show it.
    """

    base: Folder
    path: str
    shown: Path

    def below(self, name: str) -> _Place:
        return _Place(self.base, f"{self.path}/{name}" if self.path else name, self.shown / name)


def read_files(folder: Path, base: Path) -> TerraformFiles:
    """Reads all Terraform files below a folder.

    As for Terraform, names that begin with a dot do not count, ``.terraform`` among them, and links
    are followed, but not out of the base: what is there is nothing that the repository may show.
    Each folder is read once, by the path without a link if there is one.

    Args:
        folder: where to begin. Paths in the result begin with it.
        base: the folder itself, or one above it.

    Raises:
        TfgenError: there are too many folders inside each other.
    """
    found = TerraformFiles()
    inner = folder.absolute().relative_to(base.absolute()).as_posix()
    path = "" if inner == "." else inner
    start = _Place(Folder(base), Folder(base).follow(path) or path, folder)
    for place in _files(start, found, below=True):
        _add(place, found)
    return found


def read_module(base: Folder, path: str, shown: Path, found: TerraformFiles) -> None:
    """Adds the Terraform files of one folder, without those in folders below it.

    Args:
        base: what no link leads out of.
        path: of the module below it, without links.
        shown: how paths in the result begin.
        found: what was read before.
    """
    for place in _files(_Place(base, path, shown), found, below=False):
        _add(place, found)


def _add(place: _Place, found: TerraformFiles) -> None:
    name = place.shown.name
    if name.endswith(_JSON_ENDING):
        found.json.append(place.shown.as_posix())
    elif _counts(name):
        _read(place, found)


def _counts(name: str) -> bool:
    return name == LOCK_FILE or name.endswith(_ENDING)


def _files(start: _Place, found: TerraformFiles, *, below: bool) -> Iterator[_Place]:
    """Yields what may be a file to read in a folder, and below it and what its links lead to."""
    seen = set[tuple[int, int]]()
    waiting, linked = [start], list[_Place]()
    while waiting or linked:
        current = waiting.pop() if waiting else linked.pop(0)
        if len(current.shown.parts) - len(start.shown.parts) > DEPTH_LIMIT:
            raise too_deep(current.shown, DEPTH_LIMIT)
        for entry in _entries(current, found, seen):
            place = current.below(entry.name)
            if entry.is_folder:
                waiting += [place] if below else []
            elif not entry.is_link:
                yield place
            elif (target := _target(place)) is None:
                if _counts(entry.name) or place.shown.is_dir():
                    found.unreadable.append(_leads_out(place))
            elif target.base.is_folder(target.path):
                linked += [target] if below else []
            else:
                yield target


def _entries(place: _Place, found: TerraformFiles, seen: set[tuple[int, int]]) -> list[Entry]:
    """Lists a folder, unless it was listed before."""
    try:
        with place.base.opened(place.path) as descriptor:
            status = os.fstat(descriptor)
        if (status.st_dev, status.st_ino) in seen:
            return []
        seen.add((status.st_dev, status.st_ino))
        entries = place.base.entries(place.path)
    except OSError as error:
        found.unreadable.append(_unreadable(place.shown, 1, _reason(error)))
        return []
    return [each for each in entries if not each.name.startswith(".") or each.name == LOCK_FILE]


def _target(link: _Place) -> _Place | None:
    """Returns where a link leads; None if it leads out of the base."""
    target = link.base.follow(link.path)
    if target is not None:
        return _Place(link.base, target, link.shown)
    allowed = allowed_target(link.base.path / link.path)
    if allowed is None:
        return None
    return _Place(Folder(allowed.parent), allowed.name, link.shown)


def _read(place: _Place, found: TerraformFiles) -> None:
    content = b""
    try:
        content = place.base.read(place.path)
        found.texts[place.shown.as_posix()] = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        found.unreadable.append(_unreadable(place.shown, line, "it is not UTF-8"))
    except OSError as error:
        found.unreadable.append(_unreadable(place.shown, 1, _reason(error)))
    except RefusedError as error:
        # Of a link, the message would have the path that it leads to.
        is_file = place.base.is_file(place.path)
        reason = error.message if is_file else "it is no file"
        found.unreadable.append(_unreadable(place.shown, 1, reason))


def _leads_out(link: _Place) -> Finding:
    return Finding(
        link.shown.as_posix(),
        1,
        "unreadable",
        "This symbolic link leads out of the project, and is not followed",
        f"put a copy in its place, or list the folder that it leads to in `{OUTSIDE}`",
    )


def _unreadable(path: Path, line: int, reason: str) -> Finding:
    return Finding(path.as_posix(), line, "unreadable", f"This cannot be read: {reason}")


def _reason(error: Exception) -> str:
    return (getattr(error, "strerror", None) or str(error)).lower()
