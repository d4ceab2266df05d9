"""The pages that people read, taken apart: links, headings and blocks of code."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.support.trees import EXAMPLES, ROOT

PAGES = (
    ROOT / "README.md",
    ROOT / "CHANGELOG.md",
    *sorted((ROOT / "docs").rglob("*.md")),
    *sorted(EXAMPLES.glob("*/README.md")),
)

_BLOCK = re.compile(
    r"(?P<marks>(?:^[ ]*<!--.*?-->\n)*)"
    r"^(?P<indent>[ ]*)```(?P<language>\w+)\n(?P<text>.*?)^(?P=indent)```$",
    re.MULTILINE | re.DOTALL,
)
_MARK = re.compile(
    r"<!-- not run: (?:(?P<command>[^()]+) \((?P<reason>[^()]+)\)|(?P<all>[^()]+)) -->"
)
_FILE = re.compile(r"# (?P<path>[\w./-]+\.(?:yaml|tf))\n")


@dataclass(frozen=True, slots=True)
class Block:
    """A block of code in a page.

    Attributes:
        page: where it is.
        line: the line that it begins in.
        language: what follows the backticks.
        text: what is in it, without the indentation of the list that it belongs to.
        unrun: why the block is not run; None when it is.
        unrun_commands: commands in it that are not run, and why not.
    """

    page: Path
    line: int
    language: str
    text: str
    unrun: str | None
    unrun_commands: dict[str, str]

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"

    @property
    def file(self) -> str | None:
        """The file that the block is the whole of, if its first line names one."""
        named = _FILE.match(self.text)
        return named["path"] if named else None


def blocks(page: Path) -> Iterator[Block]:
    """Yields the blocks of a page in their order."""
    text = page.read_text("utf-8")
    for found in _BLOCK.finditer(text):
        marks = list(_MARK.finditer(found["marks"]))
        assert len(marks) == found["marks"].count("<!--"), f"{page}: a comment of another form"
        yield Block(
            page=page,
            line=text.count("\n", 0, found.start("indent")) + 1,
            language=found["language"],
            text=textwrap.dedent(found["text"]),
            unrun=next((mark["all"] for mark in marks if mark["all"]), None),
            unrun_commands={mark["command"]: mark["reason"] for mark in marks if mark["command"]},
        )


def all_blocks(language: str) -> list[Block]:
    """Returns the blocks in a language of all pages."""
    return [block for page in PAGES for block in blocks(page) if block.language == language]


def prose(page: Path) -> str:
    """Returns a page without its code."""
    return re.sub(r"`[^`\n]+`", "", _BLOCK.sub("", page.read_text("utf-8")))


def anchors(page: Path) -> set[str]:
    """Returns the anchors of a page's headings, as GitHub names them."""
    text = _BLOCK.sub("", page.read_text("utf-8"))
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
