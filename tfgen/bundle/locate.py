"""Where the source of a function is.

``tfgen render`` asks no more of a bundle than this, so nothing here imports what builds one.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from tfgen.app import App, Code
from tfgen.config.places import Places
from tfgen.errors import TfgenError


def check_source(apps: Iterable[App], project: Path, places: Places) -> None:
    """Checks that the sources of all functions exist, without looking into them.

    Args:
        apps: the stages of an app.
        project: the folder of the config.
        places: where the config says what.

    Raises:
        TfgenError: a source is missing, or neither a folder nor a zip.
    """
    for app in apps:
        for region in app.regions:
            code = region.function.code
            if isinstance(code, Code):
                seen_from = places.for_stage(app.stage).for_region(region.name)
                find_source(code, project, seen_from.at("function", "source"))


def find_source(code: Code, project: Path, place: str | None) -> Path:
    """Returns the source of a function.

    Args:
        code: of the function; its ``source`` is relative to ``project``.
        project: the folder of the config.
        place: where the config names the source, for errors.

    Raises:
        TfgenError: it is missing, or neither a folder nor a zip.
    """
    source = project / code.source
    if not source.exists():
        raise TfgenError(
            f"The function's source `{code.source}` does not exist",
            place=place,
            hint="create it, or correct `function.source`",
        )
    if source.suffix != ".zip" and not source.is_dir():
        raise TfgenError(
            f"The function's source `{code.source}` is neither a folder nor a `.zip`",
            place=place,
            hint="name a folder or a `.zip` in `function.source`",
        )
    return source
