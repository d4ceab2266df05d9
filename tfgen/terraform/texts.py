"""Terraform's errors as it writes them for people, read back into diagnostics.

They come in a box, or plain with ``-no-color``::

    ╷
    │ Error: Saved plan is stale          Error: Saved plan is stale
    │
    │ The given plan file …               The given plan file …
    ╵
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from itertools import dropwhile, takewhile

from tfgen.terraform.events import Diagnostic

_COLOR = re.compile(r"\x1b\[[0-9;]*m")
_HEADING = re.compile(r"(Error|Warning): (.*)")
_ADDRESS = re.compile(r"  with (.+),")
_PLACE = re.compile(r"  on (.+) line (\d+)(?:, in .*)?:")
_BAR = "│"


def plain(text: str) -> str:
    """Take the colors out of a text."""
    return _COLOR.sub("", text)


def diagnostics(text: str) -> tuple[Diagnostic, ...]:
    """Read the errors and warnings in what Terraform printed.

    Args:
        text: the standard error of a command without ``-json``.

    Returns:
        In their order. In plain text, a paragraph of details that begins with “Error: ” cannot be
        told from another error.
    """
    blocks: list[list[str]] = []
    boxed = inside = False
    for line in plain(text).splitlines():
        if line in ("╷", "╵"):
            boxed, inside = line == "╷", False
            continue
        content = line.removeprefix(_BAR).removeprefix(" ") if boxed else line
        begins = not (boxed and inside) and _HEADING.match(content)
        if begins:
            blocks.append([content])
            inside = True
        elif inside:
            blocks[-1].append(content)
    return tuple(_diagnostic(block) for block in blocks)


def _diagnostic(block: list[str]) -> Diagnostic:
    heading = _HEADING.match(block[0])
    severity, summary = heading.groups() if heading else ("Error", block[0])
    body = list(dropwhile(_is_blank, block[1:]))
    place = []
    if body and (_ADDRESS.fullmatch(body[0]) or _PLACE.fullmatch(body[0])):
        place = list(takewhile(lambda text: not _is_blank(text), body))
    address = next((match[1] for text in place if (match := _ADDRESS.fullmatch(text))), None)
    source = next((match for text in place if (match := _PLACE.fullmatch(text))), None)
    return Diagnostic(
        datetime.now(UTC),
        summary,
        severity="warning" if severity == "Warning" else "error",
        summary=summary,
        detail="\n".join(body[len(place) :]).strip(),
        address=address,
        file=source[1] if source else None,
        line=int(source[2]) if source else None,
    )


def _is_blank(text: str) -> bool:
    return not text.strip()
