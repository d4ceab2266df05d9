"""Which sandbox a command is about: that of the folder of the config."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tfgen.errors import ExitCode, TfgenError

if TYPE_CHECKING:
    from tfgen.sandbox.lifecycle import Running


def project_folder(chdir: Path, config: Path) -> Path:
    """Returns the folder of the config, which need not be there.

    Raises:
        TfgenError: there is no such folder.
    """
    folder = (chdir / config).parent
    if not folder.is_dir():
        raise TfgenError(
            f"There is no folder `{folder}`",
            hint="`--chdir` takes the folder of a project",
            exit_code=ExitCode.USAGE,
        )
    return folder


def require_running(chdir: Path, config: Path) -> Running:
    """Returns the sandbox, which must be running.

    Raises:
        TfgenError: it is not.
    """
    from tfgen.sandbox.lifecycle import find

    running = find(project_folder(chdir, config))
    if running is None:
        raise TfgenError(
            "The sandbox is not running",
            hint="run `tfgen apply --sandbox`, which starts it and brings up the app",
        )
    return running
