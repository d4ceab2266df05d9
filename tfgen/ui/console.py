"""The console: the one place that writes to the terminal and asks questions.

Standard output carries data; messages, progress and questions go to standard error. Whatever comes
from a config, from AWS or from Terraform is escaped before a terminal sees it.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final, Literal

from tfgen.errors import ExitCode, TfgenError
from tfgen.ui.hidden import LONGEST, read_hidden
from tfgen.ui.stream import Abilities, Stream, in_ci
from tfgen.ui.tables import plain_table, pretty_table
from tfgen.ui.text import Style, escape, escape_json, escape_line, escape_styled, paint, paint_diff

_VERB_WIDTH: Final = 12
_ANSWERS: Final = {"y": True, "yes": True, "n": False, "no": False}


class Console:
    """Writes messages and data, and asks questions.

    Args:
        out: standard output.
        err: standard error.
        silence: why nobody can be asked anything; None when somebody can.
        verbose: whether details are shown.
        json_mode: whether standard output carries JSON, so that nothing may be drawn around it.
    """

    def __init__(
        self,
        *,
        out: Stream,
        err: Stream,
        silence: str | None,
        verbose: bool = False,
        json_mode: bool = False,
    ) -> None:
        self.out = out
        self.err = err
        self.verbose = verbose
        self.json_mode = json_mode
        self._silence = silence
        self._above: Callable[[str], object] | None = None

    @classmethod
    def from_environment(
        cls, *, no_input: bool = False, verbose: bool = False, json_mode: bool = False
    ) -> Console:
        """Looks at the process's streams and environment variables.

        ``NO_COLOR``, ``FORCE_COLOR``, ``CI`` and ``TERM`` are respected.

        Args:
            no_input: nothing may be asked, whatever the terminal.
            verbose: show details.
            json_mode: standard output carries JSON.
        """
        out = Abilities.of(sys.stdout, os.environ)
        err = Abilities.of(sys.stderr, os.environ)
        return cls(
            out=Stream(sys.stdout, name="standard output", abilities=out, required=True),
            err=Stream(sys.stderr, name="standard error", abilities=err, required=False),
            silence=_why_silent(no_input=no_input, shown=err.terminal),
            verbose=verbose,
            json_mode=json_mode,
        )

    @property
    def interactive(self) -> bool:
        """Whether somebody can be asked something."""
        return self._silence is None

    @property
    def redraws(self) -> bool:
        """Whether standard error may show a live view."""
        return self.err.abilities.redraw and not self.json_mode

    def message(self, text: str) -> None:
        """Says something on standard error."""
        self._say(escape(text))

    def success(self, text: str) -> None:
        """Says on standard error that something went well."""
        sign = paint(self.err.abilities.glyphs.done, Style.SUCCESS, color=self.err.color)
        self._say(f"{sign} {escape(text)}")

    def notice(self, text: str) -> None:
        """Warns on standard error."""
        self.report("warning", text)

    def detail(self, text: str) -> None:
        """Says something on standard error that only ``--verbose`` asks for."""
        if self.verbose:
            self._say(paint(escape(text), Style.FAINT, color=self.err.color))

    def step(self, verb: str, text: str) -> None:
        """Says on standard error which step begins or is done.

        Args:
            verb: what happens, for example ``Rendered``; verbs are aligned below each other.
            text: to what.
        """
        shown = paint(f"{escape_line(verb):>{_VERB_WIDTH}}", Style.SUCCESS, color=self.err.color)
        self._say(f"{shown} {escape(text)}")

    def error(self, error: TfgenError) -> None:
        """Shows on standard error what went wrong, where, and what to do."""
        places = (error.place,) if error.place else ()
        self.report("error", error.message, places=places, hint=error.hint)

    def report(
        self,
        label: Literal["error", "warning"],
        sentence: str,
        *,
        places: Sequence[str] = (),
        detail: str | None = None,
        hint: str | None = None,
    ) -> None:
        """Shows a problem on standard error.

        Args:
            label: how bad it is.
            sentence: what is wrong.
            places: where: files with lines, resource addresses.
            detail: more about it, in paragraphs of its own.
            hint: what to do about it.
        """
        color = self.err.color
        style = Style.ERROR if label == "error" else Style.WARNING
        text = paint(f"{label}:", style, color=color) + " " + escape(sentence)
        for place in places:
            text += f"\n  --> {paint(escape_line(place), Style.PLACE, color=color)}"
        if detail:
            text += f"\n\n{escape(detail.strip())}"
        if hint:
            text += f"\n\n{paint('hint:', Style.HINT, color=color)} {escape(hint)}"
        self._say(text)

    def message_painted(self, text: str) -> None:
        """Says something on standard error that was escaped and painted already."""
        self._say(text)

    @contextmanager
    def messages_through(self, show: Callable[[str], object]) -> Iterator[None]:
        """Sends messages through a live view, which shows them above itself.

        Args:
            show: takes one message, which is escaped and painted, without its last line feed.
        """
        self._above = show
        try:
            yield
        finally:
            self._above = None

    def data(self, text: str) -> None:
        """Writes data to standard output: as it is into a pipe or file, escaped on a terminal.

        Args:
            text: a line feed is added when it does not end with one.
        """
        self._put(escape(text) if self.out.isatty() else text)

    def body(self, content: bytes) -> None:
        """Writes what an API answered to standard output: every byte of it into a pipe or file.

        A terminal gets text only, escaped, and a line feed at its end.
        """
        if not self.out.isatty():
            self.out.write_bytes(content)
            return
        try:
            text = content.decode()
        except UnicodeDecodeError:
            self.notice(f"The body is {len(content)} bytes that are not text: redirect the output")
            return
        if text:
            self.data(text)

    def json(self, value: object, *, compact: bool = False) -> None:
        """Writes a JSON text to standard output.

        Args:
            value: what `json.dumps` takes.
            compact: in one line, for a stream of values.
        """
        text = json.dumps(
            value,
            indent=None if compact else 2,
            separators=(",", ":") if compact else None,
            ensure_ascii=not self.out.abilities.unicode,
            allow_nan=False,
        )
        self._put(escape_json(text))

    def table(self, headers: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Writes a table to standard output: fitted to a terminal, or whole lines into a pipe.

        Args:
            headers: the names of the columns.
            rows: the cells; every row is as long as ``headers``.
        """
        safe_headers = [escape_line(name) for name in headers]
        safe_rows = [[escape_line(cell) for cell in row] for row in rows]
        if self.out.isatty():
            self._put(pretty_table(safe_headers, safe_rows, color=self.out.color))
        else:
            self._put(plain_table(safe_headers, safe_rows))

    def diff(self, text: str) -> None:
        """Writes a unified diff to standard output: colored on a terminal, for `patch` in a pipe.

        Args:
            text: any number of files.
        """
        safe = escape(text) if self.out.isatty() else text
        self._put(paint_diff(safe, color=self.out.color))

    def relay(self, text: str) -> None:
        """Writes to standard output what Terraform printed, and keeps its colors if there are any.

        Args:
            text: with SGR sequences or without.
        """
        self._put(escape_styled(text, color=self.out.color))

    def relay_message(self, text: str) -> None:
        """Says on standard error what Terraform printed, and keeps its colors if there are any.

        Args:
            text: with SGR sequences or without.
        """
        self._say(escape_styled(text, color=self.err.color))

    def require_answers(self, question: str, *, flag: str) -> None:
        """Refuses a question that will come later, before any work is done for it.

        Args:
            question: what will be asked.
            flag: the option that answers instead.

        Raises:
            TfgenError: nobody can be asked.
        """
        if self._silence is not None:
            raise TfgenError(
                f"Cannot ask `{question}` {self._silence}",
                hint=f"Answer with `{flag}`",
                exit_code=ExitCode.USAGE,
            )

    def ask(
        self,
        question: str,
        *,
        flag: str,
        default: str | None = None,
        validate: Callable[[str], str] | None = None,
    ) -> str:
        """Asks until the answer is good.

        Args:
            question: without a colon at its end.
            flag: the option that answers instead, for example ``--name``.
            default: the answer of somebody who only presses Return.
            validate: returns the answer as it counts, or raises `TfgenError`, which is shown
                before the question is asked again.

        Returns:
            The answer, without space around it.

        Raises:
            TfgenError: nobody can be asked.
            KeyboardInterrupt: Ctrl-C was pressed, or the input has ended.
        """
        choice = f" [{default}]" if default else ""
        while True:
            answer = self._answer(f"{question}{choice}: ", question, flag) or default
            if answer is None:
                continue
            try:
                return validate(answer) if validate else answer
            except TfgenError as error:
                self.report("error", error.message, hint=error.hint)

    def ask_hidden(self, question: str, *, flag: str, validate: Callable[[str], object]) -> str:
        """Asks for something that nobody may see, twice, until both answers are the same.

        Args:
            question: without a colon at its end.
            flag: the option that answers instead.
            validate: raises `TfgenError`, which is shown before the question is asked again.

        Returns:
            The answer as it was typed, with any space around it.

        Raises:
            TfgenError: nobody can be asked.
            KeyboardInterrupt: Ctrl-C was pressed, or the input has ended.
        """
        self.require_answers(question, flag=flag)
        while True:
            answer = self._hidden(f"{question}: ")
            try:
                validate(answer)
            except TfgenError as error:
                self.report("error", error.message, hint=error.hint)
                continue
            if self._hidden(f"{question}, once more: ") == answer:
                return answer
            self.message("The two answers differ")

    def confirm(self, question: str, *, flag: str) -> bool:
        """Asks for a yes or a no; only Return means no.

        Args:
            question: with a question mark at its end.
            flag: the option that says yes instead, for example ``--yes``.

        Raises:
            TfgenError: nobody can be asked.
            KeyboardInterrupt: Ctrl-C was pressed, or the input has ended.
        """
        while True:
            answer = self._answer(f"{question} [y/N] ", question, flag).lower() or "no"
            if answer in _ANSWERS:
                return _ANSWERS[answer]
            self.message("Answer `y` or `n`")

    def _answer(self, prompt: str, question: str, flag: str) -> str:
        self.require_answers(question, flag=flag)
        while True:
            try:
                self.err.write(paint(escape_line(prompt), Style.STRONG, color=self.err.color))
                line = sys.stdin.readline()
            except KeyboardInterrupt:
                self.err.write("\n")
                raise
            except UnicodeDecodeError:
                self.message("That is not text in this terminal's encoding")
                continue
            if not line:
                self.err.write("\n")
                raise KeyboardInterrupt
            answer = line.strip()
            if escape_line(answer) == answer:
                return answer
            self.message("That has a control character in it")

    def _hidden(self, prompt: str) -> str:
        shown = paint(escape_line(prompt), Style.STRONG, color=self.err.color)
        while True:
            try:
                line = read_hidden(sys.stdin, lambda: self.err.write(shown))
            except KeyboardInterrupt:
                self.err.write("\n")
                raise
            except UnicodeDecodeError:
                self.message("That is not text in this terminal's encoding")
                continue
            if not line:
                self.err.write("\n")
                raise KeyboardInterrupt
            answer = line.removesuffix("\n")
            if len(answer.encode("utf-8", "surrogateescape")) <= LONGEST:
                return answer
            self.message(f"A terminal takes lines of at most {LONGEST:,} bytes: use `--stdin`")

    def _say(self, text: str) -> None:
        if self._above is None:
            self.err.write(f"{text}\n")
        else:
            self._above(text)

    def _put(self, text: str) -> None:
        self.out.write(text if text.endswith("\n") else f"{text}\n")


def _why_silent(*, no_input: bool, shown: bool) -> str | None:
    if no_input:
        return "because of `--no-input`"
    if in_ci(os.environ):
        return "because `CI` is set"
    if not shown or sys.stdin is None or not sys.stdin.isatty():
        return "without a terminal"
    return None
