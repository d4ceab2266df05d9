"""Runs small programs that use the console: with pipes, and on a terminal of 80 by 24."""

from __future__ import annotations

import errno
import os
import pty
import subprocess
import sys
import termios
from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent

import pexpect

ROOT = Path(__file__).resolve().parent.parent.parent
_HEAD = "from tfgen.errors import *\nfrom tfgen.ui.console import Console\n"


def environment(**extra: str) -> dict[str, str]:
    """Returns an environment in which nothing but ``extra`` decides how things look."""
    return {
        "PATH": "/usr/bin:/bin",
        "PYTHONPATH": str(ROOT),
        "PYTHONUTF8": "1",
        "TERM": "xterm-256color",
    } | extra


def program(body: str) -> list[str]:
    """Returns the command line of a program; `Console` and the errors are imported."""
    return [sys.executable, "-c", _HEAD + dedent(body)]


def piped(body: str, *, stdin: str = "", **env: str) -> subprocess.CompletedProcess[str]:
    """Runs a program with pipes for all three streams."""
    return subprocess.run(
        program(body),
        input=stdin,
        capture_output=True,
        encoding="utf-8",
        env=environment(**env),
        timeout=60,
        check=False,
    )


def terminal(body: str, env: Mapping[str, str] | None = None) -> pexpect.spawn[str]:
    """Starts a program on a terminal of 80 by 24, to talk to it."""
    command, *arguments = program(body)
    child = pexpect.spawn(
        command,
        arguments,
        env=environment(**(env or {})),
        dimensions=(24, 80),
        encoding="utf-8",
        timeout=60,
    )
    child.delaybeforesend = None
    return child


def on_terminal(body: str, env: Mapping[str, str] | None = None, *, columns: int = 80) -> str:
    """Runs a program that asks nothing on a terminal of 24 lines, and returns all it wrote."""
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, columns))
    run = subprocess.Popen(
        program(body), stdin=theirs, stdout=theirs, stderr=theirs, env=environment(**(env or {}))
    )
    os.close(theirs)
    written = bytearray()
    with os.fdopen(ours, "rb", buffering=0) as terminal_end:
        try:
            while chunk := terminal_end.read(65536):
                written += chunk
        except OSError as error:
            # Linux says so when nobody has the other end any more; macOS reads nothing instead.
            if error.errno != errno.EIO:
                raise
    output = written.decode()
    assert run.wait(20) == 0, output
    return output
