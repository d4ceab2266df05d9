"""``tfgen destroy``."""

from __future__ import annotations

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
    project = open_project(chdir, config)
    app = project.app(stage)
    check_regions(app, region or [])
    with open_workspace(console, project, stage, sandbox=sandbox, render_first=render) as workspace:
        deployment = Deployment(
            regions=region or [],
            destroy=True,
            approved=yes,
            question=f"Destroy all of this in `{app.stage}` in {workspace.where}?",
            nothing_to_do="Nothing to destroy",
        )
        if deploy(console, workspace, deployment):
            console.success(f"Destroyed `{app.stage}` in {workspace.where}")
