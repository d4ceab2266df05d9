"""The values that ``tfgen env set`` is given: on the command line, in a file, or typed unseen."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tfgen.disk import paths
from tfgen.errors import ExitCode, TfgenError

if TYPE_CHECKING:
    from tfgen.ui.console import Console

# https://docs.aws.amazon.com/kms/latest/APIReference/API_Encrypt.html#API_Encrypt_RequestParameters
LONGEST: Final = 4096

_STDIN: Final = "standard input"


def check_value(name: str, value: str, *, place: str | None = None) -> None:
    """Refuses what cannot be the value of a variable, or is more than KMS encrypts.

    Args:
        name: of the variable.
        value: to check.
        place: the line of the file that it is from. The error then has no name: a value on a line
            of its own can look like one.

    Raises:
        TfgenError: it cannot; the error says why, and not what.
    """
    subject = "The value" if place else f"The value of `{name}`"
    try:
        size = len(value.encode("utf-8"))
    except UnicodeEncodeError:
        # The exception would have the value in it.
        raise TfgenError(
            f"{subject} is not UTF-8 text", place=place, hint="encode it, for example in Base64"
        ) from None
    if size == 0:
        raise TfgenError(
            f"{subject} is empty, and KMS encrypts no empty text",
            place=place,
            hint="remove the line; `tfgen env remove NAME` removes a value that was set before"
            if place
            else f"`tfgen env remove {name}` removes it",
        )
    if size > LONGEST:
        raise TfgenError(
            f"{subject} has {size:,} bytes; KMS encrypts {LONGEST:,} at most",
            place=place,
            hint="keep it in Secrets Manager, and name it in `secrets` with `secretsmanager:`",
        )
    if "\0" in value:
        raise TfgenError(
            f"{subject} has a NUL character, which no environment variable can hold",
            place=place,
            hint="encode the value, for example in Base64",
        )


def from_arguments(arguments: Sequence[str]) -> dict[str, str | None]:
    """Returns the names on the command line, each with its value or None if it is to be asked for.

    Raises:
        TfgenError: a name is none, or is there twice. The error says which argument it is, and
            repeats nothing of it: it may be a value.
    """
    from tfgen.config.types import ENV_PATTERN

    values: dict[str, str | None] = {}
    for number, argument in enumerate(arguments, 1):
        name, given, value = argument.partition("=")
        if not re.fullmatch(ENV_PATTERN, name):
            raise TfgenError(
                f"Argument {number} does not begin with the name of a variable",
                hint="write `NAME=VALUE`, or `NAME` alone; a name has letters, digits and "
                "underscores, a letter first, two at least",
                exit_code=ExitCode.USAGE,
            )
        if name in values:
            raise TfgenError(
                f"Argument {number} sets a variable again",
                hint="give each variable one value",
                exit_code=ExitCode.USAGE,
            )
        values[name] = value if given else None
    return values


def from_file(path: Path) -> dict[str, str]:
    """Reads a file of variables.

    Raises:
        TfgenError: it cannot be read, or is not one.
    """
    try:
        # Below the project it is a file of the repository; elsewhere it may well be a pipe, such as
        # that of `<(sops decrypt …)`.
        content = path.read_bytes() if paths.below_project(path) is None else paths.read(path)
    except OSError as error:
        raise TfgenError(
            f"The variables cannot be read: {(error.strerror or str(error)).lower()}",
            place=str(path),
            hint="`--from-file` takes a file with `NAME=VALUE` on each line",
            exit_code=ExitCode.USAGE,
        ) from error
    return _variables(content, str(path))


def from_stdin(console: Console, name: str | None) -> dict[str, str]:
    """Reads standard input to its end.

    Args:
        console: where it is told that somebody has to type.
        name: the variable whose value all of it is, without a line feed at its end; None if it is
            a file of variables.

    Raises:
        TfgenError: it is not text, or not a file of variables.
    """
    if sys.stdin is None:
        raise TfgenError("There is no standard input", exit_code=ExitCode.USAGE)
    if sys.stdin.isatty():
        console.message("Reading until Ctrl-D, and what you type is shown")
    content = sys.stdin.buffer.read()
    if name is None:
        return _variables(content, _STDIN)
    return {name: _text(content, _STDIN).removesuffix("\n").removesuffix("\r")}


def ask(console: Console, name: str) -> str:
    """Asks for a value that nobody sees.

    Raises:
        TfgenError: nobody can be asked.
    """
    return console.ask_hidden(
        f"Value of {name}", flag="--stdin", validate=lambda value: check_value(name, value)
    )


def _variables(content: bytes, file: str) -> dict[str, str]:
    from tfgen.config.dotenv import parse_dotenv

    found = parse_dotenv(_text(content, file), file=file)
    for name, variable in found.items():
        check_value(name, variable.value, place=variable.place)
    return {name: variable.value for name, variable in found.items()}


def _text(content: bytes, place: str) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        # The exception would have the values in it.
        raise TfgenError(
            "This is not UTF-8 text", place=place, hint="encode it, for example in Base64"
        ) from None
