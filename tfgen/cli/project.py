"""The project that a command is about: its folder, its config and its app."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from tfgen.errors import ExitCode, TfgenError

if TYPE_CHECKING:
    from tfgen.app import App
    from tfgen.config.ciphertexts import Ciphertexts
    from tfgen.config.load import Loaded


@dataclass(frozen=True, slots=True)
class Project:
    """A folder with a config, read and resolved.

    Attributes:
        folder: the folder of the config, which all its paths are relative to.
        config: the config file.
        apps: the app of every stage.
        secrets: the folder of the ciphertexts; None is a sandbox's that does not run yet.
    """

    folder: Path
    config: Path
    loaded: Loaded
    apps: tuple[App, ...]
    secrets: Path | None

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


def open_project(
    chdir: Path, config: Path, *, sandbox: bool = False, complete: bool = True
) -> Project:
    """Reads and resolves the config of a project.

    Args:
        chdir: the folder that paths on the command line are relative to.
        config: the config file, relative to it.
        sandbox: go by the ciphertexts of the sandbox's own keys.
        complete: every secret must have its ciphertext; not for commands that change nothing, or
            that make ciphertexts.

    Raises:
        TfgenError: there is no such folder, or the config is not valid.
    """
    from tfgen.config.ciphertexts import FOLDER
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
    folder: Path | None = path.parent / FOLDER
    if sandbox:
        folder = sandbox_secrets(path.parent)
        loaded = replace(loaded, ciphertexts=_ciphertexts(folder), simulated=True)
    apps = resolve_all(loaded, complete=complete)
    return Project(path.parent, path, loaded, apps, folder)


def sandbox_secrets(folder: Path) -> Path | None:
    """Returns where the ciphertexts of a project's sandbox are; None if it does not run.

    They go with the sandbox, as its keys do.

    Args:
        folder: of the project.
    """
    from tfgen.config.ciphertexts import FOLDER
    from tfgen.sandbox.lifecycle import find

    running = find(folder)
    return None if running is None else running.scratch / FOLDER


def _ciphertexts(folder: Path | None) -> Mapping[str, Ciphertexts]:
    from tfgen.config.ciphertexts import load_ciphertexts

    return {} if folder is None else load_ciphertexts(folder, shown="the sandbox's secrets")


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
