"""The place aside where one write builds, and where a killed one left its work."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from collections.abc import Iterator
from dataclasses import astuple, dataclass

from tfgen.disk import Folder, shown
from tfgen.errors import TfgenError
from tfgen.write.build import Entry, Record
from tfgen.write.failures import real
from tfgen.write.manifest import Identity

_RECORD = "record.json"


@dataclass(frozen=True, slots=True)
class Slot:
    """A folder in scratch for one write of one tree.

    No path is ever read from a file in it: a slot that came with somebody else's repository must
    not lead out of the tree.

    Attributes:
        home: the folder.
        root: the output folder.
    """

    home: Folder
    root: Folder

    @classmethod
    def create(cls, scratch: Folder, root: Folder) -> Slot:
        """Makes a slot that nobody else can read: the tree may hold a state."""
        while True:
            slot = cls(scratch.at(f"{_prefix(scratch, root)}{secrets.token_hex(4)}"), root)
            try:
                slot.home.make_new(mode=0o700)
            except FileExistsError:
                continue
            return slot

    @classmethod
    def left_over(cls, scratch: Folder, root: Folder) -> Iterator[Slot]:
        """Yields the slots of ``root`` in scratch: without the lock, that of a live write, too."""
        try:
            entries = scratch.entries()
        except FileNotFoundError:
            return
        for entry in entries:
            if entry.name.startswith(_prefix(scratch, root)):
                yield cls(scratch.at(entry.name), root)

    @property
    def beside(self) -> Folder:
        """The folder to build in when scratch is on another file system than the tree."""
        unique = self.home.path.name.rpartition("-")[2]
        outer, _, name = self.root.inner.rpartition("/")
        return Folder(self.root.base, outer).at(f".{name}.tfgen-{unique}")

    def save(self, record: Record) -> None:
        """Saves the record in one step, and for good: the exchange comes next."""
        content = {
            "inode": record.inode,
            "folders": sorted(record.folders),
            "entries": {
                path: [*astuple(entry.identity), entry.linked]
                for path, entry in record.entries.items()
            },
            "written": {path: astuple(identity) for path, identity in record.written.items()},
        }
        draft = f"{_RECORD}.draft"
        with self.home.open(draft, "wb", mode=0o600) as file:
            file.write(json.dumps(content).encode())
            file.flush()
            os.fsync(file.fileno())
        self.home.move(draft, self.home, _RECORD)

    def record(self) -> Record | None:
        """Reads the record; None when the write was killed before it saved one.

        Raises:
            TfgenError: there is one, but tfgen cannot have written it.
        """
        try:
            return _parse(self.home.read(_RECORD))
        except FileNotFoundError:
            return None
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            home, root = shown(self.home.path), shown(self.root.path)
            raise TfgenError(
                "what a render left aside cannot be understood",
                place=shown(self.home.path / _RECORD),
                hint=f"move what is yours to {root} and delete {home}",
            ) from error


def _parse(data: bytes) -> Record:
    content = json.loads(data)
    return Record(
        _number(content["inode"]),
        frozenset(map(_path, content["folders"])),
        {
            _path(path): Entry(_identity(identity), bool(linked))
            for path, (*identity, linked) in content["entries"].items()
        },
        {_path(path): _identity(identity) for path, identity in content["written"].items()},
    )


def _identity(values: list[object]) -> Identity:
    inode, size, modified = map(_number, values)
    return Identity(inode, size, modified)


def _number(value: object) -> int:
    if not isinstance(value, int):
        raise TypeError
    return value


def _path(value: object) -> str:
    # What the user's own files are called does not matter, as long as they are in the tree.
    if not isinstance(value, str) or {"", ".", ".."} & set(value.split("/")) or "\0" in value:
        raise ValueError
    return value


def _prefix(scratch: Folder, root: Folder) -> str:
    """Names the tree by where it is from scratch, so that a project can be moved."""
    relative = os.path.relpath(real(root.path), real(scratch.path))
    return f"tree-{hashlib.sha256(os.fsencode(relative)).hexdigest()[:16]}-"
