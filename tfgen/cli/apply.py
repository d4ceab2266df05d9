"""``tfgen apply``."""

from __future__ import annotations

from collections.abc import Sequence
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
    from tfgen.cli.steps import PlannedChange
    from tfgen.cli.workspace import Workspace
    from tfgen.ui.console import Console


def apply(
    *,
    planfile: Annotated[
        Path | None,
        typer.Argument(metavar="PLANFILE", help="Apply this plan of `tfgen plan --out`, unasked."),
    ] = None,
    stage: StageName = None,
    region: RegionNames = None,
    sandbox: Sandbox = False,
    render: RenderFirst = False,
    allow_replace: Annotated[
        bool,
        typer.Option(
            "--allow-replace",
            help="Let the plan delete or replace tables, with their items, and the hosted zone.",
        ),
    ] = False,
    yes: Yes = False,
    no_input: NoInput = False,
    chdir: Chdir = HERE,
    config: ConfigFile = CONFIG,
    json: Json = False,
    verbose: Verbose = False,
) -> None:
    """Bring up what the config says, after a look at the plan."""
    from tfgen.cli.accounts import check_account
    from tfgen.cli.deploy import Deployment, deploy
    from tfgen.cli.deployed import TABLE
    from tfgen.cli.project import check_regions, open_project
    from tfgen.cli.workspace import open_workspace
    from tfgen.cli.zones import ZONE
    from tfgen.ui.console import Console

    console = Console.from_environment(no_input=no_input, json_mode=json, verbose=verbose)
    project = open_project(chdir, config, sandbox=sandbox)
    app = project.app(stage)
    check_regions(app, region or [])
    if planfile and region:
        raise TfgenError(
            "A saved plan has its regions already",
            hint="leave `--region` out, or make the plan with it",
            exit_code=ExitCode.USAGE,
        )
    check_account(project, [app.stage], sandbox=sandbox)
    with open_workspace(console, project, stage, sandbox=sandbox, render_first=render) as workspace:
        if planfile:
            _apply_file(console, workspace, chdir / planfile, allow_replace=allow_replace)
        else:
            deployment = Deployment(
                regions=region or [],
                destroy=False,
                approved=yes,
                question=f"Apply these changes to `{app.stage}` in {workspace.where}?",
                nothing_to_do="Nothing to change: what exists is what the config says",
                review=partial(_refuse_losses, workspace, allowed=allow_replace),
                reviewed_types=(TABLE, ZONE),
            )
            deploy(console, workspace, deployment)
        if not json:
            _show_urls(console, workspace)


def _apply_file(
    console: Console, workspace: Workspace, planfile: Path, *, allow_replace: bool
) -> None:
    from tfgen.cli.account_role import refuse_reset
    from tfgen.cli.changes import refuse_changes
    from tfgen.cli.deploy import apply_saved, finish_replicas
    from tfgen.cli.existing import TakenIn
    from tfgen.cli.recover import broken_runs
    from tfgen.cli.steps import initialize, read_plan

    if not planfile.is_file():
        raise TfgenError(
            f"There is no saved plan `{planfile}`",
            hint="`tfgen plan --out FILE` makes one",
            exit_code=ExitCode.USAGE,
        )
    initialize(console, workspace)
    if broken_runs(workspace):
        raise TfgenError(
            "An earlier apply was killed, and a saved plan knows nothing of what it left behind",
            place=workspace.shown_root,
            hint="run `tfgen apply` without the plan",
        )
    refuse_changes(workspace)
    changes = read_plan(workspace, planfile)
    _refuse_losses(workspace, changes, allowed=allow_replace)
    refuse_reset(workspace, changes)
    try:
        apply_saved(console, workspace, planfile.absolute())
    except TakenIn:
        raise TfgenError(
            "What existed already is in the state now, of which the saved plan knows nothing",
            place=workspace.shown_root,
            hint="make a new one with `tfgen plan --out`, or run `tfgen apply` without a plan",
        ) from None
    finish_replicas(console, workspace, changes)


def _refuse_losses(
    workspace: Workspace, changes: Sequence[PlannedChange], *, allowed: bool
) -> None:
    """Refuses a plan that deletes what no later apply brings back."""
    from tfgen.cli.tables import refuse_lost_tables
    from tfgen.cli.zones import refuse_lost_zone

    refuse_lost_tables(changes, workspace.app, allowed=allowed)
    refuse_lost_zone(changes, workspace, allowed=allowed)


def _show_urls(console: Console, workspace: Workspace) -> None:
    from tfgen.cli.url import urls

    for url in urls(workspace).values():
        console.data(url)
