"""``tfgen env export``."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from tfgen.cli.env.options import OneRegion
from tfgen.cli.options import CONFIG, HERE, Chdir, ConfigFile, Sandbox, StageName

if TYPE_CHECKING:
    from tfgen.app import Region

Format = Literal["dotenv", "json", "shell"]

# Of the function's start, which a run on this machine does not have.
_OF_THE_START = frozenset({"AWS_LAMBDA_EXEC_WRAPPER", "TFGEN_EXEC_WRAPPER"})


def export(
    *,
    stage: StageName = None,
    region: OneRegion = None,
    format_: Annotated[
        Format, typer.Option("--format", metavar="FORMAT", help="dotenv, json or shell.")
    ] = "dotenv",
    sandbox: Sandbox = False,
    chdir: Chdir = HERE,
    config: ConfigFile = CONFIG,
) -> None:
    """Write all variables of the function, decrypted.

    They are those of one region, for a run of the code on this machine.
    """
    from tfgen.cli.env.resolve import values_of
    from tfgen.cli.env.stage import open_stage
    from tfgen.config.dotenv import format_dotenv
    from tfgen.ui.console import Console

    console = Console.from_environment(json_mode=format_ == "json")
    opened = open_stage(console, chdir, config, stage, sandbox=sandbox)
    there = opened.region(region)
    values = {**_plain(there), **values_of(opened, there, list(there.secrets))}
    ordered = dict(sorted(values.items()))
    if format_ == "json":
        console.json(ordered)
        return
    for name, value in ordered.items():
        line = f"export {name}={shlex.quote(value)}" if format_ == "shell" else None
        console.data(line or format_dotenv(name, value))


def _plain(region: Region) -> Mapping[str, str]:
    return {name: value for name, value in region.env.items() if name not in _OF_THE_START}
