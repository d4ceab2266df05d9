"""The part of the terminal that a live view redraws."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import IO, Protocol, cast

from rich.console import Console, ConsoleOptions
from rich.control import Control
from rich.live import Live
from rich.segment import ControlType
from rich.text import Text

from tfgen.ui.stream import Stream


class Picture(Protocol):
    """What a screen shows at one moment."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterable[Text]:
        """Draws it, a text for each line."""


class Screen(Live):
    """Redraws a picture below everything else that is written to a stream.

    Args:
        stream: a terminal.
        picture: makes the picture of this moment.
        per_second: how often it is redrawn.
    """

    def __init__(self, stream: Stream, picture: Callable[[], Picture], per_second: int) -> None:
        self._picture = picture
        self._widths: list[int] = []
        self._columns = 0
        super().__init__(
            console=Console(
                file=cast("IO[str]", stream),
                force_terminal=True,
                force_interactive=True,
                color_system="standard" if stream.color else None,
                markup=False,
                emoji=False,
                highlight=False,
            ),
            get_renderable=lambda: self,
            refresh_per_second=per_second,
            # Data must not end up in the view, and a stray warning of a library must not tear it.
            redirect_stdout=False,
            redirect_stderr=True,
        )

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterable[Text]:
        """Draws the picture and remembers how wide its lines are."""
        lines = list(self._picture().__rich_console__(console, options))
        self._widths = [line.cell_len for line in lines]
        return lines

    def refresh(self) -> None:
        """Redraws, also when the terminal has become narrower since.

        Most terminals then break the lines that are there, so that they take more rows than were
        written. Rich only goes up as many rows as it wrote.
        """
        with self._lock:
            columns = self.console.width
            if columns < self._columns:
                extra = sum(max(0, width - 1) // columns for width in self._widths)
                up = ((ControlType.ERASE_IN_LINE, 2), (ControlType.CURSOR_UP, 1))
                self.console.control(Control(*up * extra))
            self._columns = columns
            super().refresh()

    def show_above(self, text: str) -> None:
        """Shows a message above the picture.

        Args:
            text: escaped and painted, without its last line feed.
        """
        self.console.print(Text.from_ansi(text), soft_wrap=True)
