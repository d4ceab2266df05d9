"""``tfgen sandbox fail`` and ``tfgen sandbox heal``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tfgen.cli.options import CONFIG, HERE, Chdir, ConfigFile
from tfgen.cli.sandbox.folder import require_running
from tfgen.errors import ExitCode, TfgenError

RegionArgument = Annotated[
    str, typer.Argument(metavar="REGION", help="For example eu-west-2.", show_default=False)
]


def fail(region: RegionArgument, chdir: Chdir = HERE, config: ConfigFile = CONFIG) -> None:
    """Take a region out: its gateway and functions stop answering."""
    _switch(chdir, config, region, out=True)


def heal(region: RegionArgument, chdir: Chdir = HERE, config: ConfigFile = CONFIG) -> None:
    """Bring a region back that was taken out."""
    _switch(chdir, config, region, out=False)


def _switch(chdir: Path, config: Path, region: str, *, out: bool) -> None:
    from tfgen.sandbox.client import Client
    from tfgen.ui.console import Console

    console = Console.from_environment()
    _check(region)
    client = Client(require_running(chdir, config))
    if out:
        client.fail(region)
        console.success(f"{region} no longer answers; health checks will notice")
    else:
        client.heal(region)
        console.success(f"{region} answers again; health checks will notice")


def _check(region: str) -> None:
    from tfgen.regions import REGIONS, suggest

    if region not in REGIONS:
        close = suggest(region)
        raise TfgenError(
            f"There is no AWS region `{region}`",
            hint=f"did you mean `{close}`?" if close else "for example `eu-west-2`",
            exit_code=ExitCode.USAGE,
        )
