"""``tfgen destroy``."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from tfgen.cli.options import (
    CONFIG,
    HERE,
    Chdir,
    ConfigFile,
    Json,
    NoInput,
    RegionNames,
    RenderFirst,
    Sandbox,
    StageName,
    Verbose,
    Yes,
)
from tfgen.errors import TfgenError

if TYPE_CHECKING:
    from tfgen.app import App
    from tfgen.cli.steps import PlannedChange


def destroy(
    *,
    stage: StageName = None,
    region: RegionNames = None,
    sandbox: Sandbox = False,
    render: RenderFirst = False,
    yes: Yes = False,
    no_input: NoInput = False,
    chdir: Chdir = HERE,
    config: ConfigFile = CONFIG,
    json: Json = False,
    verbose: Verbose = False,
) -> None:
    """Remove everything that an apply brought up."""
    from tfgen.cli.deploy import Deployment, deploy
    from tfgen.cli.project import check_regions, open_project
    from tfgen.cli.workspace import open_workspace
    from tfgen.ui.console import Console

    console = Console.from_environment(no_input=no_input, json_mode=json, verbose=verbose)
    project = open_project(chdir, config, sandbox=sandbox)
    app = project.app(stage)
    check_regions(app, region or [])
    with open_workspace(console, project, stage, sandbox=sandbox, render_first=render) as workspace:
        deployment = Deployment(
            regions=region or [],
            destroy=True,
            approved=yes,
            question=f"Destroy all of this in `{app.stage}` in {workspace.where}?",
            nothing_to_do="Nothing to destroy",
            review=partial(_keep_other_regions, app, region) if region else None,
        )
        if deploy(console, workspace, deployment):
            console.success(f"Destroyed `{app.stage}` in {workspace.where}")


def _keep_other_regions(app: App, regions: Sequence[str], changes: Sequence[PlannedChange]) -> None:
    """Refuses a plan that takes other regions along.

    Terraform destroys with a target what depends on it: the record that validates all certificates
    is read from one region's module, and all other regions wait for that record.
    """
    from tfgen.render.addresses import is_below, region_addresses

    others = [region.name for region in app.regions if region.name not in regions]
    kept = region_addresses(app, others)
    lost = [
        change.address
        for change in changes
        if "delete" in change.actions and is_below(change.address, kept)
    ]
    if lost:
        named = ", ".join(f"`{region}`" for region in regions)
        raise TfgenError(
            f"{len(lost)} resources of other regions depend on {named} and would be destroyed as "
            f"well, the first of them {lost[0]}",
            hint=f"`tfgen region remove {regions[0]}` takes away that region alone",
        )
