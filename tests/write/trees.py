"""Trees to write and ways to look at them."""

from __future__ import annotations

import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tfgen.render.rendering import Rendering
from tfgen.write import compare, write


@dataclass(frozen=True)
class Project:
    """A project folder with an output folder and a scratch folder."""

    folder: Path

    @property
    def root(self) -> Path:
        return self.folder / "infra"

    @property
    def scratch(self) -> Path:
        return self.folder / ".tfgen" / "render"

    def render(self, files: Mapping[str, str], *, overwrite: bool = False) -> None:
        comparison = compare(Rendering(files), self.root, overwrite=overwrite)
        write(comparison, self.scratch, overwrite=overwrite)

    def put(self, path: str, text: str = "mine\n") -> Path:
        """Does what a user does who saves a file."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return file

    def texts(self) -> dict[str, str]:
        """Returns the regular files of the tree, without the manifest."""
        return {
            path.relative_to(self.root).as_posix(): path.read_text(encoding="utf-8")
            for path in self.root.rglob("*")
            if path.is_file() and not path.is_symlink() and path.name != ".tfgen.json"
        }

    def leftovers(self) -> list[str]:
        """Returns what writes have left behind in scratch and beside the tree."""
        aside = [path.name for path in self.scratch.glob("*") if path.name != "lock"]
        return aside + [path.name for path in self.folder.glob(".infra*")]


def snapshot(root: Path) -> dict[str, tuple[object, ...]]:
    """Returns everything about a tree that its user can see, except for inodes and times."""
    found: dict[str, tuple[object, ...]] = {}
    pending = [root]
    while pending:
        place = pending.pop()
        status = place.lstat()
        content: object = None
        if stat.S_ISDIR(status.st_mode):
            pending += place.iterdir()
        elif stat.S_ISREG(status.st_mode):
            content = place.read_bytes()
        elif stat.S_ISLNK(status.st_mode):
            content = str(place.readlink())
        found[place.relative_to(root).as_posix()] = (oct(status.st_mode), content)
    return found


def times(root: Path) -> dict[str, tuple[int, int]]:
    """Returns the inode and the modification time of the root and of everything in it."""
    return {
        path.relative_to(root).as_posix(): (path.lstat().st_ino, path.lstat().st_mtime_ns)
        for path in (root, *root.rglob("*"))
    }


def app(word: str, regions: int = 2) -> dict[str, str]:
    """Returns the files of a small rendering; every file holds ``word``, but for the modules."""
    files = {f"modules/region/{name}.tf": f"# {name}\n" for name in ("main", "outputs")}
    files |= {f"production/{name}.tf": f"# {name} {word}\n" for name in ("main", "dns")}
    return files | {f"production/region_{n}.tf": f"# {word} {n}\n" for n in range(regions)}
