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


def check_name(name: str) -> None:
    """Refuses what is not the name of a variable.

    Raises:
        TfgenError: it is not; the error has nothing that could be a value.
    """
    from tfgen.config.types import ENV_PATTERN

    if not re.fullmatch(ENV_PATTERN, name):
        raise TfgenError(
            f"`{name}` is not the name of a variable",
            hint="a variable's name has letters, digits and underscores, a letter first, two at "
            "least",
            exit_code=ExitCode.USAGE,
        )


def check_value(name: str, value: str) -> None:
    """Refuses what cannot be the value of a variable, or is more than KMS encrypts.

    Raises:
        TfgenError: it cannot; the error says why, and not what.
    """
    try:
        size = len(value.encode("utf-8"))
    except UnicodeEncodeError:
        # The exception would have the value in it.
        raise TfgenError(
            f"The value of `{name}` is not UTF-8 text", hint="encode it, for example in Base64"
        ) from None
    if size == 0:
        raise TfgenError(
            f"The value of `{name}` is empty",
            hint=f"`tfgen env remove {name}` removes it; KMS encrypts no empty text",
        )
    if size > LONGEST:
        raise TfgenError(
            f"The value of `{name}` has {size:,} bytes; KMS encrypts {LONGEST:,} at most",
            hint="keep it in Secrets Manager, and name it in `secrets` with `secretsmanager:`",
        )
    if "\0" in value:
        raise TfgenError(
            f"The value of `{name}` has a NUL character, which no environment variable can hold",
            hint="encode the value, for example in Base64",
        )


def from_arguments(arguments: Sequence[str]) -> dict[str, str | None]:
    """Returns the names on the command line, each with its value or None if it is to be asked for.

    Raises:
        TfgenError: a name is none, or is there twice.
    """
    values: dict[str, str | None] = {}
    for argument in arguments:
        name, given, value = argument.partition("=")
        check_name(name)
        if name in values:
            raise TfgenError(
                f"`{name}` is there twice",
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
    from tfgen.config.dotenv import parse_dotenv

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
    return parse_dotenv(_text(content, str(path)), file=str(path))


def from_stdin(console: Console, name: str | None) -> dict[str, str]:
    """Reads standard input to its end.

    Args:
        console: where it is told that somebody has to type.
        name: the variable whose value all of it is, without a line feed at its end; None if it is
            a file of variables.

    Raises:
        TfgenError: it is not text, or not a file of variables.
    """
    from tfgen.config.dotenv import parse_dotenv

    if sys.stdin is None:
        raise TfgenError("There is no standard input", exit_code=ExitCode.USAGE)
    if sys.stdin.isatty():
        console.message("Reading until Ctrl-D, and what you type is shown")
    text = _text(sys.stdin.buffer.read(), _STDIN)
    if name is None:
        return parse_dotenv(text, file=_STDIN)
    return {name: text.removesuffix("\n").removesuffix("\r")}


def ask(console: Console, name: str) -> str:
    """Asks for a value that nobody sees.

    Raises:
        TfgenError: nobody can be asked.
    """
    return console.ask_hidden(
        f"Value of {name}", flag="--stdin", validate=lambda value: check_value(name, value)
    )


def _text(content: bytes, place: str) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        # The exception would have the values in it.
        raise TfgenError(
            "This is not UTF-8 text", place=place, hint="encode it, for example in Base64"
        ) from None
