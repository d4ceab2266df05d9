"""What the linter finds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Rule: TypeAlias = Literal[
    "unreadable",
    "syntax",
    "provider-version",
    "unknown-type",
    "unknown-argument",
    "missing-argument",
    "region-missing",
    "region-value",
    "region-unexpected",
]


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """Something that is wrong.

    Attributes:
        file: the path of the file, as the linter was given it.
        line: counted from 1.
        rule: what kind of mistake it is.
        message: one sentence, without a full stop.
        hint: what to do about it.
    """

    file: str
    line: int
    rule: Rule
    message: str
    hint: str | None = None

    @property
    def place(self) -> str:
        """The file and the line, as editors take them."""
        return f"{self.file}:{self.line}"
