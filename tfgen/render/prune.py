"""Takes out of a library file what a tree does not use. See ``tfgen.render.features``."""

from __future__ import annotations

import re

from tfgen.render.features import Features

_WHEN = re.compile(r" *# tfgen: when (?P<names>[a-z0-9_]+(?:, [a-z0-9_]+)*)")
_END = re.compile(r" *# tfgen: end")
_MARK = re.compile(r"#\s*tfgen:")
_BLANKS = re.compile(r"\n{3,}")
_BLANK_AFTER_OPENING = re.compile(r"([{\[(]\n)\n+")
_BLANK_BEFORE_CLOSING = re.compile(r"\n\n+( *[}\])])")


def prune(text: str, used: Features) -> str:
    """Returns a library file without its marks and without what is not used.

    Args:
        text: the file, as ``terraform fmt`` leaves it.
        used: the features of the tree.

    Returns:
        The file, aligned anew by whoever asked; empty if nothing is left of it.

    Raises:
        ValueError: the marks do not match each other.
    """
    kept: list[str] = []
    open_marks: list[bool] = []
    for line in text.split("\n"):
        if opening := _WHEN.fullmatch(line):
            open_marks.append(not used.isdisjoint(opening["names"].split(", ")))
        elif _END.fullmatch(line):
            if not open_marks:
                raise ValueError("`# tfgen: end` without a `when`")
            open_marks.pop()
        elif _MARK.search(line):
            raise ValueError(f"not a mark: {line.strip()}")
        elif all(open_marks):
            kept.append(line)
    if open_marks:
        raise ValueError("`# tfgen: when` without an `end`")
    return _tidy("\n".join(kept))


def _tidy(text: str) -> str:
    text = _BLANKS.sub("\n\n", text)
    text = _BLANK_AFTER_OPENING.sub(r"\1", text)
    text = _BLANK_BEFORE_CLOSING.sub(r"\n\1", text)
    stripped = text.strip("\n")
    return f"{stripped}\n" if stripped else ""
