"""The options that commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Chdir = Annotated[
    Path,
    typer.Option(
        "--chdir",
        metavar="DIR",
        help="Run as if tfgen was started in this folder.",
        show_default=False,
    ),
]
ConfigFile = Annotated[
    Path,
    typer.Option("--config", metavar="FILE", help="Config file in that folder."),
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
