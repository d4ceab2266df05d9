"""Takes out of a library file what a tree does not use. See ``tfgen.render.features``."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tfgen.render.features import Features

_WHEN = re.compile(r" *# tfgen: when (?P<names>[a-z0-9_]+(?:, [a-z0-9_]+)*)")
_ELSE = re.compile(r" *# tfgen: else")
_END = re.compile(r" *# tfgen: end")
_MARK = re.compile(r"#\s*tfgen:")
_COMMENT = re.compile(r"(?P<indent> *)#(?: (?P<code>.*))?")
_BLANKS = re.compile(r"\n{3,}")
_BLANK_AFTER_OPENING = re.compile(r"([{\[(]\n)\n+")
_EMPTY_OBJECT = re.compile(r"object\(\{\n *\}\)")
_BLANK_BEFORE_CLOSING = re.compile(r"\n\n+( *[}\])])")


@dataclass(frozen=True, slots=True)
class _Part:
    """What stands between two marks: whether it is kept, and whether it is a comment to undo."""

    kept: bool
    commented: bool = False


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
    parts: list[_Part] = []
    for line in text.split("\n"):
        if opening := _WHEN.fullmatch(line):
            parts.append(_Part(not used.isdisjoint(opening["names"].split(", "))))
        elif _ELSE.fullmatch(line):
            if not parts or parts[-1].commented:
                raise ValueError("`# tfgen: else` without a `when`")
            parts[-1] = _Part(not parts[-1].kept, commented=True)
        elif _END.fullmatch(line):
            if not parts:
                raise ValueError("`# tfgen: end` without a `when`")
            parts.pop()
        elif _MARK.search(line):
            raise ValueError(f"not a mark: {line.strip()}")
        elif all(part.kept for part in parts):
            kept.append(_code(line) if parts and parts[-1].commented else line)
    if parts:
        raise ValueError("`# tfgen: when` without an `end`")
    return _tidy("\n".join(kept))


def _code(line: str) -> str:
    """Returns what is commented out on a line.

    Raises:
        ValueError: the line is no comment.
    """
    comment = _COMMENT.fullmatch(line)
    if comment is None:
        raise ValueError(f"not a comment after `# tfgen: else`: {line.strip()}")
    return f"{comment['indent']}{comment['code']}" if comment["code"] else ""


def _tidy(text: str) -> str:
    text = _BLANKS.sub("\n\n", text)
    text = _BLANK_AFTER_OPENING.sub(r"\1", text)
    text = _BLANK_BEFORE_CLOSING.sub(r"\n\1", text)
    text = _EMPTY_OBJECT.sub("object({})", text)
    stripped = text.strip("\n")
    return f"{stripped}\n" if stripped else ""
