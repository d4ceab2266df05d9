"""The project that a command is about: its folder, its config and its app."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tfgen.errors import ExitCode, TfgenError

if TYPE_CHECKING:
    from tfgen.app import App
    from tfgen.config.load import Loaded


@dataclass(frozen=True, slots=True)
class Project:
    """A folder with a config, read and resolved.

    Attributes:
        folder: the folder of the config, which all its paths are relative to.
        config: the config file.
        apps: the app of every stage.
    """

    folder: Path
    config: Path
    loaded: Loaded
    apps: tuple[App, ...]

    @property
    def tree(self) -> Path:
        """The output folder."""
        return self.folder / self.apps[0].terraform.output

    def app(self, stage: str | None) -> App:
        """Returns the app of the stage that the user asked for, or of the default one.

        Raises:
            TfgenError: there is no such stage, or none is the default.
        """
        from tfgen.resolve import choose_stage

        name = choose_stage(self.loaded.config, stage)
        return next(app for app in self.apps if app.stage == name)


def open_project(chdir: Path, config: Path) -> Project:
    """Reads and resolves the config of a project.

    Args:
        chdir: the folder that paths on the command line are relative to.
        config: the config file, relative to it.

    Raises:
        TfgenError: there is no such folder, or the config is not valid.
    """
    from tfgen.config.load import load
    from tfgen.resolve import resolve_all

    if not chdir.is_dir():
        raise TfgenError(
            f"There is no folder `{chdir}`",
            hint="`--chdir` takes the folder of a project",
            exit_code=ExitCode.USAGE,
        )
    path = chdir / config
    loaded = load(path)
    return Project(path.parent, path, loaded, resolve_all(loaded))


def check_regions(app: App, regions: Sequence[str]) -> None:
    """Refuses a ``--region`` that the app does not have.

    Raises:
        TfgenError: the region is not one of the app's.
    """
    known = [region.name for region in app.regions]
    for region in regions:
        if region not in known:
            raise TfgenError(
                f"The stage `{app.stage}` is not in the region `{region}`",
                hint=f"its regions are {', '.join(known)}",
                exit_code=ExitCode.USAGE,
            )
