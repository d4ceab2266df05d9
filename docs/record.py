"""Draws the picture of a live apply from a real one: ``python -m docs.record``.

The example is applied in the sandbox, in a terminal of 80 columns. The picture is that terminal
just before the first function was there; only the middle of the plan, a thousand
lines of Terraform's, is cut out. It needs the extras ``sandbox`` and ``dev``.
"""

from __future__ import annotations

import io
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

import pexpect
from rich.console import Console as Canvas
from rich.text import Text

from tfgen.sandbox.lifecycle import stop
from tfgen.terraform.events import ApplyComplete, Event, parse_all
from tfgen.ui.board import Board
from tfgen.ui.console import Console
from tfgen.ui.live import LiveApply
from tfgen.ui.stream import Abilities, Stream

PICTURE = Path(__file__).parent / "images/apply.svg"
EXAMPLE = Path(__file__).parent.parent / "examples/hello"

COLUMNS = 80
COMMAND = "tfgen apply --sandbox"
QUESTION = "[y/N] "
CUT = Text("  ⋮", style="dim")

# The terminal as a window. It loads nothing: every page shows it in a font of the reader's own.
# https://rich.readthedocs.io/en/stable/reference/console.html#rich.console.Console.export_svg
WINDOW = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}"
  role="img" xml:space="preserve">
<title>A live apply: one line per region, with what is in flight and for how long</title>
<style>
.{unique_id}-matrix, .{unique_id}-title {{
  font-family: ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
  font-size: {char_height}px;
  line-height: {line_height}px;
}}
.{unique_id}-title {{ font-size: 16px; }}
{styles}
</style>
<defs>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""


def main() -> None:
    """Applies the example and writes the picture."""
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder) / EXAMPLE.name
        shutil.copytree(EXAMPLE, project, ignore=shutil.ignore_patterns(".tfgen"))
        try:
            shown = _apply(project)
            [journal] = project.glob(".tfgen/sandbox/*/runs/*.jsonl")
            with journal.open(encoding="utf-8") as lines:
                board = _board(list(parse_all(lines)))
        finally:
            stop(project)
    PICTURE.parent.mkdir(exist_ok=True)
    PICTURE.write_text(_draw(shown, board), encoding="utf-8")


def _apply(project: Path) -> list[str]:
    """Applies a project and returns the lines that its terminal showed before the live view."""
    plain = {name: value for name, value in os.environ.items() if name not in {"CI", "NO_COLOR"}}
    terminal = pexpect.spawn(
        sys.executable,
        ["-m", "tfgen", *COMMAND.split()[1:]],
        cwd=str(project),
        env={**plain, "TERM": "xterm-256color"},
        dimensions=(24, COLUMNS),
        encoding="utf-8",
        timeout=180,
    )
    terminal.expect_exact(QUESTION)
    shown = f"{terminal.before}{QUESTION}"
    terminal.sendline("y")
    terminal.expect(pexpect.EOF)
    terminal.close()
    if terminal.exitstatus != 0:
        sys.exit(f"{shown}{terminal.before}")
    return shown.splitlines()


def _board(events: list[Event]) -> Board:
    """Returns the live view of a run, just before its first function was there."""
    now = events[0].at

    def clock() -> datetime:
        return now

    eyes = Abilities(terminal=True, color=True, redraw=True, unicode=True)
    nowhere = Stream(io.StringIO(), name="a picture", abilities=eyes, required=True)
    live = LiveApply(Console(out=nowhere, err=nowhere, silence=None), clock=clock)
    for event in events:
        now = event.at
        if isinstance(event, ApplyComplete) and event.resource.type == "aws_lambda_function":
            return live.board()
        live.feed(event)
    sys.exit("the apply made no function")


def _draw(shown: Iterable[str], board: Board) -> str:
    canvas = Canvas(
        file=io.StringIO(),
        record=True,
        width=COLUMNS,
        force_terminal=True,
        color_system="standard",
        highlight=False,
    )
    canvas.print(Text.assemble(("$ ", "bold green"), (COMMAND, "bold")))
    for line in _abridged(Text.from_ansi(line) for line in shown):
        canvas.print(line)
    canvas.print(board)
    return canvas.export_svg(title=COMMAND, code_format=WINDOW, unique_id="apply")


def _abridged(lines: Iterable[Text]) -> Iterator[Text]:
    """Keeps tfgen's own steps, how much is planned, and the question with its answer."""
    steps = re.compile(r" *(Bundled|Started|Initializing|Planning) ")
    for line in lines:
        if steps.match(line.plain):
            yield line
        elif line.plain.startswith("Plan: "):
            yield from (CUT, line, CUT)
        elif line.plain.endswith(QUESTION):
            yield line + Text("y")


if __name__ == "__main__":
    main()
