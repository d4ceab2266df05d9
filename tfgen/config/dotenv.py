"""Files of variables: ``NAME=VALUE`` on each line, as shells and ``docker --env-file`` read it."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass

from tfgen.config.types import ENV_PATTERN
from tfgen.errors import TfgenError


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable of a file.

    Attributes:
        place: the file and the line.
    """

    value: str
    place: str


def parse_dotenv(text: str, *, file: str) -> dict[str, Variable]:
    """Reads variables.

    The grammar is python-dotenv's, which people know: `export`, comments, quotes, and values of
    several lines in quotes. Its parser tells the lines, which its functions do not. ``$NAME``
    stays as it is: what stands there is the value.

    Args:
        text: the file.
        file: its name, as errors show it.

    Raises:
        TfgenError: a line is not a variable, or a variable is there twice. No error repeats
            anything of the file: a value on a line of its own looks like a name.
    """
    from dotenv.parser import parse_stream

    found: dict[str, Variable] = {}
    lines: dict[str, int] = {}
    for binding in parse_stream(io.StringIO(text)):
        # Empty lines above count to a statement.
        original = binding.original.string
        before = len(original) - len(original.lstrip())
        line = binding.original.line + original[:before].count("\n")
        place, name = f"{file}:{line}", binding.key
        if binding.error:
            raise TfgenError(
                "The line is not `NAME=VALUE`, or a quote is not closed",
                place=place,
                hint="put a value with spaces, quotes, `#` or line feeds into single quotes",
            )
        if name is None:
            continue
        if not re.fullmatch(ENV_PATTERN, name):
            raise TfgenError(
                "The line does not begin with the name of a variable",
                place=place,
                hint="a variable's name has letters, digits and underscores, a letter first, two "
                "at least",
            )
        if binding.value is None:
            raise TfgenError(
                "The line has no `=` behind the name", place=place, hint="write `NAME=VALUE`"
            )
        if name in found:
            raise TfgenError(
                f"The variable of line {lines[name]} is there again",
                place=place,
                hint="keep one of the two lines",
            )
        found[name], lines[name] = Variable(binding.value, place), line
    return found


def format_dotenv(name: str, value: str) -> str:
    """Returns a variable as `parse_dotenv` reads it back."""
    if re.fullmatch(r"[\w@%+=:,./-]*", value, re.ASCII):
        return f"{name}={value}"
    if "'" not in value and "\\" not in value and "\n" not in value and "\r" not in value:
        return f"{name}='{value}'"
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    escaped = escaped.replace("\n", "\\n").replace("\r", "\\r")
    return f'{name}="{escaped}"'
