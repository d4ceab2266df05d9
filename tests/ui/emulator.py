"""A terminal that remembers: enough of ECMA-48 for what tfgen writes, and nothing else."""

from __future__ import annotations

import re

from rich.cells import cell_len

_TOKEN = re.compile(r"\x1b\[([?0-9;]*)([A-Za-z])|([\r\n])|([^\x00-\x1f\x7f-\x9f])|(.)", re.DOTALL)


class Emulator:
    """Takes what a program writes to a terminal and shows what a person then sees.

    Attributes:
        styled: whether any color or weight was asked for.
        cursor_shown: whether the cursor is visible.
        widest: the most cells that any line ever had.
    """

    def __init__(self, rows: int = 24, columns: int = 80) -> None:
        self.styled = False
        self.cursor_shown = True
        self.widest = 0
        self._rows = rows
        self._columns = columns
        self._lines: list[str] = [""]
        self._row = 0
        self._column = 0

    @property
    def text(self) -> str:
        """Everything, with what has scrolled away, without space at the ends of lines."""
        return "\n".join(line.rstrip() for line in self._lines).rstrip("\n")

    @property
    def visible(self) -> list[str]:
        """The lines that are on the screen."""
        return [line.rstrip() for line in self._lines[self._top :]]

    @property
    def _top(self) -> int:
        return max(0, len(self._lines) - self._rows)

    def feed(self, output: str) -> Emulator:
        """Shows output.

        Raises:
            ValueError: a control sequence that tfgen has no reason to write.
        """
        for parameters, final, move, character, unknown in _TOKEN.findall(output):
            if unknown:
                raise ValueError(f"control character {unknown!r}")
            if character:
                self._put(character)
            elif move == "\r":
                self._column = 0
            elif move == "\n":
                self._down()
            else:
                self._control(parameters, final)
        return self

    def resize(self, columns: int) -> None:
        """Becomes narrower and breaks the lines that are there, as most terminals do."""
        broken = [
            [line[at : at + columns] for at in range(0, max(1, len(line)), columns)]
            for line in (line.rstrip() for line in self._lines)
        ]
        self._row = sum(map(len, broken[: self._row + 1])) - 1
        self._column %= columns
        self._lines = [part for parts in broken for part in parts]
        self._columns = columns
        self.widest = 0

    def _control(self, parameters: str, final: str) -> None:
        match final, parameters:
            case "m", _:
                self.styled = True
            case "A", count:
                self._row = max(self._top, self._row - int(count or 1))
            case "K", "2":
                self._lines[self._row] = ""
            case (("l" | "h"), "?25"):
                self.cursor_shown = final == "h"
            case _:
                raise ValueError(f"control sequence {parameters}{final}")

    def _put(self, character: str) -> None:
        width = cell_len(character)
        if self._column + width > self._columns:
            self._down()
            self._column = 0
        line = self._lines[self._row].ljust(self._column)
        self._lines[self._row] = line[: self._column] + character + line[self._column + width :]
        self._column += width
        self.widest = max(self.widest, self._column)

    def _down(self) -> None:
        self._row += 1
        if self._row == len(self._lines):
            self._lines.append("")
