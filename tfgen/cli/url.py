"""``tfgen url``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tfgen.cli.options import (
    CONFIG,
    HERE,
    Chdir,
    ConfigFile,
    Json,
    RegionNames,
    Sandbox,
    StageName,
)
from tfgen.errors import TfgenError

if TYPE_CHECKING:
    from tfgen.cli.workspace import Workspace


def url(
    *,
    stage: StageName = None,
    region: RegionNames = None,
    sandbox: Sandbox = False,
    chdir: Chdir = HERE,
    config: ConfigFile = CONFIG,
    json: Json = False,
) -> None:
    """Show the URL of the app, or those of its regions."""
    from tfgen.cli.project import check_regions, open_project
    from tfgen.cli.steps import initialize
    from tfgen.cli.workspace import open_workspace
    from tfgen.ui.console import Console

    console = Console.from_environment(json_mode=json)
    project = open_project(chdir, config, sandbox=sandbox, complete=False)
    check_regions(project.app(stage), region or [])
    with open_workspace(console, project, stage, sandbox=sandbox, current=False) as workspace:
        initialize(console, workspace)
        found = urls(workspace, region or [])
    if not found:
        raise TfgenError(
            f"`{workspace.app.stage}` has no URL yet", hint="`tfgen apply` brings it up first"
        )
    if json:
        console.json(found)
    else:
        for address in found.values():
            console.data(address)


def urls(workspace: Workspace, regions: list[str] | None = None) -> dict[str, str]:
    """Returns the URLs in the state.

    Args:
        workspace: an initialized stage.
        regions: the regions whose own URLs are wanted.

    Returns:
        ``{"app": URL}`` for an app with a domain, or region → URL.

    Raises:
        TfgenError: the state cannot be read.
    """
    from tfgen.cli.steps import read_outputs, understood
    from tfgen.terraform import args

    outputs = read_outputs(workspace)
    with understood(workspace, args.output(), ""):
        if not regions and "url" in outputs:
            return {"app": _text(outputs["url"])}
        return {
            name: _text(address)
            for name, address in outputs.get("urls", {}).items()
            if not regions or name in regions
        }


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value
