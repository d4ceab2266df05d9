"""``tfgen validate``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tfgen.cli.options import (
    CONFIG,
    HERE,
    Chdir,
    ConfigFile,
    Json,
    RenderFirst,
    Sandbox,
    StageName,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tfgen.cli.workspace import Workspace
    from tfgen.terraform.runner import Result


def validate(
    *,
    stage: StageName = None,
    sandbox: Sandbox = False,
    render: RenderFirst = False,
    chdir: Chdir = HERE,
    config: ConfigFile = CONFIG,
    json: Json = False,
) -> None:
    """Check the config and the tree, without looking at what exists."""
    from tfgen.cli.project import open_project
    from tfgen.cli.steps import failure, initialize, run_terraform
    from tfgen.cli.workspace import open_workspace
    from tfgen.terraform import args
    from tfgen.ui.console import Console

    console = Console.from_environment(json_mode=json)
    project = open_project(chdir, config, sandbox=sandbox)
    with open_workspace(console, project, stage, sandbox=sandbox, render_first=render) as workspace:
        initialize(console, workspace, backend=_is_local(workspace))
        command = args.validate(json=json)
        result = run_terraform(workspace, command)
        if json:
            console.data(_document(workspace, command, result))
        if result.returncode != 0:
            raise failure(result, workspace)
    if not json:
        console.success(f"The config and the tree of `{workspace.app.stage}` are valid")


def _document(workspace: Workspace, command: Sequence[str], result: Result) -> str:
    from tfgen.cli.steps import failure, understood
    from tfgen.terraform import documents

    if result.returncode != 0 and "{" not in result.stdout:
        # It failed before it could write a document.
        raise failure(result, workspace)
    with understood(workspace, command, result.stdout):
        return documents.document_text(result.stdout)


def _is_local(workspace: Workspace) -> bool:
    """Says whether the backend can be initialized without network or credentials."""
    from tfgen.app import LocalBackend

    return isinstance(workspace.app.terraform.backend, LocalBackend)
