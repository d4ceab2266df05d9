"""Where the source of a function is.

``tfgen render`` asks no more of a bundle than this, so nothing here imports what builds one.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath

from tfgen.app import App, Code
from tfgen.config.places import Places
from tfgen.disk import OUTSIDE, Folder
from tfgen.errors import TfgenError


def check_source(apps: Iterable[App], project: Path, places: Places) -> None:
    """Checks that the sources of all functions exist, without looking into them.

    Args:
        apps: the stages of an app.
        project: the folder of the config.
        places: where the config says what.

    Raises:
        TfgenError: a source is missing, neither a folder nor a zip, or outside of the repository.
    """
    for app in apps:
        for region in app.regions:
            code = region.function.code
            if isinstance(code, Code):
                seen_from = places.for_stage(app.stage).for_region(region.name)
                find_source(code, project, seen_from.at("function", "source"))


@dataclass(frozen=True, slots=True)
class Source:
    """Where the source of a function is, without links in its path.

    Attributes:
        folder: the source; of a zip the folder that it is in.
        name: of the zip; empty if the source is a folder.
    """

    folder: Folder
    name: str


def find_source(code: Code, project: Path, place: str | None) -> Source:
    """Returns where the source of a function is.

    Args:
        code: of the function; its ``source`` is relative to ``project``.
        project: the folder of the config.
        place: where the config names the source, for errors.

    Raises:
        TfgenError: it is missing, neither a folder nor a zip, or outside of the repository.
    """
    try:
        real = Path(os.path.realpath(project / code.source, strict=True))
        is_folder = real.is_dir()
    except (OSError, ValueError) as error:  # a NUL is a ValueError
        raise TfgenError(
            f"The function's source `{code.source}` does not exist",
            place=place,
            hint="create it, or correct `function.source`",
        ) from error
    zipped = PurePath(code.source).suffix == ".zip"
    if not zipped and not is_folder:
        raise TfgenError(
            f"The function's source `{code.source}` is neither a folder nor a `.zip`",
            place=place,
            hint="name a folder or a `.zip` in `function.source`",
        )
    top = next((folder for folder in _allowed(project) if real.is_relative_to(folder)), None)
    if top is None:
        raise TfgenError(
            f"The function's source `{code.source}` is outside of `{boundary(project)}`: "
            f"it is `{real}`",
            place=place,
            hint="a function's source must be in the git repository of the config, or below the "
            "config's folder where there is none; move or copy it there, or list its folder in "
            f"the environment variable `{OUTSIDE}`",
        )
    inner = real.relative_to(top)
    # On a file system that ignores case, `.GIT` is the same folder.
    if ".git" in (part.lower() for part in inner.parts):
        raise TfgenError(
            f"The function's source `{code.source}` is in git's own folder",
            place=place,
            hint="name the folder of the function's code in `function.source`",
        )
    if zipped:
        return Source(Folder(top).at(inner.parent.as_posix()), inner.name)
    return Source(Folder(top).at(inner.as_posix()), "")


def _allowed(project: Path) -> Iterator[Path]:
    """Yields the folders that a source may be in: of the project, and those that the user lists."""
    yield boundary(project)
    for listed in os.environ.get(OUTSIDE, "").split(os.pathsep):
        if listed and Path(listed).is_absolute():
            yield Path(os.path.realpath(listed))


def boundary(project: Path) -> Path:
    """Returns the folder that the source of a function must be in.

    A bundle is uploaded, so a config that somebody else wrote must not name a folder of the user's.
    It is the top of the git repository or worktree that the config is in. Without one, or when the
    user's home folder is the repository, it is the folder of the config.

    Args:
        project: the folder of the config.
    """
    real = Path(os.path.realpath(project))
    try:
        home = Path(os.path.realpath(Path.home()))
    except RuntimeError:  # this user has none
        home = Path("/")
    for folder in (real, *real.parents):
        if home.is_relative_to(folder):
            break
        # In worktrees and submodules it is a file.
        if os.path.lexists(folder / ".git"):
            return folder
    return real
