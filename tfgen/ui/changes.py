"""What a render did to the tree, as messages."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from tfgen.ui.console import Console
from tfgen.ui.text import Style, count, escape_line, paint

if TYPE_CHECKING:
    from tfgen.write import Change

_SIGNS: Final = {
    "created": ("+", Style.ADDED),
    "changed": ("~", Style.CHANGED),
    "removed": ("-", Style.REMOVED),
}


def show_changes(console: Console, changes: Iterable[Change]) -> None:
    """Names on standard error every file that was created, changed or removed, and counts the rest.

    Args:
        console: where to say it.
        changes: what a write did, or would do.
    """
    kept = 0
    for change in changes:
        if change.kind == "kept":
            kept += 1
            continue
        sign, style = _SIGNS[change.kind]
        line = f"{sign} {escape_line(change.path)}"
        console.message_painted(paint(line, style, color=console.err.color))
    if kept:
        line = f"  {count(kept, 'file')} kept"
        console.message_painted(paint(line, Style.FAINT, color=console.err.color))
