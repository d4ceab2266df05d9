"""The options that commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

from tfgen.errors import ExitCode, TfgenError


def check_path(path: Path | None) -> Path | None:
    """Refuses a path that no file system can have, which ``is_dir`` raises on.

    Raises:
        TfgenError: a name in it is too long.
    """
    for name in () if path is None else path.parts:
        if len(name.encode("utf-8", "surrogateescape")) > _LONGEST_FILE_NAME:
            raise TfgenError(
                f"There is no file or folder `{path}`: a name in it has over "
                f"{_LONGEST_FILE_NAME} bytes",
                hint="check the path",
                exit_code=ExitCode.USAGE,
            )
    return path


# https://pubs.opengroup.org/onlinepubs/9799919799/basedefs/limits.h.html
_LONGEST_FILE_NAME: Final = 255

Chdir = Annotated[
    Path,
    typer.Option(
        "--chdir",
        metavar="DIR",
        help="Run as if tfgen was started in this folder.",
        show_default=False,
        callback=check_path,
    ),
]
ConfigFile = Annotated[
    Path,
    typer.Option(
        "--config", metavar="FILE", help="Config file in that folder.", callback=check_path
    ),
]
StageName = Annotated[
    str | None,
    typer.Option("--stage", metavar="STAGE", help="Stage of the app.", show_default="production"),
]
RegionNames = Annotated[
    list[str] | None,
    typer.Option(
        "--region", "-r", metavar="REGION", help="Only this region; repeat it for several."
    ),
]
Sandbox = Annotated[
    bool, typer.Option("--sandbox", help="Use the AWS that is simulated on this machine.")
]
Json = Annotated[bool, typer.Option("--json", help="Write JSON to standard output.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask for confirmation.")]
NoInput = Annotated[bool, typer.Option("--no-input", help="Never ask; fail instead.")]
RenderFirst = Annotated[
    bool, typer.Option("--render", help="Render first when the tree is out of date.")
]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Show more of what happens.")]

HERE = Path()
CONFIG = Path("tfgen.yaml")
