"""A shell in a terminal, for the commands that pages show."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pexpect

from tests.docs.pages import Block

_SECONDS = 300
_PROMPT = "<shell %s> "
# What tfgen asks: an answer in a page is what the reader types, Return is everybody else's.
_CONFIRMATION = r"\[y/N\] "
_QUESTION = r"(?:Name|Regions|Runtime|Hosted zone of the domain) \[[^\]]*\]: |if the API has one: "
_REST = "…"


@dataclass(frozen=True, slots=True)
class Step:
    """A command in a page, and what the page says comes of it.

    Attributes:
        command: what is typed, without a comment behind it.
        shown: the lines below it; none means that the page leaves them out.
    """

    command: str
    shown: tuple[str, ...]


def steps(block: Block) -> Iterator[Step]:
    """Yields the commands of a console block."""
    command, shown = None, list[str]()
    for line in block.text.splitlines():
        if line.startswith("$ "):
            if command is not None:
                yield Step(command, tuple(shown))
            command, shown = re.sub(r"\s+# .*$", "", line[2:]), []
        else:
            shown.append(line)
    assert command is not None, f"{block} has no command"
    yield Step(command, tuple(shown))


class Shell:
    """A bash whose terminal is 80 columns wide and cannot redraw lines.

    Args:
        folder: where it begins.
        environment: its variables.
    """

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        # Nothing of this machine's own settings, and no editing that would break long lines.
        self._bash = pexpect.spawn(
            "bash",
            ["--norc", "--noprofile", "--noediting"],
            cwd=str(folder),
            env={**environment, "PS1": _PROMPT % "$?", "PS2": "", "TERM": "dumb"},
            dimensions=(40, 80),
            encoding="utf-8",
            timeout=_SECONDS,
        )
        self._bash.expect(_PROMPT % r"0")

    def run(self, step: Step) -> None:
        """Types a command, answers its questions, and holds what it says against the page.

        Raises:
            AssertionError: it says something else, or ends in another way than the page shows.
        """
        self._bash.sendline(step.command)
        said = ""
        while asked := self._bash.expect([_PROMPT % r"\d+", _CONFIRMATION, _QUESTION]):
            said += self._said() + str(self._bash.after)
            self._bash.sendline("y" if asked == 1 else "")
        code = int(re.sub(r"\D", "", str(self._bash.after)))
        said = _plain(said + self._said()).removeprefix(f"{step.command}\n").rstrip()
        fails = any(line.startswith("error: ") for line in step.shown)
        assert (code != 0) == fails, f"`{step.command}` ends with {code}\n{said}"
        if step.shown:
            page = "\n".join(step.shown)
            matches = re.fullmatch("".join(map(_pattern, step.shown)), f"{said}\n")
            assert matches, f"`{step.command}` says\n\n{said}\n\nand the page\n\n{page}"

    def _said(self) -> str:
        """Returns what came before the prompt or question that was waited for."""
        return self._bash.before or ""

    def close(self) -> None:
        """Ends the shell."""
        self._bash.sendline("exit 0")
        self._bash.expect(pexpect.EOF)
        self._bash.close()


def _plain(said: str) -> str:
    """Returns what a terminal was sent, without colors and without space at the ends of lines."""
    text = re.sub(r"\x1b\[[\d;]*m", "", said.replace("\r\n", "\n"))
    return re.sub(r" +$", "", text, flags=re.MULTILINE)


def _pattern(line: str) -> str:
    """Returns what a shown line stands for: the sign of omission alone is any lines at all."""
    if line == _REST:
        return r"(?:.*\n)*?"
    return ".*".join(map(re.escape, line.split(_REST))) + "\n"


def with_tfgen(folder: Path, environment: Mapping[str, str]) -> dict[str, str]:
    """Puts a program ``tfgen`` in front of the PATH, whatever is installed on this machine.

    Args:
        folder: where the program is written.
        environment: the variables to change.
    """
    folder.mkdir()
    program = folder / "tfgen"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m tfgen "$@"\n', "utf-8")
    program.chmod(0o755)
    path = (str(folder), str(Path(sys.executable).parent), environment["PATH"])
    return {**environment, "PATH": os.pathsep.join(path)}
