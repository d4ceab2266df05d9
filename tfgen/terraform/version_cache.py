"""Remembers what a Terraform answered when it was last asked for its version."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

from tfgen.disk import paths

# A launcher (tfenv, tenv, asdf, mise, a wrapper script) stays the same file when the user selects
# another version. It is smaller than the 80 MB and more of the real ones, or has another name.
_SMALLEST_TERRAFORM = 40 * 1024 * 1024
_NAMES = ("terraform", "tofu")


def recall(cache: Path, file: Path) -> str | None:
    """Return the answer of this very file, or None when it is new or has changed."""
    entry = _read(cache).get(str(file))
    if not isinstance(entry, dict) or entry.get("file") != _identity(file):
        return None
    answer = entry.get("answer")
    return answer if isinstance(answer, str) else None


def remember(cache: Path, file: Path, answer: str) -> None:
    """Keep an answer, if it comes from Terraform itself and not from a launcher of it."""
    if not any(name in file.name for name in _NAMES):
        return
    if file.stat().st_size < _SMALLEST_TERRAFORM:
        return
    entries = _read(cache) | {str(file): {"file": _identity(file), "answer": answer}}
    # A cache that cannot be written costs a tenth of a second, not the command.
    with contextlib.suppress(OSError):
        paths.make(cache.parent)
        paths.write(cache, json.dumps(entries, indent=2).encode())


def _identity(file: Path) -> list[int]:
    status = file.stat()
    return [status.st_size, status.st_mtime_ns]


def _read(cache: Path) -> dict[str, Any]:
    # Missing, unreadable or damaged: all of them mean that nothing is remembered.
    try:
        entries = json.loads(paths.read_text(cache))
    except (OSError, ValueError, RecursionError):
        return {}
    return entries if isinstance(entries, dict) else {}
