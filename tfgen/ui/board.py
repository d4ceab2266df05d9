"""The live view as a picture: a line per region, fitted to a terminal of any size.

Everything here is drawn from frozen data and a width; the clock and the terminal are elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

from rich.cells import cell_len, set_cell_size
from rich.console import Console, ConsoleOptions
from rich.text import Text

from tfgen.ui.text import Glyphs, count, duration, escape_line

_Part = tuple[str, str]
"""Text and its style, in rich's words."""

_SIGNS: Final = {"create": "+", "update": "~", "delete": "-", "read": "<"}

_BAR_WIDTH: Final = 12
_SIGN_STYLES: Final = {"+": "green", "~": "yellow", "-": "red", "<": "cyan"}
# Modules may have a key of their own, a number or a quoted string:
# https://developer.hashicorp.com/terraform/cli/state/resource-addressing
_MODULES: Final = re.compile(r'^(?:module\.[^.\[]+(?:\[(?:\d+|"(?:[^"\\]|\\.)*")\])?\.)+')

# Narrower terminals lose the bar first, then what is in flight.
_MIN_WIDTH_WITH_BAR: Final = 64
_MIN_ACTIVITY: Final = 8


class State(Enum):
    """How far a region is."""

    WAITING = "waiting"
    ACTIVE = "active"
    DONE = "done"
    FAILED = "failed"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Work:
    """A resource that is in flight.

    Attributes:
        address: its resource address, with the modules it is in.
        action: Terraform's word, for example ``create``.
        seconds: how long it has been at it.
    """

    address: str
    action: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Row:
    """A region at one moment.

    Attributes:
        done: resources that are finished, out of ``total``.
        failed: resources that Terraform gave up on.
        work: what is in flight, the oldest first.
        seconds: since the first resource of the region began.
    """

    name: str
    state: State
    done: int
    total: int
    failed: int
    work: tuple[Work, ...]
    seconds: float


@dataclass(frozen=True, slots=True)
class Board:
    """All regions at one moment, as something that rich draws.

    Attributes:
        verb: what goes on, for example ``Applying``.
        rows: one per region.
        seconds: since the run began.
        tick: which picture of the spinner is shown.
        final: nothing moves any more: every region has its line, however many there are.
    """

    verb: str
    rows: tuple[Row, ...]
    seconds: float
    glyphs: Glyphs
    tick: int = 0
    final: bool = False

    def __rich_console__(self, _: Console, options: ConsoleOptions) -> Iterator[Text]:
        """Draws one line per region and one for all, one column narrower than the terminal."""
        # A full last column leaves the cursor in a place that terminals disagree about.
        yield from self.lines(max(1, options.max_width - 1), options.size.height - 1)

    def lines(self, width: int, height: int) -> Iterator[Text]:
        """Draws the lines.

        Args:
            width: the most cells that a line may have.
            height: the most lines, unless the board is final.
        """
        shown, rest = (self.rows, ()) if self.final else _fold(self.rows, height - 1)
        columns = _Columns.of(self.rows, width)
        drawn = [self._line(row, columns) for row in shown]
        drawn += [self._rest_line(rows) for rows in rest]
        if not self.final:
            drawn.append(self._total_line())
        for parts in drawn:
            line = Text.assemble(*parts, no_wrap=True)
            line.truncate(width)
            yield line

    def _line(self, row: Row, columns: _Columns) -> list[_Part]:
        parts = [self._marker(row.state), (f" {escape_line(row.name):<{columns.name}}  ", "")]
        if columns.bar:
            parts += self._bar(row, columns.bar)
        parts.append((f"{f'{row.done}/{row.total}':>{columns.count}}", ""))
        if columns.activity >= _MIN_ACTIVITY:
            parts += [("  ", ""), *self._activity(row, columns.activity)]
        return parts

    def _marker(self, state: State) -> _Part:
        glyphs = self.glyphs
        match state:
            case State.WAITING:
                return glyphs.waiting, "dim"
            case State.ACTIVE:
                return glyphs.frames[self.tick % len(glyphs.frames)], "cyan"
            case State.DONE:
                return glyphs.done, "green"
            case State.FAILED:
                return glyphs.failed, "red"
            case State.STOPPED:
                return glyphs.stopped, "yellow"

    def _bar(self, row: Row, width: int) -> list[_Part]:
        filled = width * row.done // row.total if row.total else width
        style = {State.FAILED: "red", State.STOPPED: "yellow"}.get(row.state, "green")
        return [
            (self.glyphs.full * filled, style),
            (self.glyphs.empty * (width - filled), "dim"),
            (" ", ""),
        ]

    def _activity(self, row: Row, width: int) -> list[_Part]:
        if row.work and not self.final:
            return self._work(row.work, width)
        match row.state:
            case State.DONE if row.total == 0:
                return [("nothing to do", "dim")]
            case State.DONE:
                return [(f"done in {duration(row.seconds)}", "dim")]
            case State.FAILED:
                return [(f"{row.failed} failed after {duration(row.seconds)}", "red")]
            case State.STOPPED if row.work:
                during = "stopped during "
                address = local_address(row.work[0].address)
                return [(during, "yellow"), (crop(address, width - len(during), self.glyphs), "")]
            case State.STOPPED:
                return [("stopped", "yellow")]
            case State.WAITING | State.ACTIVE:
                return [("waiting", "dim")]

    def _work(self, work: tuple[Work, ...], width: int) -> list[_Part]:
        oldest, *others = work
        sign = _SIGNS.get(oldest.action, "*")
        age = f" {duration(oldest.seconds)}"
        more = f", +{len(others)} more" if others else ""
        room = width - len(f"{sign} {age}")
        if room - len(more) < _MIN_ACTIVITY:
            more = ""
        address = crop(local_address(oldest.address), room - len(more), self.glyphs)
        return [
            (sign, _SIGN_STYLES.get(sign, "")),
            (f" {address}", ""),
            (age, "bold"),
            (more, "dim"),
        ]

    def _rest_line(self, rows: Sequence[Row]) -> list[_Part]:
        state = rows[0].state
        return [self._marker(state), (f" {count(len(rows), 'more region')} {state.value}", "dim")]

    def _total_line(self) -> list[_Part]:
        done = sum(row.done for row in self.rows)
        total = sum(row.total for row in self.rows)
        return [
            (f"  {self.verb}", "bold"),
            (f" {done}/{total} resources" if total else "", ""),
            (f"  {duration(self.seconds)}", "dim"),
        ]


@dataclass(frozen=True, slots=True)
class _Columns:
    """How wide each part of a line is, in cells; 0 leaves the part out."""

    name: int
    bar: int
    count: int
    activity: int

    @classmethod
    def of(cls, rows: Sequence[Row], width: int) -> _Columns:
        name = max((len(escape_line(row.name)) for row in rows), default=0)
        counts = max((len(f"{row.total}/{row.total}") for row in rows), default=0)
        bar = _BAR_WIDTH if width >= _MIN_WIDTH_WITH_BAR else 0
        taken = 2 + name + 2 + (bar + 1 if bar else 0) + counts + 2
        return cls(name=name, bar=bar, count=counts, activity=width - taken)


def local_address(address: str) -> str:
    """Leaves the modules out of a resource address: the line of a region names its module.

    Args:
        address: for example ``module.us_west_2.module.function.aws_lambda_function.this``.

    Returns:
        The resource, for example ``aws_lambda_function.this``, with its key if it has one.
    """
    return _MODULES.sub("", address)


def crop(text: str, width: int, glyphs: Glyphs) -> str:
    """Cuts the end off text that is too wide.

    Args:
        text: escaped here.
        width: in cells.
        glyphs: has the sign that says that there is more.
    """
    safe = escape_line(text)
    if cell_len(safe) <= width:
        return safe
    return set_cell_size(safe, max(0, width - len(glyphs.more))).rstrip() + glyphs.more


def _fold(rows: Sequence[Row], room: int) -> tuple[Sequence[Row], Sequence[Sequence[Row]]]:
    """Chooses which rows have a line of their own.

    What failed and what is at work comes first; regions that are finished or that wait are the
    first to share a line, whatever is in flight beyond the room the last.

    Args:
        rows: all of them.
        room: how many lines there are.

    Returns:
        The rows that are drawn, in their order, and the others by what they have in common.
    """
    if len(rows) <= room:
        return rows, ()
    urgency = (State.FAILED, State.ACTIVE, State.STOPPED, State.WAITING, State.DONE)
    ranked = sorted(range(len(rows)), key=lambda index: urgency.index(rows[index].state))
    for lines in range(room, 0, -1):
        chosen = set(ranked[:lines])
        left = [row for index, row in enumerate(rows) if index not in chosen]
        groups = [
            same for state in urgency if (same := [row for row in left if row.state is state])
        ]
        if lines + len(groups) <= room:
            return [rows[index] for index in sorted(chosen)], groups
    return (), ()
