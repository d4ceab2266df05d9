"""Finds the templates and the module library, in a checkout and in an installed wheel."""

from __future__ import annotations

from functools import cache
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent
_INSTALLED = _PACKAGE / "_library"
_HOME = _INSTALLED if _INSTALLED.is_dir() else _PACKAGE.parent


def templates_dir() -> Path:
    """Returns the folder of the Jinja templates."""
    return _HOME / "templates"


def modules_dir() -> Path:
    """Returns the folder of the module library: a child module per folder."""
    return _HOME / "modules"


@cache
def module_files(name: str) -> tuple[tuple[str, str], ...]:
    """Returns the files of a library module as pairs of name and text, sorted by name."""
    folder = modules_dir() / name
    return tuple((path.name, path.read_text("utf-8")) for path in sorted(folder.glob("*.tf")))
