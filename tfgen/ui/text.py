"""Text that is safe to show: no value may steer the terminal that shows it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Final

# C0 and C1 controls and DEL drive the terminal; the bidirectional controls reorder what is read
# (https://trojansource.codes); lone surrogates are file names that are not UTF-8.
_UNSAFE: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_LINE_BREAKS: Final = re.compile("[\t\n]")

# Select Graphic Rendition (ECMA-48, 8.3.117), only what colors, thickens or underlines: concealed
# text (8) is not passed on.
_LOOK: Final = "(?:0?[0-4]|2[1-4]|[34][0-79]|9[0-7])"
_SGR: Final = re.compile(f"(\x1b\\[(?:{_LOOK}(?:;{_LOOK})*)?m)")


class Style(StrEnum):
    """How text looks on a terminal with colors, as SGR parameters."""

    ERROR = "1;31"
    WARNING = "1;33"
    HINT = "1;36"
    SUCCESS = "1;32"
    PLACE = "36"
    STRONG = "1"
    FAINT = "2"
    ADDED = "32"
    CHANGED = "33"
    REMOVED = "31"


@dataclass(frozen=True, slots=True)
class Glyphs:
    """The signs of the live view and of messages.

    Attributes:
        frames: the pictures of a spinner, in order.
        full: one cell of a bar that is done; ``empty`` is one that is not.
    """

    done: str
    failed: str
    stopped: str
    waiting: str
    more: str
    full: str
    empty: str
    frames: str


UNICODE: Final = Glyphs(
    done="✓",
    failed="✗",
    stopped="■",
    waiting="·",
    more="…",
    full="━",
    empty="─",
    frames="⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏",
)
ASCII: Final = Glyphs(
    done="+",
    failed="x",
    stopped="!",
    waiting=".",
    more="...",
    full="#",
    empty="-",
    frames="|/-\\",
)


def escape(text: str) -> str:
    r"""Spells out every character that would steer a terminal, for example ESC as ``\x1b``.

    Args:
        text: any text; line feeds and tabs stay.
    """
    return _UNSAFE.sub(_spelled, text)


def escape_line(text: str) -> str:
    r"""Like `escape`, and keeps to one line: line feeds and tabs become ``\n`` and ``\t``."""
    return escape(_LINE_BREAKS.sub(lambda found: "\\n" if found[0] == "\n" else "\\t", text))


def escape_json(text: str) -> str:
    """Escapes what steers a terminal in a JSON text the way JSON does, so that it reads back.

    Args:
        text: JSON, in which such characters can only stand inside strings.
    """
    return _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def escape_styled(text: str, *, color: bool) -> str:
    """Like `escape`, for the output of a program that colors it itself.

    Args:
        text: what the program printed.
        color: whether its colors stay; without it they are dropped.
    """
    parts = _SGR.split(text)
    plain, styles = parts[::2], [*parts[1::2], ""]
    return "".join(
        escape(part) + (style if color else "") for part, style in zip(plain, styles, strict=True)
    )


def paint(text: str, style: Style, *, color: bool) -> str:
    """Wraps text in a style where there is color; the text must be safe already."""
    return f"\x1b[{style}m{text}\x1b[0m" if color else text


def paint_diff(text: str, *, color: bool) -> str:
    """Colors a unified diff.

    Args:
        text: any number of files; safe already.
        color: without it the text stays as it is.
    """
    if not color:
        return text
    lines = text.split("\n")
    # A removed line that begins with `-- ` looks like a header, but no `+++ ` line follows it.
    names = {
        number
        for first, (line, following) in enumerate(pairwise(lines))
        if line.startswith("--- ") and following.startswith("+++ ")
        for number in (first, first + 1)
    }
    return "\n".join(
        paint(line, Style.STRONG, color=True) if number in names else _paint_diff_line(line)
        for number, line in enumerate(lines)
    )


def duration(seconds: float) -> str:
    """Spells a duration as people do, for example ``8s``, ``1m 05s`` or ``2h 03m``.

    Args:
        seconds: how long; less than nothing counts as nothing.
    """
    whole = max(0, int(seconds))
    minutes, rest = divmod(whole, 60)
    if minutes == 0:
        return f"{rest}s"
    hours, minutes_left = divmod(minutes, 60)
    return f"{hours}h {minutes_left:02}m" if hours else f"{minutes}m {rest:02}s"


def count(number: int, noun: str) -> str:
    """Joins a number and its noun, for example ``1 file`` or ``12 files``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _paint_diff_line(line: str) -> str:
    styles = {"+": Style.ADDED, "-": Style.REMOVED, "@": Style.PLACE, " ": None}
    # Whatever else begins a line is a header of git's, such as `new file mode 100644`.
    style = styles.get(line[:1], Style.STRONG) if line else None
    return line if style is None else paint(line, style, color=True)


def _spelled(found: re.Match[str]) -> str:
    code = ord(found[0])
    return f"\\x{code:02x}" if code <= 0xFF else f"\\u{code:04x}"
