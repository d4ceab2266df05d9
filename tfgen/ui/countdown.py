"""A wait of known length, shown while it lasts."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from rich.console import Console as Terminal
from rich.console import ConsoleOptions
from rich.text import Text

from tfgen.ui.console import Console
from tfgen.ui.screen import Screen
from tfgen.ui.text import duration

_PER_SECOND: Final = 4
# Where nothing can be redrawn, a line now and then says that it still goes on.
_SECONDS_BETWEEN_LINES: Final = 30


@dataclass(frozen=True, slots=True)
class _Left:
    """How long it still lasts."""

    what: str
    seconds: float

    def __rich_console__(self, console: Terminal, options: ConsoleOptions) -> Iterable[Text]:
        del console
        text = Text(f"  {self.what}: {duration(math.ceil(self.seconds))} left")
        text.truncate(options.max_width, overflow="ellipsis")
        yield text


def wait(console: Console, seconds: float, what: str) -> None:
    """Waits, and shows how long it still takes.

    Args:
        console: where to show it.
        seconds: how long.
        what: is waited for, in words.
    """
    end = time.monotonic() + seconds

    def left() -> _Left:
        return _Left(what, max(0.0, end - time.monotonic()))

    if console.redraws:
        with Screen(console.err, left, _PER_SECOND):
            time.sleep(seconds)
        return
    while (rest := left().seconds) > 0:
        console.message(f"{what}: {duration(math.ceil(rest))} left")
        time.sleep(min(rest, _SECONDS_BETWEEN_LINES))
