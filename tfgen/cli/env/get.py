"""``tfgen env get``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tfgen.cli.env.options import Name, OneRegion, refuse_value
from tfgen.cli.options import CONFIG, HERE, Chdir, ConfigFile, Sandbox, StageName
from tfgen.errors import ExitCode, TfgenError

if TYPE_CHECKING:
    from tfgen.app import Region


def get(
    *,
    name: Name,
    stage: StageName = None,
    region: OneRegion = None,
    sandbox: Sandbox = False,
    chdir: Chdir = HERE,
    config: ConfigFile = CONFIG,
) -> None:
    """Write the value of a secret, and nothing else.

    Standard output gets every byte of it, and a line feed only if it is a terminal.
    """
    from tfgen.cli.env.resolve import values_of
    from tfgen.cli.env.stage import open_stage
    from tfgen.ui.console import Console

    console = Console.from_environment()
    refuse_value(name)
    opened = open_stage(console, chdir, config, stage, sandbox=sandbox)
    there = opened.region(region)
    _refuse_unknown(there, name)
    console.body(values_of(opened, there, [name])[name].encode("utf-8"))


def _refuse_unknown(region: Region, name: str) -> None:
    """Refuses what is no secret of a region.

    Raises:
        TfgenError: it is none.
    """
    if name in region.secrets:
        return
    known = ", ".join(region.secrets)
    hint = f"its secrets are {known}" if known else "`tfgen env set` makes one"
    if name in region.env:
        hint = f"`{name}` has a plain value, in `env` of the config"
    raise TfgenError(
        f"`{region.name}` has no secret of this name", hint=hint, exit_code=ExitCode.USAGE
    )
