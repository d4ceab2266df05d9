"""``tfgen plan``."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tfgen.cli.options import (
    CONFIG,
    HERE,
    Chdir,
    ConfigFile,
    Json,
    RegionNames,
    RenderFirst,
    Sandbox,
    StageName,
    Verbose,
)

if TYPE_CHECKING:
    from tfgen.ui.console import Console


def plan(
    *,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Save the plan for `tfgen apply`.")
    ] = None,
    detailed_exitcode: Annotated[
        bool, typer.Option("--detailed-exitcode", help="Exit with 2 when there are changes.")
    ] = False,
    stage: StageName = None,
    region: RegionNames = None,
    sandbox: Sandbox = False,
    render: RenderFirst = False,
    chdir: Chdir = HERE,
    config: ConfigFile = CONFIG,
    json: Json = False,
    verbose: Verbose = False,
) -> None:
    """Show what an apply would change."""
    from tfgen.cli.account_role import announce_account_roles, warn_of_reset
    from tfgen.cli.accounts import check_account
    from tfgen.cli.changes import refuse_changes
    from tfgen.cli.databases import check_databases
    from tfgen.cli.project import check_regions, open_project
    from tfgen.cli.recover import warn_of_broken_runs
    from tfgen.cli.saved_plans import find_target, label_of, save_label
    from tfgen.cli.steps import initialize, run_plan
    from tfgen.cli.workspace import open_workspace
    from tfgen.cli.zones import warn_of_lost_zone
    from tfgen.render.addresses import region_addresses
    from tfgen.ui.console import Console

    console = Console.from_environment(json_mode=json, verbose=verbose)
    project = open_project(chdir, config, sandbox=sandbox)
    app = project.app(stage)
    check_regions(app, region or [])
    check_account(project, [app.stage], sandbox=sandbox)
    with open_workspace(console, project, stage, sandbox=sandbox, render_first=render) as workspace:
        check_databases(workspace, region or [])
        initialize(console, workspace)
        warn_of_broken_runs(console, workspace)
        refuse_changes(workspace)
        warn_of_reset(console, workspace, saved=out is not None)
        announce_account_roles(console, workspace, region or [], saved=out is not None)
        saved = (chdir / out).absolute() if out else None
        label = None
        if saved:
            label = label_of(workspace, find_target(project, workspace.app, sandbox=sandbox))
        changes = run_plan(
            console,
            workspace,
            out=saved,
            show=partial(_relay_event, console) if json else console.relay,
            targets=region_addresses(workspace.app, region or []),
            as_json=json,
        )
        warn_of_lost_zone(console, changes)
        if saved and label:
            save_label(saved, label)
    if changes and detailed_exitcode:
        raise typer.Exit(2)


def _relay_event(console: Console, line: str) -> None:
    from tfgen.terraform import events

    # A launcher of Terraform may print lines of its own.
    if events.parse(line) is not None:
        console.data(line)
