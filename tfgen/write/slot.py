"""The place aside where one write builds, and where a killed one left its work."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Iterator
from dataclasses import astuple, dataclass
from pathlib import Path

from tfgen.errors import TfgenError
from tfgen.write.build import Entry, Record
from tfgen.write.failures import shown
from tfgen.write.manifest import Identity

_RECORD = "record.json"


@dataclass(frozen=True, slots=True)
class Slot:
    """A folder in scratch for one write of one tree.

    No path is ever read from a file in it: a slot that came with somebody else's repository must
    not lead out of the tree.

    Attributes:
        home: the folder.
        root: the output folder, with every symbolic link followed.
    """

    home: Path
    root: Path

    @classmethod
    def create(cls, scratch: Path, root: Path) -> Slot:
        """Makes a slot that nobody else can read: the tree may hold a state."""
        return cls(Path(tempfile.mkdtemp(prefix=_prefix(scratch, root), dir=scratch)), root)

    @classmethod
    def left_over(cls, scratch: Path, root: Path) -> Iterator[Slot]:
        """Yields the slots of ``root`` in scratch: without the lock, that of a live write, too."""
        for home in sorted(scratch.glob(f"{_prefix(scratch, root)}*")):
            yield cls(home, root)

    @property
    def beside(self) -> Path:
        """The folder to build in when scratch is on another file system than the tree."""
        unique = self.home.name.rpartition("-")[2]
        return self.root.with_name(f".{self.root.name}.tfgen-{unique}")

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
        draft = self.home / f"{_RECORD}.draft"
        with draft.open("w", encoding="utf-8") as file:
            json.dump(content, file)
            file.flush()
            os.fsync(file.fileno())
        draft.rename(self.home / _RECORD)

    def record(self) -> Record | None:
        """Reads the record; None when the write was killed before it saved one.

        Raises:
            TfgenError: there is one, but tfgen cannot have written it.
        """
        path = self.home / _RECORD
        try:
            return _parse(path.read_bytes())
        except FileNotFoundError:
            return None
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise TfgenError(
                "what a render left aside cannot be understood",
                place=shown(path),
                hint=f"move what is yours to {shown(self.root)} and delete {shown(self.home)}",
            ) from error


def _parse(data: bytes) -> Record:
    content = json.loads(data)
    return Record(
        content["inode"],
        frozenset(content["folders"]),
        {
            path: Entry(Identity(*identity), linked)
            for path, (*identity, linked) in content["entries"].items()
        },
        {path: Identity(*identity) for path, identity in content["written"].items()},
    )


def _prefix(scratch: Path, root: Path) -> str:
    """Names the tree by where it is from scratch, so that a project can be moved."""
    relative = os.path.relpath(root, scratch)
    return f"tree-{hashlib.sha256(os.fsencode(relative)).hexdigest()[:16]}-"
