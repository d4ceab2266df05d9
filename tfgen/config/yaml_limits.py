"""Bounds what a YAML text may hold, before anything is built from it.

A few hundred bytes of aliases can stand for billions of values, and a few thousand brackets are
deeper than the libraries can go. The check reads YAML's events one by one and stops at the first
that is too much, so that no text costs more than a bounded time and memory.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Final

import yaml

from tfgen.errors import TfgenError

# What YAML calls printable: https://yaml.org/spec/1.1/#c-printable
_UNPRINTABLE: Final = re.compile(
    "[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
)
_BYTE_ORDER_MARK: Final = "\ufeff"


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that a text may hold.

    Attributes:
        length: characters, in the file and in all values with every alias written out.
        nodes: mappings, lists, keys and values, with every alias written out.
        depth: mappings and lists inside each other.
    """

    length: int
    nodes: int = 200_000
    depth: int = 64


CONFIG: Final = Limits(length=1 << 20)
CIPHERTEXTS: Final = Limits(length=8 << 20)
"""200 variables in all 33 regions are 4 MB."""


@dataclass(slots=True)
class _Part:
    """A node that was read, with everything inside it."""

    nodes: int = 1
    length: int = 0
    height: int = 0


@dataclass(slots=True)
class _Open:
    """A mapping or a list whose end was not read yet."""

    part: _Part = field(default_factory=_Part)
    anchor: str | None = None


def check_length(text: str, limits: Limits, *, file: str) -> None:
    """Refuses a text that is too long.

    Args:
        text: the text.
        limits: the most that it may hold.
        file: the name that errors show.

    Raises:
        TfgenError: it is longer.
    """
    if len(text) > limits.length:
        raise TfgenError(
            f"The file has {len(text):,} characters, and {limits.length:,} is the most",
            place=file,
            hint="check that it is the file that you mean",
        )


def check_limits(text: str, loader: Any, limits: Limits, *, file: str) -> None:
    """Refuses a text that is too long, too deep, or stands for too many values.

    Args:
        text: the text.
        loader: the YAML loader that will build it.
        limits: the most that it may hold.
        file: the name that errors show.

    Raises:
        TfgenError: it holds more, has a character that YAML does not allow, or an alias that
            contains itself.
        yaml.YAMLError: it is not YAML.
    """
    check_length(text, limits, file=file)
    _check_characters(text, file)
    check = _Check(limits, file)
    for event in yaml.parse(text, Loader=loader):
        check.event(event)


def _check_characters(text: str, file: str) -> None:
    found = _UNPRINTABLE.search(text.removeprefix(_BYTE_ORDER_MARK))
    if found is not None:
        line = text.count("\n", 0, found.start() + 1) + 1
        raise TfgenError(
            f"The character U+{ord(found[0]):04X} cannot be in a YAML file",
            place=f"{file}:{line}",
            hint='remove it; in double quotes, `"\\x1b"` and the like stand for such characters',
        )


@dataclass(slots=True)
class _Check:
    limits: Limits
    file: str
    open: list[_Open] = field(default_factory=list)
    anchors: dict[str, _Part] = field(default_factory=dict)
    aliases: bool = False

    def event(self, event: Any) -> None:
        """Takes the next event of a text."""
        if isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            self.open.append(_Open(anchor=event.anchor))
            self._check_depth(0, event)
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            closed = self.open.pop()
            self._add(closed.part, closed.anchor, event)
        elif isinstance(event, yaml.ScalarEvent):
            self._add(_Part(length=len(event.value)), event.anchor, event)
        elif isinstance(event, yaml.AliasEvent):
            self._add(self._meant(event), None, event)

    def _meant(self, event: Any) -> _Part:
        """Returns what an alias stands for."""
        if any(each.anchor == event.anchor for each in self.open):
            raise TfgenError(
                "An alias contains itself",
                place=self._place(event),
                hint="write the value out instead of using an alias",
            )
        # The loader will say that there is no such anchor.
        part = self.anchors.get(event.anchor, _Part())
        self.aliases = True
        self._check_depth(part.height, event)
        return part

    def _add(self, part: _Part, anchor: str | None, event: Any) -> None:
        if anchor is not None:
            self.anchors[anchor] = part
        above = self.open[-1].part if self.open else _Part()
        above.nodes += part.nodes
        above.length += part.length
        above.height = max(above.height, part.height + 1)
        if above.nodes > self.limits.nodes:
            self._refuse(f"more than {self.limits.nodes:,} keys and values", event)
        if above.length > self.limits.length:
            self._refuse(f"more than {self.limits.length:,} characters", event)

    def _check_depth(self, height: int, event: Any) -> None:
        if len(self.open) + height > self.limits.depth:
            raise TfgenError(
                f"More than {self.limits.depth} mappings and lists are inside each other",
                place=self._place(event),
                hint="check the brackets and the indentation around this line",
            )

    def _refuse(self, what: str, event: Any) -> None:
        raise TfgenError(
            f"With its aliases written out, the file has {what}"
            if self.aliases
            else f"The file has {what}",
            place=self._place(event),
            hint="use fewer aliases, or split the app into several",
        )

    def _place(self, event: Any) -> str:
        return f"{self.file}:{event.start_mark.line + 1}"
