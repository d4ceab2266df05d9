"""A wait, as a log keeps it and as a terminal shows it."""

from __future__ import annotations

from tests.ui.support import on_terminal, piped

WAIT = """
from tfgen.ui.countdown import wait
wait(Console.from_environment(), 0.6, "Waiting until resolvers have forgotten it")
print("done")
"""


def test_a_log_gets_a_line() -> None:
    result = piped(WAIT)
    assert result.stdout == "done\n"
    assert result.stderr == "Waiting until resolvers have forgotten it: 1s left\n"


def test_a_terminal_gets_a_line_that_is_drawn_again() -> None:
    shown = on_terminal(WAIT)
    assert "Waiting until resolvers have forgotten it: 1s left" in shown
    assert shown.rstrip().endswith("done")
