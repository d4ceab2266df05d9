"""Takes away the protection of a stage's tables, which comes before they can be destroyed."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import typer

from tfgen.cli.deploy import Deployment, deploy
from tfgen.cli.steps import initialize
from tfgen.cli.tables import kept_data, refuse_lost_tables
from tfgen.cli.tree import restore
from tfgen.cli.workspace import open_workspace
from tfgen.errors import ExitCode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tfgen.app import App
    from tfgen.cli.project import Project
    from tfgen.cli.workspace import Workspace
    from tfgen.ui.console import Console


def unprotect(
    console: Console,
    project: Project,
    stage: str | None,
    *,
    sandbox: bool,
    render_first: bool,
    approved: bool,
) -> bool:
    """Asks whether all items may be lost, and lets DynamoDB delete the tables.

    The tree is the config's again afterwards, whatever happens.

    Args:
        console: where the question and the progress go.
        project: the project.
        stage: the stage that the user asked for.
        sandbox: in the simulated AWS.
        render_first: bring a tree up to date that is not.
        approved: nobody needs to be asked.

    Returns:
        Whether any table was protected.

    Raises:
        TfgenError: an apply failed.
        typer.Exit: it was refused or interrupted.
    """
    app = project.app(stage)
    with open_workspace(
        console, project, stage, sandbox=sandbox, render_first=render_first
    ) as workspace:
        initialize(console, workspace)
        found = kept_data(workspace)
    if not found.tables:
        return False
    if not approved:
        question = f"Lose all items for ever of {'; '.join(found.tables)}?"
        console.require_answers(question, flag="--yes")
        if not console.confirm(question, flag="--yes"):
            console.message("Nothing was changed")
            raise typer.Exit(ExitCode.FAILED)
    if not found.protected:
        return False
    open_to = tuple(_without_protection(each) if each is app else each for each in project.apps)
    try:
        with open_workspace(
            console, replace(project, apps=open_to), stage, sandbox=sandbox, render_first=True
        ) as workspace:
            deployment = Deployment(
                regions=(),
                destroy=False,
                approved=True,
                question="",
                nothing_to_do="No table is protected",
                choose=_protected,
                review=partial(refuse_lost_tables, app=workspace.app, allowed=False),
            )
            return deploy(console, workspace, deployment)
    finally:
        if not sandbox:
            restore(project)


def _protected(workspace: Workspace) -> Sequence[str]:
    return kept_data(workspace).protected


def _without_protection(app: App) -> App:
    tables = tuple(replace(table, deletion_protection=False) for table in app.database.tables)
    return replace(app, database=replace(app.database, tables=tables))
