"""Rewrites what python-hcl2 cannot read and Terraform can, without moving anything.

python-hcl2 8.1.4 raises on an escaped ``$${`` without a closing brace, on ``!!x``, on templates
with ``~``, on names that are not ASCII and on others. The linter looks at names, at plain texts and
at what an expression refers to. So each of these is replaced by something of the same length that
means the same to the linter, and every line and column stays what it is.

https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

DEEPEST: Final = 100
"""Templates inside each other; Terraform has no limit, and people do not get to ten."""

# What needs a look outside of texts: comments, texts, heredocs, braces, repeated negation, and
# letters that are not ASCII.
_OUTSIDE: Final = re.compile(
    r'["{}#]|//|/\*|<<-?(?=\w)|!(?:\s*!)+|[=(\[,?:][ \t]*-(?:\s*-)+'
    r"|\n[ \t]*=>|[^\x00-\x7f]+"
)
# What needs a look inside of them.
_INSIDE: Final = re.compile(r'["\\\n]|\$?\$\{|%?%\{')
_MARKER: Final = re.compile(r"[^\W\d][\w.-]*(?=\r?\n)")
_NOT_SPACE: Final = re.compile(r"[^\n]")


class TooDeepError(Exception):
    """Templates are inside each other more often than anybody needs.

    Args:
        offset: where.
    """

    def __init__(self, offset: int) -> None:
        super().__init__(offset)
        self.offset = offset


@dataclass(frozen=True, slots=True)
class Masked:
    """A text that python-hcl2 can read.

    Attributes:
        text: of the same length and with the same lines as the original.
        changed: the offsets, ascending, of what the original has another word for.
    """

    text: str
    changed: tuple[int, ...]


def mask(text: str) -> Masked:
    """Returns a text without what python-hcl2 cannot read.

    Args:
        text: what Terraform can read; of anything else the parser will say what is wrong.

    Raises:
        TooDeepError: it is nested deeper than `DEEPEST`.
    """
    masking = _Masking(text)
    masking.expression(0, until_brace=False, depth=0)
    return masking.done()


@dataclass(slots=True)
class _Masking:
    text: str
    edits: list[tuple[int, int, str]] = field(default_factory=list)
    changed: list[int] = field(default_factory=list)

    def done(self) -> Masked:
        """Returns the text with all edits."""
        parts, end = [], 0
        # An edit of a whole text comes after those inside it, which it makes unnecessary.
        for start, stop, with_ in _outermost(self.edits):
            parts += [self.text[end:start], with_]
            end = stop
        return Masked("".join([*parts, self.text[end:]]), tuple(sorted(self.changed)))

    def expression(self, at: int, *, until_brace: bool, depth: int) -> int:
        """Goes through a body or an expression.

        Args:
            at: where it begins.
            until_brace: it ends at the brace that nothing in it opens.
            depth: how many templates it is inside of.

        Returns:
            The offset behind its brace, or that of the text's end.
        """
        if depth > DEEPEST:
            raise TooDeepError(at)
        braces = 0
        while found := _OUTSIDE.search(self.text, at):
            if found[0] == "{":
                braces += 1
            elif found[0] == "}":
                if until_brace and braces == 0:
                    return found.end()
                braces -= 1
            at = self._found(found, depth)
        return len(self.text)

    def _found(self, found: re.Match[str], depth: int) -> int:
        """Replaces what was found outside of a text, and returns the offset behind it."""
        start, end, word = found.start(), found.end(), found[0]
        match word[0], word[-1]:
            case '"', _:
                return self._string(start, depth)
            case ("#", _) | ("/", "/"):
                return self._comment(start, "\n")
            case "/", "*":
                return self._comment(start, "*/")
            case "<", _:
                return self._heredoc(start, end)
            case _, ">":
                # A line break is possible behind an arrow, but not before it.
                self._replace(start, end, f"=>{word[:-2]}")
            case _, "!" | "-":
                self._negations(start, end, word[-1])
            case _ if not word.isascii() and f"x{word}".isidentifier():
                self._replace(start, end, "x" * len(word))
                self.changed.append(start)
        return end

    def _negations(self, start: int, end: int, sign: str) -> None:
        """Replaces repeated negations by one or by none."""
        word = self.text[start:end]
        first = word.index(sign)
        kept = sign if word.count(sign) % 2 else " "
        self._replace(start, end, f"{word[:first]}{kept}{_blank(word[first + 1 :])}")

    def _comment(self, start: int, end_mark: str) -> int:
        end = self.text.find(end_mark, start + 2 if end_mark == "*/" else start)
        if end == -1:
            return len(self.text)
        end += len(end_mark) if end_mark == "*/" else 0
        # One of several lines stays: it may stand where a line break may not.
        if "\n" not in self.text[start:end]:
            self._replace(start, end, " " * (end - start))
        return end

    def _heredoc(self, start: int, at: int) -> int:
        """Replaces a heredoc by a name in parentheses, about which the linter knows nothing."""
        marker = _MARKER.match(self.text, at)
        if marker is None:
            return at
        end = re.compile(rf"^[^\S\n]*{re.escape(marker[0])}(?=[^\S\n]*$)", re.MULTILINE).search(
            self.text, marker.end()
        )
        if end is None:
            return len(self.text)
        inside = self.text[start + 2 : end.end() - 1]
        self._replace(start, end.end(), f"(x{_blank(inside)})")
        return end.end()

    def _string(self, start: int, depth: int) -> int:
        """Replaces a text by one that python-hcl2 reads, if it is more than plain."""
        at = start + 1
        templates: list[tuple[int, int]] = []
        escapes: list[tuple[int, int]] = []
        while True:
            found = _INSIDE.search(self.text, at)
            if found is None or found[0] == "\n":
                # It has no end: the parser will say so.
                return start + 1
            at = found.end()
            if found[0] == '"':
                break
            if found[0] == "\\":
                at += 1
            elif len(found[0]) > 2:
                escapes.append((found.start(), at))
            else:
                at = self.expression(at, until_brace=True, depth=depth + 1)
                templates.append((found.start(), at))
        if not templates:
            for begin, end in escapes:
                self._replace(begin, end, "x" * (end - begin))
                self.changed.append(begin)
        elif templates == [(start + 1, at - 1)] and self.text[start + 1] == "$":
            self._unwrap(start, at)
        else:
            self._calculated(start, at)
        return at

    def _unwrap(self, start: int, end: int) -> None:
        """Replaces ``"${x}"`` by ``x`` in parentheses, which is the same to the linter."""
        before = 4 if self.text[start + 3] == "~" else 3
        behind = 3 if self.text[end - 3] == "~" else 2
        self._replace(start, start + before, "(".rjust(before))
        self._replace(end - behind, end, ")".rjust(behind))

    def _calculated(self, start: int, end: int) -> None:
        """Replaces a text with templates by the shortest one: what is in it is not known here."""
        inside = self.text[start:end]
        lines = "\n" * inside.count("\n")
        if len(inside) >= len(f'"x{lines}${{x}}"'):
            self._replace(start, end, f'"x{lines.ljust(len(inside) - 7)}${{x}}"')

    def _replace(self, start: int, end: int, with_: str) -> None:
        self.edits.append((start, end, with_))


def _blank(text: str) -> str:
    return _NOT_SPACE.sub(" ", text)


def _outermost(edits: list[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    found: list[tuple[int, int, str]] = []
    for edit in sorted(edits, key=lambda edit: (edit[0], -edit[1])):
        if not found or edit[0] >= found[-1][1]:
            found.append(edit)
    return found
