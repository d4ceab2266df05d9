"""A comparison as text."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from tfgen.write.compare import Change, Comparison


def unified_diff(comparison: Comparison) -> str:
    """Shows what a write would do, in the form of ``git diff``.

    The manifest is left out: it only repeats the changes as hashes.

    Args:
        comparison: the rendering against the disk.

    Returns:
        A diff with paths relative to the output folder, empty when no file changes.
    """
    lines: list[str] = []
    for change in comparison.changes:
        if change.kind != "kept":
            lines += _file(change)
    return "".join(lines)


def _file(change: Change) -> Iterator[str]:
    yield f"diff --git a/{change.path} b/{change.path}\n"
    if change.before is None:
        yield "new file mode 100644\n"
    if change.after is None:
        yield "deleted file mode 100644\n"
    body = difflib.unified_diff(
        _lines(change.before),
        _lines(change.after),
        "/dev/null" if change.before is None else f"a/{change.path}",
        "/dev/null" if change.after is None else f"b/{change.path}",
    )
    for line in body:
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"


def _lines(text: str | None) -> list[str]:
    """Splits at newlines only; str.splitlines also splits at form feeds and the like."""
    if not text:
        return []
    *lines, rest = text.split("\n")
    return [f"{line}\n" for line in lines] + ([rest] if rest else [])
