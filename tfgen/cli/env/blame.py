"""Who last changed each line of a file, and when, as git has it."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Final

# https://git-scm.com/docs/git-blame#_the_porcelain_format
_HEAD: Final = re.compile(r"([0-9a-f]{40,64}) \d+ (\d+)(?: \d+)?")
_UNCOMMITTED: Final = re.compile(r"0+")
# The configuration of a repository can name programs that git runs, and git takes any folder with
# a HEAD, objects and refs for a repository: such a folder can be committed inside another one.
# https://git-scm.com/docs/git-config#Documentation/git-config.txt-safebareRepository
_SAFE: Final = ("-c", "safe.bareRepository=explicit", "-c", "core.fsmonitor=false")


@dataclass(frozen=True, slots=True)
class Commit:
    """The commit that a line is from.

    Attributes:
        id: its hash.
        by: the name of its author.
        at: when they wrote it, in their own time zone.
    """

    id: str
    by: str
    at: datetime


def blame(file: Path) -> Mapping[int, Commit | None] | None:
    """Returns the commit of every line.

    Args:
        file: need not be in a repository, nor exist.

    Returns:
        Line, counted from 1, → its commit; a line that is not committed has none. None if there is
        no git, no repository, or nothing committed of the file.
    """
    top = _repository(file)
    if top is None:
        return None
    name = (Path(os.path.realpath(file.parent)) / file.name).relative_to(top)
    command = ["git", *_SAFE, "blame", "--no-textconv", "--porcelain", "--", str(name)]
    try:
        done = subprocess.run(
            command,
            cwd=top,
            # It only reads, and must not be in the way of whoever writes.
            env={**os.environ, "GIT_OPTIONAL_LOCKS": "0"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
    except OSError:
        return None
    return _parse(done.stdout) if done.returncode == 0 else None


def _repository(file: Path) -> Path | None:
    """Returns the nearest folder above a file with a ``.git``, which cannot itself be committed.

    Git must run there: from the folder of the file it would find, before that, a repository that
    was committed inside of this one; only since version 2.38 can it be told not to.
    """
    folder = Path(os.path.realpath(file.parent))
    outer = (folder, *folder.parents)
    return next((each for each in outer if os.path.lexists(each / ".git")), None)


def _parse(text: str) -> dict[int, Commit | None]:
    commits: dict[str, dict[str, str]] = {}
    lines: dict[int, str] = {}
    current = ""
    # A line of the file may have other line ends in it than the one that git ends it with.
    for line in text.split("\n"):
        if line.startswith("\t"):
            continue
        if head := _HEAD.fullmatch(line):
            current = head[1]
            lines[int(head[2])] = current
            commits.setdefault(current, {})
        elif current:
            key, _, value = line.partition(" ")
            commits[current][key] = value
    known = {id_: _commit(id_, about) for id_, about in commits.items()}
    return {number: known[id_] for number, id_ in lines.items()}


def _commit(id_: str, about: Mapping[str, str]) -> Commit | None:
    if _UNCOMMITTED.fullmatch(id_):
        return None
    zone = about.get("author-tz", "+0000")
    offset = timedelta(hours=int(zone[1:3]), minutes=int(zone[3:5]))
    at = datetime.fromtimestamp(
        int(about.get("author-time", "0")), timezone(-offset if zone[0] == "-" else offset)
    )
    return Commit(id_, about.get("author", ""), at)
