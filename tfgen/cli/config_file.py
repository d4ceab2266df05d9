"""The config as a file: read as it is, checked with an edit before it is written, then replaced."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from tfgen.cli.files import replace_file
from tfgen.cli.project import Project
from tfgen.config.load import loads
from tfgen.disk import paths
from tfgen.errors import TfgenError
from tfgen.resolve import resolve_all


@dataclass(frozen=True, slots=True)
class Edited:
    """A config with an edit that is not written yet.

    Attributes:
        before: the bytes that were read.
        after: the bytes to write.
        project: the project as it is with the edit.
    """

    before: bytes
    after: bytes
    project: Project


def edit(project: Project, change: Callable[[str], str], *, complete: bool = True) -> Edited:
    """Edits the text of a config, and resolves what comes out.

    Args:
        project: its file is read anew.
        change: returns the edited text.
        complete: every secret must have its ciphertext.

    Raises:
        TfgenError: the file cannot be read or edited, or is not valid with the edit; its place is
            a line of the file as it is.
    """
    try:
        before = paths.read(project.config)
    except OSError as error:
        raise _unusable(project.config, error) from error
    text = before.decode("utf-8")
    changed = change(text)
    file = project.config.name
    try:
        now = loads(changed, file=file)
        loaded = replace(project.loaded, config=now.config, places=now.places)
        apps = resolve_all(loaded, complete=complete)
    except TfgenError as error:
        place = _line_before(error.place, text, changed, file)
        raise TfgenError(
            error.message, place=place, hint=error.hint, exit_code=error.exit_code
        ) from error
    return Edited(before, changed.encode(), replace(project, loaded=loaded, apps=apps))


def save(edited: Edited) -> None:
    """Writes an edited config: whoever reads the file sees the old text or the new one.

    Raises:
        TfgenError: the file was changed meanwhile, or cannot be written; it is as it was.
    """
    path = edited.project.config
    try:
        if paths.read(path) != edited.before:
            raise TfgenError(
                "The config was changed while this command was at work",
                place=str(edited.project.config),
                hint="run the same command again",
            )
        replace_file(path, edited.after, mode=0o644)
    except OSError as error:
        raise _unusable(edited.project.config, error) from error


def _line_before(place: str | None, before: str, after: str, file: str) -> str | None:
    """Returns the place in the file as it is of a line in the file as it would be."""
    name, _, number = (place or "").rpartition(":")
    if name != file or not number.isdigit():
        return place
    old, new = before.splitlines(), after.splitlines()
    same = 0
    while same < min(len(old), len(new)) and old[same] == new[same]:
        same += 1
    line = int(number)
    if line > same:
        line = max(same, line + len(old) - len(new))
    return f"{file}:{max(1, min(line, len(old)))}"


def _unusable(path: Path, error: OSError) -> TfgenError:
    return TfgenError(
        f"The config cannot be edited: {error.strerror or error}",
        place=str(path),
        hint="make the file and its folder readable and writable for you; nothing was changed",
    )
