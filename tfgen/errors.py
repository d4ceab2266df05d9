"""The errors that a user can cause, and the exit codes of the commands."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """What a command returns to the shell."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    STALE = 3
    INTERRUPTED = 130


class TfgenError(Exception):
    """An expected failure: shown as a sentence, a place and a hint, never as a traceback.

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
        super().__init__(message)
        self.message = message
        self.place = place
        self.hint = hint
        self.exit_code = exit_code

    def __str__(self) -> str:
        lines = [f"{self.place}: {self.message}" if self.place else self.message]
        if self.hint:
            lines += ["", f"hint: {self.hint}"]
        return "\n".join(lines)
