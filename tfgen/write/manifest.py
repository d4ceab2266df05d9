"""The manifest: which files of the tree tfgen owns, and what it wrote into them.

The path of a file of the tree is relative to the output folder, with ``/``.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tfgen import __version__
from tfgen.disk import Folder, RefusedError, shown
from tfgen.errors import TfgenError

MANIFEST = ".tfgen.json"

_LIMIT = 4 * 1024 * 1024  # bytes, which is 50,000 files; a large app has some hundred
_GIT_FILES = frozenset({".gitattributes", ".gitignore"})
_CONFLICT = re.compile(r"^(<{7}|={7}|>{7}|\|{7})( |$)", re.MULTILINE)
_DIGEST = re.compile(r"[0-9a-f]{64}")
_LINE = re.compile(r'^\s*("(?:[^"\\]|\\.)*")\s*:\s*"([0-9a-f]{64})"\s*,?\s*$', re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Identity:
    """What tells one version of a file from the next without reading it.

    Attributes:
        size: bytes.
        modified: nanoseconds since 1970.
    """

    inode: int
    size: int
    modified: int

    @classmethod
    def of(cls, status: os.stat_result) -> Identity:
        """Returns the identity of the file that ``status`` describes."""
        return cls(status.st_ino, status.st_size, status.st_mtime_ns)


@dataclass(frozen=True, slots=True)
class Manifest:
    """The manifest as it is on disk.

    Attributes:
        version: the tfgen that last changed a file of the tree; None when there is no manifest.
        files: path → SHA-256 in hexadecimal of what tfgen wrote.
        text: None when there is no manifest.
        identity: None when there is no manifest.
    """

    version: str | None = None
    files: Mapping[str, str] = field(default_factory=dict)
    text: str | None = None
    identity: Identity | None = None

    def line(self, path: str) -> int | None:
        """Returns the number of the line that lists ``path``, counted from 1."""
        return _line_of(self.text or "", path)


def digest(data: bytes) -> str:
    """Returns the SHA-256 of ``data`` in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def is_safe(path: str) -> bool:
    """Says whether ``path`` names a file below the output folder."""
    parts = path.split("/")
    return (
        path != MANIFEST
        and "\0" not in path
        and path.isprintable()  # also keeps out what cannot be encoded
        and not any(part in {"", ".", ".."} for part in parts)
    )


def is_ownable(path: str) -> bool:
    """Says whether ``path`` is one that a render can write, of this version of tfgen or another.

    Nothing else is ever tfgen's, whatever a manifest says: a repository could list a state, or what
    Terraform keeps in ``.terraform``, to have it deleted.
    """
    *folders, name = path.split("/")
    if not is_safe(path):
        return False
    if not folders and name in _GIT_FILES:
        return True
    return name.endswith(".tf") and not any(part.startswith(".") for part in (*folders, name))


def text_for(files: Mapping[str, bytes], current: Manifest) -> str:
    """Returns the manifest of a tree that holds ``files``.

    The version changes only together with a file, so an upgrade that renders the same bytes makes
    no tree stale, and two people with different versions do not write in turns.

    Args:
        files: path → what tfgen writes.
        current: the manifest on disk.
    """
    digests = {path: digest(data) for path, data in sorted(files.items())}
    same = current.version is not None and digests == dict(current.files)
    content = {"tfgen": current.version if same else __version__, "files": digests}
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def load(tree: Folder, root: Path, *, overwrite: bool) -> Manifest:
    """Reads the manifest of a tree.

    Args:
        tree: the output folder.
        root: the output folder, as errors show it.
        overwrite: the manifest is about to be rebuilt: take what can be understood of a broken one.

    Returns:
        The manifest, empty when there is none.

    Raises:
        TfgenError: it cannot be understood, or lists a path outside of the tree.
    """
    path = root / MANIFEST
    status = tree.status(MANIFEST)
    if status is None:
        return Manifest()
    if not stat.S_ISREG(status.st_mode):
        raise TfgenError(
            "the manifest is not a regular file",
            place=shown(path),
            hint="move it away and run `tfgen render --overwrite`",
        )
    try:
        data = tree.read(MANIFEST, limit=_LIMIT)
    except RefusedError as error:
        raise TfgenError(
            error.message,
            place=error.place,
            hint="restore it from git, or remove it and run `tfgen render --overwrite`",
        ) from error
    identity = Identity.of(status)
    if overwrite:
        return _salvage(data.decode(errors="replace"), identity)
    return _parse(data, identity, path)


def broken(root: Path, why: str, line: int | None = None) -> TfgenError:
    """Returns the error for a manifest that cannot be trusted.

    Args:
        root: the output folder.
        why: how the sentence "the manifest …" goes on.
        line: counted from 1.
    """
    place = shown(root / MANIFEST)
    return TfgenError(
        f"the manifest {why}",
        place=f"{place}:{line}" if line else place,
        hint="restore it from git, or rebuild it with `tfgen render --overwrite`, which also "
        "replaces rendered files that were edited by hand",
    )


def _parse(data: bytes, identity: Identity, path: Path) -> Manifest:
    root = path.parent
    text = _decode(data, root)
    match _content(text, root):
        case {"tfgen": str(version), "files": dict(files), **rest} if not rest:
            _check(files, text, root)
            return Manifest(version, files, text, identity)
        case {"tfgen": str(version)} if _is_newer(version):
            raise TfgenError(
                f"the manifest was written by tfgen {version}, which is newer than {__version__}",
                place=shown(path),
                hint=f"upgrade tfgen to {version} or later",
            )
    raise broken(root, "does not have the form that tfgen writes")


def _decode(data: bytes, root: Path) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise broken(root, "is not UTF-8 text", line) from error


def _content(text: str, root: Path) -> object:
    if conflict := _CONFLICT.search(text):
        raise broken(root, "has merge conflicts", text.count("\n", 0, conflict.start()) + 1)
    try:
        return json.loads(text, object_pairs_hook=_without_duplicates)
    except json.JSONDecodeError as error:
        raise broken(root, f"is not valid JSON: {error.msg.lower()}", error.lineno) from error
    except _DuplicateError as error:
        raise broken(root, f"lists {error.key} twice", _line_of(text, error.key, 2)) from error
    except RecursionError as error:
        raise broken(root, "is nested too deeply") from error
    except ValueError as error:  # a number of thousands of digits
        raise broken(root, "has a number that is too large") from error


def _check(files: dict[object, object], text: str, root: Path) -> None:
    for name, value in files.items():
        path = str(name)
        if not is_safe(path):
            raise broken(
                root, f"lists {path!r:.200}, which is not in the tree", _line_of(text, path)
            )
        if not is_ownable(path):
            raise broken(root, f"lists {path:.200}, which no render writes", _line_of(text, path))
        if not isinstance(value, str) or not _DIGEST.fullmatch(value):
            raise broken(root, f"has no SHA-256 for {path}", _line_of(text, path))


def _salvage(text: str, identity: Identity) -> Manifest:
    """Takes every line that lists a file, from both sides of a merge conflict.

    What tfgen has written stays known as its own, so that files which are no longer rendered do
    not stay behind as the user's.
    """
    files = {}
    for name, value in _LINE.findall(text):
        try:
            path = json.loads(name)
        except json.JSONDecodeError:
            continue
        if is_ownable(path):
            files[path] = value
    return Manifest(None, dict(sorted(files.items())), text, identity)


class _DuplicateError(ValueError):
    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


def _without_duplicates(pairs: list[tuple[str, object]]) -> dict[str, object]:
    content: dict[str, object] = {}
    for key, value in pairs:
        if key in content:
            raise _DuplicateError(key)
        content[key] = value
    return content


def _is_newer(version: str) -> bool:
    from packaging.version import InvalidVersion, Version

    try:
        return Version(version) > Version(__version__)
    except InvalidVersion:
        return False


def _line_of(text: str, key: str, occurrence: int = 1) -> int | None:
    quoted = {json.dumps(key), json.dumps(key, ensure_ascii=False)}
    for number, line in enumerate(text.split("\n"), start=1):
        if any(line.lstrip().startswith(name) for name in quoted):
            occurrence -= 1
            if occurrence == 0:
                return number
    return None
