"""Files of variables: what people write, and errors that name the line and no value."""

from __future__ import annotations

import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tfgen.config.dotenv import format_dotenv, parse_dotenv
from tfgen.errors import TfgenError


def parsed(text: str) -> dict[str, str]:
    found = parse_dotenv(text, file=".env")
    return {name: variable.value for name, variable in found.items()}


def test_what_people_write() -> None:
    text = """\ufeff
# a comment
DB=postgres://user:pa#ss@host/db?a=b   # behind
export TOKEN = 'it is $HOME, "as" it is # here'
QUOTED="line\\nfeed \\"quoted\\" \\\\ $HOME"
PEM="-----BEGIN-----
MIIB+/==
-----END-----"
EQUALS=a=b=c
"""
    assert parsed(text) == {
        "DB": "postgres://user:pa#ss@host/db?a=b",
        "TOKEN": 'it is $HOME, "as" it is # here',
        "QUOTED": 'line\nfeed "quoted" \\ $HOME',
        "PEM": "-----BEGIN-----\nMIIB+/==\n-----END-----",
        "EQUALS": "a=b=c",
    }
    assert parsed(text.replace("\n", "\r\n"))["EQUALS"] == "a=b=c"


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("AA=1\n\nBB='geheim\n", 3, "a quote is not closed"),
        ('AA=1\nBB="geheim" geheim\n', 2, "not `NAME=VALUE`"),
        ("AA=1\n\n\n# x\nexport BB\n", 5, "no `=` behind the name"),
        ("AA=1\ngeheim\n", 2, "no `=` behind the name"),
        ("geheim=\ngeheim=\n", 2, "The variable of line 1 is there again"),
        ("AA=1\n9B=geheim\n", 2, "does not begin with the name of a variable"),
        ("AA=1\n=geheim\n", 2, "not `NAME=VALUE`"),
        ("AA=1\n\ngeheim in words\n", 3, "not `NAME=VALUE`"),
        ("AA=1\n\nAA=geheim\n", 3, "The variable of line 1 is there again"),
    ],
)
def test_a_wrong_line(text: str, line: int, message: str) -> None:
    with pytest.raises(TfgenError, match=message) as raised:
        parsed(text)
    assert raised.value.place == f".env:{line}"
    assert "geheim" not in str(raised.value)


VALUES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


@given(st.dictionaries(st.from_regex(r"[A-Za-z][A-Za-z0-9_]+", fullmatch=True), VALUES))
def test_what_is_written_is_read_back(values: dict[str, str]) -> None:
    text = "".join(f"{format_dotenv(name, value)}\n" for name, value in values.items())
    assert parsed(text) == values


@pytest.mark.parametrize("value", ["a b", "it's", 'say "x"', "$HOME", "a\\b", "`id`", "ä#ö"])
def test_a_shell_reads_what_has_no_line_feed(value: str) -> None:
    """Of a value that has both a quote and a dollar sign, a shell makes something else."""
    line = format_dotenv("NAME", value)
    done = subprocess.run(
        ["sh", "-c", f'{line}; printf %s "$NAME"'], capture_output=True, check=True
    )
    assert done.stdout.decode() == value
