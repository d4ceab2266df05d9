"""The Terraform files below a folder, as the linter takes them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from stat import S_ISREG
from typing import Final

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


def read_files(folder: Path) -> TerraformFiles:
    """Reads all Terraform files below a folder.

    As for Terraform, names that begin with a dot do not count, ``.terraform`` among them, and links
    are followed; each folder is read once, by the path without a link if there is one.

    Args:
        folder: where to begin. Paths in the result begin with it.
    """
    found = TerraformFiles()
    for path in _files(folder, found):
        _add(path, found)
    return found


def read_module(folder: Path, found: TerraformFiles) -> None:
    """Adds the Terraform files of one folder, without those in folders below it.

    Args:
        folder: of the module. Paths in the result begin with it.
        found: what was read before.
    """
    try:
        entries = sorted(folder.iterdir())
    except OSError as error:
        found.unreadable.append(_unreadable(folder, 1, _reason(error)))
        return
    for entry in entries:
        if not entry.name.startswith(".") and not _is_folder(entry):
            _add(entry, found)


def _add(path: Path, found: TerraformFiles) -> None:
    if path.name.endswith(_JSON_ENDING):
        found.json.append(path.as_posix())
    elif path.name == LOCK_FILE or path.name.endswith(_ENDING):
        _read(path, found)


def _files(folder: Path, found: TerraformFiles) -> Iterator[Path]:
    """Yields what may be a file to read, below a folder and below what its links lead to."""
    seen = set[Path]()
    waiting, linked = [folder], list[Path]()
    while waiting or linked:
        current = waiting.pop() if waiting else linked.pop(0)
        try:
            real = current.resolve()
            entries = sorted(current.iterdir()) if real not in seen else []
        except (OSError, RuntimeError) as error:
            found.unreadable.append(_unreadable(current, 1, _reason(error)))
            continue
        seen.add(real)
        for entry in entries:
            if entry.name.startswith(".") and entry.name != LOCK_FILE:
                continue
            if not _is_folder(entry):
                yield entry
            elif entry.is_symlink():
                linked.append(entry)
            else:
                waiting.append(entry)


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:
        # Reading it will say why.
        return False


def _read(path: Path, found: TerraformFiles) -> None:
    content = b""
    try:
        if not S_ISREG(path.stat().st_mode):
            # A pipe would be waited for.
            found.unreadable.append(_unreadable(path, 1, "it is no file"))
            return
        content = path.read_bytes()
        found.texts[path.as_posix()] = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        found.unreadable.append(_unreadable(path, line, "it is not UTF-8"))
    except OSError as error:
        found.unreadable.append(_unreadable(path, 1, _reason(error)))


def _unreadable(path: Path, line: int, reason: str) -> Finding:
    return Finding(path.as_posix(), line, "unreadable", f"This cannot be read: {reason}")


def _reason(error: Exception) -> str:
    return (getattr(error, "strerror", None) or str(error)).lower()
