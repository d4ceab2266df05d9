"""What is shown of the lines that Terraform prints."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

# What Terraform says while it reads; the diff that people approve comes after it.
_READING = re.compile(
    r"(Refreshing state\.\.\.|Reading\.\.\.|Read complete after|Still reading\.\.\.)"
)

TARGET_WARNINGS: Final = ("Resource targeting is in effect", "Applied changes may be incomplete")


def without_reading(show: Callable[[str], None]) -> Callable[[str], None]:
    """Returns a reader of Terraform's lines that leaves out what it says while it reads."""
    begun = False

    def read(line: str) -> None:
        nonlocal begun
        begun = begun or bool(line.strip() and not _READING.search(line))
        if begun:
            show(line)

    return read


def without_target_warnings(show: Callable[[str], None]) -> Callable[[str], None]:
    """Returns a reader of Terraform's lines that leaves out its warnings about ``-target``.

    Terraform means them for people who type ``-target``; here ``--region`` did, and knows why.
    """
    box: list[str] = []

    def read(line: str) -> None:
        if box or "╷" in line:
            box.append(line)
            if "╵" in line:
                if not any(warning in row for row in box for warning in TARGET_WARNINGS):
                    for row in box:
                        show(row)
                box.clear()
        else:
            show(line)

    return read
