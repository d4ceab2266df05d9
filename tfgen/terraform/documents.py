"""The JSON that Terraform prints: found, parsed, and held to what tfgen knows of it.

Every reader of ``show -json``, ``output -json``, ``state pull`` and ``validate -json`` goes through
here. A launcher in front of Terraform may print lines of its own before the document, and a broken
one may print anything.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from tfgen.errors import TfgenError
from tfgen.terraform.engine import Engine

# All documents of Terraform's are objects that begin a line.
_BEGINNING = re.compile(r"^\{", re.MULTILINE)
_MOST_BEGINNINGS = 100
_SHOWN = 120

# What a reader raises that finds something else than it expects.
_UNEXPECTED = (
    AttributeError,
    IndexError,
    KeyError,
    OverflowError,
    RecursionError,
    TypeError,
    ValueError,
)


def document(text: str) -> dict[str, Any]:
    """Return the JSON object that a command of Terraform's printed.

    Args:
        text: all of its standard output.

    Raises:
        ValueError: there is none.
        RecursionError: it is nested too deeply.
    """
    return json.loads(document_text(text))  # type: ignore[no-any-return] # an object by its brace


def document_text(text: str, *, holding: str | None = None) -> str:
    """Return the last JSON object in a text that begins a line, as it is written there.

    Launchers print before Terraform does, and some print JSON as well.

    Args:
        text: all of the standard output of a command of Terraform's.
        holding: a key that the object has, so that it is not a launcher's.

    Raises:
        ValueError: there is none.
        RecursionError: it is nested too deeply.
    """
    decoder = json.JSONDecoder()
    found, end, tried = None, 0, 0
    for match in _BEGINNING.finditer(text):
        if match.start() < end:
            continue
        tried += 1
        if tried > _MOST_BEGINNINGS:
            break
        try:
            content, end = decoder.raw_decode(text, match.start())
        except ValueError:
            continue
        if holding is None or holding in content:
            found = text[match.start() : end]
    if found is None:
        raise ValueError("no JSON object")
    return found


@contextmanager
def reading(engine: Engine, command: Sequence[str], printed: str, *, root: str) -> Iterator[None]:
    """Turn what a reader of Terraform's answer stumbles over into an error.

    Args:
        engine: which Terraform answered.
        command: what it was asked.
        printed: its standard output.
        root: the folder of the root module, as messages are to show it.

    Raises:
        TfgenError: something that comes of an unexpected answer was raised inside.
    """
    try:
        yield
    except _UNEXPECTED as error:
        asked = " ".join(word for word in command if not word.startswith("/"))
        try:
            document_text(printed)
            problem = "with JSON that tfgen cannot read"
        except ValueError:
            problem = f"with something else than JSON: {_first_line(printed)}"
        except RecursionError:
            problem = "with JSON that is nested too deeply"
        raise TfgenError(
            f"This Terraform answers `{asked}` {problem}",
            place=engine.source,
            hint=f"run `{engine.command} {asked}` in {root} to see it; if that is a launcher of "
            "Terraform, it must leave standard output to Terraform",
        ) from error


def _first_line(text: str) -> str:
    lines = text.strip().splitlines()
    if not lines:
        return "nothing"
    shown = "".join(each if each.isprintable() else "?" for each in lines[0][:_SHOWN])
    return f"“{shown}”"
