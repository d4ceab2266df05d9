"""``tfgen sandbox logs``."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated

import typer

from tfgen.cli.options import CONFIG, HERE, Chdir, ConfigFile, Json, RegionNames
from tfgen.cli.sandbox.folder import require_running

if TYPE_CHECKING:
    from tfgen.sandbox.logs import LogLine
    from tfgen.ui.console import Console

_LOOKS_EVERY = 0.5  # seconds


def logs(
    *,
    follow: Annotated[
        bool, typer.Option("--follow", "-f", help="Go on, with what is logged from now on.")
    ] = False,
    region: RegionNames = None,
    chdir: Chdir = HERE,
    config: ConfigFile = CONFIG,
    json: Json = False,
) -> None:
    """Show what the functions have logged."""
    from tfgen.sandbox.logs import Logs
    from tfgen.ui.console import Console

    console = Console.from_environment(json_mode=json)
    running = require_running(chdir, config)
    reader = Logs(running.endpoint, region or running.regions)
    lines = reader.new()
    if not lines and not follow:
        console.message("No function has logged anything yet")
    while True:
        for line in lines:
            _show(console, line, as_json=json)
        if not follow:
            return
        time.sleep(_LOOKS_EVERY)
        lines = reader.new()


def _show(console: Console, line: LogLine, *, as_json: bool) -> None:
    if as_json:
        console.json(
            {
                "time": line.at.isoformat(timespec="milliseconds"),
                "region": line.region,
                "group": line.group,
                "message": line.text,
            },
            compact=True,
        )
    else:
        at = line.at.astimezone().strftime("%H:%M:%S")
        console.data(f"{at} {line.region} {line.text}")
