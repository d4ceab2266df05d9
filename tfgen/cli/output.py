"""``tfgen output``."""

from __future__ import annotations

from typing import Annotated

import typer

from tfgen.cli.options import CONFIG, HERE, Chdir, ConfigFile, Json, Sandbox, StageName
from tfgen.errors import ExitCode, TfgenError


def output(
    *,
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help="Only this output, and only its value.")
    ] = None,
    stage: StageName = None,
    sandbox: Sandbox = False,
    chdir: Chdir = HERE,
    config: ConfigFile = CONFIG,
    json: Json = False,
) -> None:
    """Show the outputs of what was applied."""
    from tfgen.cli.project import open_project
    from tfgen.cli.steps import initialize, read_outputs
    from tfgen.cli.workspace import open_workspace
    from tfgen.ui.console import Console

    console = Console.from_environment(json_mode=json)
    project = open_project(chdir, config, sandbox=sandbox, complete=False)
    with open_workspace(console, project, stage, sandbox=sandbox, current=False) as workspace:
        initialize(console, workspace)
        outputs = read_outputs(workspace)
    if name is None and not outputs:
        raise TfgenError(
            f"`{workspace.app.stage}` has no outputs", hint="`tfgen apply` brings it up first"
        )
    if name is not None and name not in outputs:
        raise TfgenError(
            f"There is no output `{name}`",
            hint=f"the outputs are {', '.join(outputs)}" if outputs else "run `tfgen apply` first",
            exit_code=ExitCode.USAGE,
        )
    value = outputs if name is None else outputs[name]
    if isinstance(value, str) and not json:
        console.data(value)
    else:
        console.json(value)
