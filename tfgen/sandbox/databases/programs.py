"""PostgreSQL's programs on this machine."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

#: Names the folder of the programs, and keeps anybody from looking elsewhere.
VARIABLE: Final = "TFGEN_POSTGRES"

_SERVER: Final = "postgres"
_INITDB: Final = "initdb"

# Debian and its descendants keep the server's programs out of PATH, and so does Homebrew with all
# versions but one: https://wiki.debian.org/PostgreSql, https://formulae.brew.sh/formula/postgresql@17
_ELSEWHERE: Final = (
    ("/usr/lib/postgresql", "*/bin"),
    ("/opt/homebrew/opt", "postgresql*/bin"),
    ("/usr/local/opt", "postgresql*/bin"),
)

_VERSION: Final = re.compile(r"\d+(?:\.\d+)*")


@dataclass(frozen=True, slots=True)
class Programs:
    """What makes and runs a PostgreSQL server.

    Attributes:
        server: the program ``postgres``.
        initdb: the program that makes a server's folder.
        version: for example ``15.18``.
    """

    server: Path
    initdb: Path
    version: str


def find_programs(environ: Mapping[str, str]) -> Programs | None:
    """Returns PostgreSQL's programs: those on PATH, else the newest that a package installed.

    Args:
        environ: the environment: ``TFGEN_POSTGRES`` names their folder, and else ``PATH`` counts.

    Returns:
        The programs; None if there are none.
    """
    for folder in _folders(environ):
        server, initdb = folder / _SERVER, folder / _INITDB
        if server.is_file() and initdb.is_file() and (version := _version(server)):
            return Programs(server, initdb, version)
    return None


def _folders(environ: Mapping[str, str]) -> Iterator[Path]:
    if chosen := environ.get(VARIABLE):
        yield Path(chosen)
        return
    on_path = shutil.which(_SERVER, path=environ.get("PATH", ""))
    if on_path is not None:
        yield Path(on_path).parent
    for folder, pattern in _ELSEWHERE:
        yield from sorted(Path(folder).glob(pattern), key=_number, reverse=True)


def _number(folder: Path) -> int:
    """Returns the major version in a path; 0 if there is none."""
    found = _VERSION.search(folder.parent.name)
    return int(found.group().partition(".")[0]) if found else 0


def _version(server: Path) -> str | None:
    try:
        said = subprocess.run(
            [server, "--version"], capture_output=True, text=True, timeout=10, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    found = _VERSION.search(said.stdout)
    return found.group() if found else None
