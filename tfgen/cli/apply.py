"""``tfgen apply``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
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
    from tfgen.cli.saved_plans import Target
    from tfgen.cli.steps import PlannedChange
    from tfgen.cli.workspace import Workspace
    from tfgen.terraform.saved_plan import Label
    from tfgen.ui.console import Console


@dataclass(frozen=True, slots=True)
class _PlanFile:
    """A saved plan that is of what the command is for.

    Attributes:
        path: absolute.
        shown: as the user typed it.
        label: what it is of.
        target: where the command works.
    """

    path: Path
    shown: Path
    label: Label
    target: Target


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
    from tfgen.cli.saved_plans import (
        find_target,
        label_of,
        open_plan,
        refuse_changed,
        refuse_other_target,
    )
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
    path = (chdir / planfile).absolute() if planfile else None
    label = open_plan(path, planfile, app, sandbox=sandbox) if path and planfile else None
    check_account(project, [app.stage], sandbox=sandbox)
    file = None
    if path and planfile and label:
        target = find_target(project, app, sandbox=sandbox)
        refuse_other_target(console, label, target, planfile)
        file = _PlanFile(path, planfile, label, target)
    with open_workspace(console, project, stage, sandbox=sandbox, render_first=render) as workspace:
        if file:
            now = label_of(workspace, file.target)
            refuse_changed(file.label, now, file.shown, sandbox=sandbox)
            _apply_file(console, workspace, file.path, allow_replace=allow_replace)
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
    from tfgen.cli.existing import AllImported
    from tfgen.cli.recover import is_cut_off
    from tfgen.cli.steps import initialize, read_plan

    if is_cut_off(workspace):
        raise TfgenError(
            "An earlier apply was cut off, and a saved plan knows nothing of what it left behind",
            place=workspace.shown_root,
            hint="run `tfgen apply` without the plan",
        )
    initialize(console, workspace)
    refuse_changes(workspace)
    changes = read_plan(workspace, planfile)
    _refuse_losses(workspace, changes, allowed=allow_replace)
    refuse_reset(workspace, changes)
    try:
        apply_saved(console, workspace, planfile)
    except AllImported:
        raise TfgenError(
            "Existing resources were imported, and the saved plan does not have them",
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
