"""Matches paths against the patterns of gitignore, in time that grows with their lengths alone.

https://git-scm.com/docs/gitignore#_pattern_format

A pattern comes from a repository, so that its time has to be bounded. Nothing after a ``*`` is ever
tried twice: the first place where the text up to the next ``*`` fits is as good as any later one,
which makes it an atomic group. The same holds for ``**`` and whole folders. The library
``pathspec`` speaks the same language, and makes no such promise.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby

LONGEST = 4096
"""The most characters in a pattern: no path is longer."""

_TRAILING_SPACES = re.compile(r"(?<!\\) +\Z")
# A segment ends here, and so does a path.
_SEGMENT_END = r"(?=/|\Z)"
_FOLDERS = r"(?:[^/]++/)"


@dataclass(frozen=True, slots=True)
class _Pattern:
    """A line of gitignore.

    Attributes:
        brings_back: the line began with ``!``.
        folders_only: it ended with ``/``.
        by_name: it says nothing of the folders above.
        literal: the name, if it is one name and no other.
        expression: what it matches, as the source of a regular expression.
    """

    brings_back: bool
    folders_only: bool
    by_name: bool
    literal: str | None
    expression: str


class Patterns:
    """Patterns of gitignore, a later one over an earlier one.

    Args:
        patterns: what ``parse`` has made of each line.
    """

    def __init__(self, patterns: Iterable[_Pattern]) -> None:
        self._groups = [
            _Group.of(list(group), brings_back=brings_back)
            for brings_back, group in groupby(patterns, lambda pattern: pattern.brings_back)
        ]
        self._groups.reverse()

    def match(self, path: str, *, is_folder: bool) -> bool:
        """Returns whether a path is left out; those of the folders above it are not looked at.

        Args:
            path: relative to the folder of the patterns, with ``/``.
            is_folder: whether it is one.
        """
        name = path.rpartition("/")[2]
        for group in self._groups:
            if group.match(path, name, is_folder=is_folder):
                return not group.brings_back
        return False


@dataclass(frozen=True, slots=True)
class _Names:
    """Patterns that differ in nothing but what they match."""

    literals: frozenset[str]
    by_name: re.Pattern[str] | None
    by_path: re.Pattern[str] | None

    @classmethod
    def of(cls, patterns: list[_Pattern]) -> _Names:
        return cls(
            frozenset(each.literal for each in patterns if each.literal is not None),
            _any(each.expression for each in patterns if each.by_name and each.literal is None),
            _any(each.expression for each in patterns if not each.by_name),
        )

    def match(self, path: str, name: str) -> bool:
        return (
            name in self.literals
            or bool(self.by_name and self.by_name.match(name))
            or bool(self.by_path and self.by_path.match(path))
        )


@dataclass(frozen=True, slots=True)
class _Group:
    """Neighboring patterns that all leave out or all bring back, so that their order is nothing."""

    brings_back: bool
    all: _Names
    folders: _Names = field(repr=False)

    @classmethod
    def of(cls, patterns: list[_Pattern], *, brings_back: bool) -> _Group:
        return cls(
            brings_back,
            _Names.of([each for each in patterns if not each.folders_only]),
            _Names.of([each for each in patterns if each.folders_only]),
        )

    def match(self, path: str, name: str, *, is_folder: bool) -> bool:
        return self.all.match(path, name) or (is_folder and self.folders.match(path, name))


def parse(line: str) -> _Pattern | None:
    """Reads a line; None if it is empty or a comment.

    Raises:
        ValueError: it is not a pattern.
    """
    text = _TRAILING_SPACES.sub("", line)
    if not text or text.startswith("#"):
        return None
    if len(text) > LONGEST:
        raise ValueError("the pattern is too long")
    brings_back = text.startswith("!")
    text = text.removeprefix("!")
    if not text:
        raise ValueError("the pattern is empty")
    folders_only = text.endswith("/")
    text = text.removesuffix("/")
    segments = text.removeprefix("/").split("/")
    if segments == [""]:
        return None  # `/` alone matches nothing
    # Git reads more stars than two as two.
    tokens = [None if re.fullmatch(r"\*\*+", each) else list(_tokens(each)) for each in segments]
    by_name = "/" not in text
    if tokens == [None]:
        return _Pattern(brings_back, folders_only, by_name, None, "")
    if by_name:
        (parts,) = tokens
        literal = _literal(parts or [])
        expression = _segment(parts or []) + r"\Z"
        return _Pattern(brings_back, folders_only, by_name, literal, expression)
    return _Pattern(brings_back, folders_only, by_name, None, _path(tokens))


@dataclass(frozen=True, slots=True)
class _Token:
    """What matches one character, or a ``*``."""

    expression: str
    character: str | None = None


_STAR = _Token("*")


def _tokens(segment: str) -> Iterator[_Token]:
    """Yields the parts of a pattern between two slashes."""
    at = 0
    while at < len(segment):
        character = segment[at]
        at += 1
        if character == "*":
            yield _STAR
        elif character == "?":
            yield _Token("[^/]")
        elif character == "[":
            end = _class_end(segment, at)
            yield _Token(_class(segment[at:end]))
            at = end + 1
        elif character == "\\":
            if at == len(segment):
                raise ValueError("nothing follows the last backslash")
            yield _Token(re.escape(segment[at]), segment[at])
            at += 1
        else:
            yield _Token(re.escape(character), character)


def _class_end(segment: str, at: int) -> int:
    """Returns where the ``]`` of a class is whose ``[`` is before ``at``."""
    start = at + 1 if segment[at : at + 1] in ("!", "^") else at
    end = start
    while end < len(segment):
        if segment[end] == "\\":
            end += 1
        elif segment.startswith("[:", end) and (close := segment.find(":]", end + 2)) != -1:
            end = close + 1
        elif segment[end] == "]" and end > start:
            return end
        end += 1
    raise ValueError("a bracket is not closed")


_POSIX = {
    "alnum": "a-zA-Z0-9",
    "alpha": "a-zA-Z",
    "blank": r" \t",
    "cntrl": r"\x00-\x1f\x7f",
    "digit": "0-9",
    "graph": r"\x21-\x7e",
    "lower": "a-z",
    "print": r"\x20-\x7e",
    "punct": r"\x21-\x2f\x3a-\x40\x5b-\x60\x7b-\x7e",
    "space": r" \t\n\r\f\v",
    "upper": "A-Z",
    "xdigit": "0-9a-fA-F",
}


def _class(text: str) -> str:
    """Returns a class of characters as a regular expression writes it."""
    negated = text[:1] in ("!", "^")
    at = 1 if negated else 0
    out = ""
    while at < len(text):
        if text.startswith("[:", at) and (close := text.find(":]", at + 2)) != -1:
            name = text[at + 2 : close]
            if name not in _POSIX:
                raise ValueError(f"there is no class `{name}`")
            out += _POSIX[name]
            at = close + 2
            continue
        first, at = _class_member(text, at)
        if text.startswith("-", at) and at + 1 < len(text):
            last, at = _class_member(text, at + 1)
            if last < first:
                raise ValueError("a range ends before it begins")
            out += f"{re.escape(first)}-{re.escape(last)}"
        else:
            out += re.escape(first)
    return f"(?!/)[{'^' if negated else ''}{out}]"


def _class_member(text: str, at: int) -> tuple[str, int]:
    if text[at] == "\\":
        at += 1
    return text[at], at + 1


def _literal(tokens: list[_Token]) -> str | None:
    characters = [token.character for token in tokens]
    known = [character for character in characters if character is not None]
    return "".join(known) if len(known) == len(tokens) else None


def _segment(tokens: list[_Token]) -> str:
    """Returns the expression for all of one name."""
    chunks = [""]
    for token in tokens:
        if token is not _STAR:
            chunks[-1] += token.expression
        elif len(chunks) == 1 or chunks[-1]:
            chunks.append("")
    if len(chunks) == 1:
        return chunks[0] + _SEGMENT_END
    first, *middle, last = chunks
    expression = first + "".join(f"(?>[^/]*?{chunk})" for chunk in middle)
    rest = f"(?>[^/]*{last}{_SEGMENT_END})" if last else "[^/]*+"
    # A name is never empty, and `*` alone is a name.
    return f"(?=[^/]){expression}{rest}"


def _path(segments: list[list[_Token] | None]) -> str:
    """Returns the expression for a path; None among the segments is ``**``."""
    runs: list[list[str]] = [[]]
    for tokens in segments:
        if tokens is not None:
            runs[-1].append(_segment(tokens))
        elif len(runs) == 1 or runs[-1]:
            runs.append([])
    first, *others = ("/".join(run) for run in runs)
    if not others:
        return first + r"\Z"
    expression = f"{first}/" if first else ""
    *middle, last = others
    expression += "".join(f"(?>{_FOLDERS}*?{run}/)" for run in middle)
    # `a/**` is all that is in the folder, and not the folder itself.
    return expression + (rf"(?>{_FOLDERS}*?{last}\Z)" if last else r"[^/].*+\Z")


def _any(expressions: Iterable[str]) -> re.Pattern[str] | None:
    alternatives = [f"(?:{each})" for each in expressions]
    return re.compile("|".join(alternatives), re.DOTALL) if alternatives else None
