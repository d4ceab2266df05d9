"""``tfgen destroy``."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

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
from tfgen.errors import ExitCode, TfgenError

if TYPE_CHECKING:
    from tfgen.app import App
    from tfgen.cli.steps import PlannedChange
    from tfgen.cli.workspace import Workspace


def destroy(
    *,
    stage: StageName = None,
    region: RegionNames = None,
    with_data: Annotated[
        bool, typer.Option("--with-data", help="Destroy tables as well, with all their items.")
    ] = False,
    sandbox: Sandbox = False,
    render: RenderFirst = False,
    yes: Yes = False,
    no_input: NoInput = False,
    chdir: Chdir = HERE,
    config: ConfigFile = CONFIG,
    json: Json = False,
    verbose: Verbose = False,
) -> None:
    """Remove everything that an apply brought up, but tables and their items."""
    from tfgen.cli.deploy import Deployment, deploy
    from tfgen.cli.interfaces import left_interfaces
    from tfgen.cli.project import check_regions, open_project
    from tfgen.cli.tables import kept_data
    from tfgen.cli.unprotect import unprotect
    from tfgen.cli.workspace import open_workspace
    from tfgen.ui.console import Console

    console = Console.from_environment(no_input=no_input, json_mode=json, verbose=verbose)
    project = open_project(chdir, config, sandbox=sandbox)
    app = project.app(stage)
    check_regions(app, region or [])
    if region and with_data:
        raise TfgenError(
            "A table is in all its regions, so `--with-data` is for all of them",
            hint="leave `--region` out; `tfgen region remove` takes away one region's replica",
            exit_code=ExitCode.USAGE,
        )
    unprotected = with_data and unprotect(
        console, project, stage, sandbox=sandbox, render_first=render, approved=yes
    )
    with open_workspace(console, project, stage, sandbox=sandbox, render_first=render) as workspace:
        keeps = not (region or with_data)
        deployment = Deployment(
            regions=region or [],
            destroy=True,
            approved=yes,
            question=f"Destroy all of this in `{app.stage}` in {workspace.where}?",
            nothing_to_do="Nothing to destroy",
            choose=_all_but_data if keeps else None,
            review=partial(_keep_other_regions, app, region) if region else None,
        )
        try:
            if deploy(console, workspace, deployment):
                console.success(f"Destroyed `{app.stage}` in {workspace.where}")
                if left := left_interfaces([app], region or []):
                    console.notice(left)
        except BaseException:
            if unprotected:
                console.notice(
                    "The tables are not protected against deletion any more: `tfgen apply` "
                    "protects them again, if they still are there"
                )
            raise
        if keeps:
            for table in kept_data(workspace).tables:
                console.notice(f"The table {table} is still there: `--with-data` destroys it, too")


def _all_but_data(workspace: Workspace) -> Sequence[str] | None:
    from tfgen.cli.tables import kept_data

    found = kept_data(workspace)
    return found.others if found.tables else None


def _keep_other_regions(app: App, regions: Sequence[str], changes: Sequence[PlannedChange]) -> None:
    """Refuses a plan that takes other regions or tables along.

    Terraform destroys with a target what depends on it: the record that validates all certificates
    is read from one region's module, and all other regions wait for that record. A table waits for
    the keys of all its regions, if it is encrypted with those.
    """
    from tfgen.render.addresses import is_below, region_addresses, table_addresses

    others = [region.name for region in app.regions if region.name not in regions]
    kept = [*region_addresses(app, others), *table_addresses(app)]
    lost = [
        change.address
        for change in changes
        if "delete" in change.actions and is_below(change.address, kept)
    ]
    if lost:
        named = ", ".join(f"`{region}`" for region in regions)
        raise TfgenError(
            f"{len(lost)} resources of other regions, or tables, depend on {named} and would be "
            f"destroyed as well, the first of them {lost[0]}",
            hint=f"`tfgen region remove {regions[0]}` takes away that region alone",
        )
