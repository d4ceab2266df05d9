"""One output stream: what it can show, and writing to it without ever failing loudly."""

from __future__ import annotations

import codecs
import io
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO, Any, TextIO

from tfgen.errors import TfgenError
from tfgen.ui.text import ASCII, UNICODE, Glyphs


@dataclass(frozen=True, slots=True)
class Abilities:
    """What a stream can show.

    Attributes:
        terminal: someone is looking at it.
        color: styles may be written.
        redraw: lines may be rewritten in place, as a live view does.
        unicode: more than ASCII arrives as it was written.
    """

    terminal: bool
    color: bool
    redraw: bool
    unicode: bool

    @classmethod
    def of(cls, file: TextIO | None, env: Mapping[str, str]) -> Abilities:
        """Finds out what a stream can show.

        ``NO_COLOR`` (https://no-color.org) wins over ``FORCE_COLOR`` (https://force-color.org);
        both count when they are set to anything at all. A continuous-integration log (``CI``) may
        have a pseudo-terminal, but nobody watches it redraw.

        Args:
            file: the stream; None when the process was started without it.
            env: the environment variables.
        """
        terminal = file is not None and file.isatty()
        term = env.get("TERM", "")
        smart = terminal and term not in {"", "dumb", "unknown"}
        return cls(
            terminal=terminal,
            color=not env.get("NO_COLOR") and (smart or bool(env.get("FORCE_COLOR"))),
            redraw=smart and not in_ci(env),
            # The Linux console speaks UTF-8, but its font has none of the signs.
            unicode=_speaks_utf8(file) and term != "linux",
        )

    @property
    def glyphs(self) -> Glyphs:
        """The signs that the stream can show."""
        return UNICODE if self.unicode else ASCII


def in_ci(env: Mapping[str, str]) -> bool:
    """Whether a continuous-integration service runs this process."""
    return env.get("CI", "").lower() not in {"", "0", "false"}


class Stream(io.TextIOBase):
    """Standard output or standard error.

    A reader that goes away (``tfgen output | head -1``) ends nothing: an apply must not die
    because nobody reads on. What is written after that is dropped.

    Args:
        file: where to write; None when the process was started without it.
        name: what to call it in an error.
        abilities: what it can show.
        required: whether a failure to write is an error, as it is for data but not for messages.
    """

    def __init__(
        self, file: TextIO | None, *, name: str, abilities: Abilities, required: bool
    ) -> None:
        self._file = file
        self._name = name
        self._required = required
        self.abilities = abilities

    @property
    def color(self) -> bool:
        """Whether styles may be written."""
        return self.abilities.color

    def isatty(self) -> bool:
        """Whether the stream is a terminal."""
        return self.abilities.terminal

    def fileno(self) -> int:
        """The descriptor of the stream.

        Raises:
            OSError: there is none.
        """
        if self._file is None:
            raise io.UnsupportedOperation("fileno")
        return self._file.fileno()

    def write_bytes(self, content: bytes) -> None:
        """Writes bytes as they are, at once, past the stream's encoding.

        Args:
            content: for a stream that only takes text, it is read as UTF-8.

        Raises:
            TfgenError: a required stream cannot be written.
        """
        binary = getattr(self._file, "buffer", None)
        if binary is None:
            self.write(content.decode("utf-8", "replace"))
        else:
            self._write(binary, content)

    def write(self, text: str) -> int:
        """Writes text as it is, at once.

        Args:
            text: what the stream's encoding cannot spell is written as a backslash escape.

        Returns:
            The number of characters that were given.

        Raises:
            TfgenError: a required stream cannot be written, for example because the disk is full.
        """
        if self._file is not None:
            encoding = self._file.encoding or "utf-8"
            self._write(self._file, text.encode(encoding, "backslashreplace").decode(encoding))
        return len(text)

    def _write(self, file: IO[Any], content: str | bytes) -> None:
        try:
            file.write(content)
            file.flush()
        except BrokenPipeError:
            self._drop_the_rest()
        except OSError as error:
            self._drop_the_rest()
            if self._required:
                raise TfgenError(
                    f"Cannot write to {self._name}: {error.strerror or error}",
                    hint="free some space, or send the output somewhere else",
                ) from error

    def flush(self) -> None:
        """Does nothing: `write` holds nothing back."""

    def _drop_the_rest(self) -> None:
        # The buffer still holds what could not be written, and the interpreter flushes it once
        # more when it exits: the descriptor has to lead somewhere until then.
        # https://docs.python.org/3/library/signal.html#note-on-sigpipe
        file, self._file = self._file, None
        if file is not None:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, file.fileno())
            os.close(nowhere)


def _speaks_utf8(file: TextIO | None) -> bool:
    if file is None or not file.encoding:
        return True
    return codecs.lookup(file.encoding).name == "utf-8"
