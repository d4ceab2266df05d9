"""The help of every command fits a terminal and speaks to people who know no Python."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
import typer.main
from typer.testing import CliRunner

from tfgen.cli.app import app


def commands() -> Iterator[tuple[str, ...]]:
    def below(command: Any, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        yield path
        for name, subcommand in getattr(command, "commands", {}).items():
            yield from below(subcommand, (*path, name))

    yield from below(typer.main.get_command(app), ())


@pytest.mark.parametrize("command", list(commands()), ids=" ".join)
def test_help(command: tuple[str, ...]) -> None:
    result = CliRunner().invoke(app, [*command, "--help"])
    assert result.exit_code == 0
    assert max(map(len, result.stdout.splitlines())) <= 80
    # No type of Python's, no name of a parameter, no default in brackets of its own.
    assert not re.search(r"<\w+>|\{|\b[a-z]+_[a-z]+\b|default: \(", result.stdout)
    assert "\x1b" not in result.stdout
    for line in result.stdout.splitlines():
        if re.match(r"  -", line):
            assert re.match(r"  (-\w, )?--[a-z-]+( [A-Z]+)?(  |$)", line), line
