"""Tables as text: aligned lines for a pipe, fitted columns for a terminal."""

from __future__ import annotations

from collections.abc import Sequence


def plain_table(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Aligns a table with spaces, however wide it gets.

    Args:
        headers: the names of the columns.
        rows: the cells, one line each.

    Returns:
        Lines without space at their ends.
    """
    from rich.cells import cell_len

    lines = [headers, *rows]
    widths = [max(map(cell_len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(
            cell + " " * (width - cell_len(cell)) for cell, width in zip(line, widths, strict=True)
        ).rstrip()
        for line in lines
    )


def pretty_table(headers: Sequence[str], rows: Sequence[Sequence[str]], *, color: bool) -> str:
    """Fits a table into the terminal: cells that are too wide go on in the next line.

    Args:
        headers: the names of the columns.
        rows: the cells, one line each.
        color: whether the headers are styled.
    """
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for name in headers:
        table.add_column(Text(name), overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    terminal = Console(color_system="standard" if color else None, force_terminal=color)
    with terminal.capture() as captured:
        terminal.print(table)
    return "\n".join(line.rstrip() for line in captured.get().splitlines())
