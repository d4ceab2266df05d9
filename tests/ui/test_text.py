"""Nothing that is shown steers the terminal, and what JSON escapes reads back."""

from __future__ import annotations

import json
from unicodedata import category

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tfgen.ui.text import (
    Style,
    count,
    duration,
    escape,
    escape_json,
    escape_line,
    escape_styled,
    paint,
    paint_diff,
)

HOSTILE = "\x1b]0;owned\x07\x1b[2J\x9b31m\rover\x7f\u202etxt.exe"


def test_escape_spells_out_what_steers() -> None:
    assert escape(HOSTILE) == (r"\x1b]0;owned\x07\x1b[2J\x9b31m\x0dover\x7f\u202etxt.exe")
    assert escape("a\tb\nc \ud800") == "a\tb\nc \\ud800"
    assert escape_line("a\tb\nc") == r"a\tb\nc"


@pytest.mark.parametrize("text", ["[bold]x[/]", ":smile:", "naïve ☃ 日本語 🦀", "\\x1b", ""])
def test_escape_leaves_text_alone(text: str) -> None:
    assert escape(text) == escape_line(text) == text


@given(st.text())
def test_escaped_text_has_no_control_character(text: str) -> None:
    assert not {category(character) for character in escape_line(text)} & {"Cc", "Cs"}


@settings(max_examples=50)
@given(st.recursive(st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_escaped_json_reads_back(value: object) -> None:
    escaped = escape_json(json.dumps(value, ensure_ascii=False))
    assert json.loads(escaped) == value
    assert "\x7f" not in escaped
    assert "\x9b" not in escaped


@pytest.mark.parametrize("look", ["0", "1", "4", "31", "1;31", "0;1;4;97", ""])
def test_colors_of_another_program_stay_or_go(look: str) -> None:
    text = f"\x1b[{look}m+\x1b[0m created"
    assert escape_styled(text, color=True) == text
    assert escape_styled(text, color=False) == "+ created"


@pytest.mark.parametrize("sequence", ["\x1b[8m", "\x1b[2J", "\x1b[31", "\x1b]0;x\x07", "\x1b[31;m"])
def test_other_sequences_of_another_program_are_escaped(sequence: str) -> None:
    assert escape_styled(sequence, color=True) == escape(sequence)


def test_a_long_broken_sequence_is_escaped_at_once() -> None:
    hostile = "\x1b[" + "0" * 50_000 + "X"
    assert escape_styled(hostile, color=True) == escape(hostile)


def test_paint_needs_color() -> None:
    assert paint("x", Style.ERROR, color=True) == "\x1b[1;31mx\x1b[0m"
    assert paint("x", Style.ERROR, color=False) == "x"


def test_diff_tells_headers_from_lines_that_look_like_them() -> None:
    diff = "diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n same\n--- removed\n+added\n"
    bold, red, green, cyan = (f"\x1b[{code}m" for code in ("1", "31", "32", "36"))
    end = "\x1b[0m"
    assert paint_diff(diff, color=True).split("\n") == [
        f"{bold}diff --git a/x b/x{end}",
        f"{bold}--- a/x{end}",
        f"{bold}+++ b/x{end}",
        f"{cyan}@@ -1,2 +1,2 @@{end}",
        " same",
        f"{red}--- removed{end}",
        f"{green}+added{end}",
        "",
    ]
    assert paint_diff(diff, color=False) == diff


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(-1, "0s"), (0.9, "0s"), (59.9, "59s"), (65, "1m 05s"), (3599, "59m 59s"), (7380, "2h 03m")],
)
def test_duration(seconds: float, shown: str) -> None:
    assert duration(seconds) == shown


def test_count() -> None:
    assert [count(number, "file") for number in (0, 1, 12)] == ["0 files", "1 file", "12 files"]
