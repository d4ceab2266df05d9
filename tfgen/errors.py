"""The errors that a user can cause, and the exit codes of the commands."""

from __future__ import annotations

from enum import IntEnum
from typing import Final

# tfgen's own sentences are shorter; what a user wrote, and a sentence repeats, can be any length.
_LONGEST: Final = 1000
_LINE_BREAKS: Final = frozenset("\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029")


class ExitCode(IntEnum):
    """What a command returns to the shell."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    STALE = 3
    INTERRUPTED = 130


def shortened(text: str, longest: int = _LONGEST) -> str:
    """Returns a text without its middle if it is too long.

    Args:
        text: any text.
        longest: how many characters may be left.
    """
    if len(text) <= longest:
        return text
    end = longest // 3
    return f"{text[: longest - end - 1]}…{text[-end:]}"


def on_one_line(text: str) -> str:
    r"""Returns a text with its line breaks spelled out, for example as ``\n``."""
    return "".join(repr(each)[1:-1] if each in _LINE_BREAKS else each for each in text)


class TfgenError(Exception):
    """An expected failure: shown as a sentence, a place and a hint, never as a traceback.

    What a sentence repeats may be of any length, and is shortened here. Terraform's errors, which
    have several paragraphs, are whole.

    Args:
        message: one sentence, without a full stop, that says what is wrong.
        place: where it is wrong, for example ``tfgen.yaml:14``.
        hint: what to do about it.
        exit_code: what the command returns.
    """

    def __init__(
        self,
        message: str,
        *,
        place: str | None = None,
        hint: str | None = None,
        exit_code: ExitCode = ExitCode.FAILED,
    ) -> None:
        message = message if "\n" in message else shortened(message)
        super().__init__(message)
        self.message = message
        self.place = None if place is None else shortened(place)
        self.hint = None if hint is None else "\n".join(map(shortened, hint.split("\n")))
        self.exit_code = exit_code

    def on_one_line(self) -> TfgenError:
        """Returns the error with a message on one line, whatever it repeats."""
        return TfgenError(
            on_one_line(self.message), place=self.place, hint=self.hint, exit_code=self.exit_code
        )

    def __str__(self) -> str:
        lines = [f"{self.place}: {self.message}" if self.place else self.message]
        if self.hint:
            lines += ["", f"hint: {self.hint}"]
        return "\n".join(lines)
