"""``tfgen render``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from tfgen.cli.options import CONFIG, HERE, Chdir, ConfigFile, Json
from tfgen.errors import ExitCode

if TYPE_CHECKING:
    from tfgen.cli.project import Project
    from tfgen.ui.console import Console
    from tfgen.write import Comparison


def render(
    *,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit 3 when the tree is out of date.")
    ] = False,
    diff: Annotated[
        bool, typer.Option("--diff", help="Write nothing; show what would change.")
    ] = False,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Overwrite files that were edited by hand.")
    ] = False,
    chdir: Chdir = HERE,
    config: ConfigFile = CONFIG,
    json: Json = False,
) -> None:
    """Write the Terraform of all stages."""
    from tfgen.bundle.locate import check_source
    from tfgen.cli.project import open_project
    from tfgen.render.render import render as render_apps
    from tfgen.rules.notices import notices
    from tfgen.scratch import make_scratch
    from tfgen.ui.console import Console
    from tfgen.write import compare, refuse_conflicts, unified_diff, write

    console = Console.from_environment(json_mode=json)
    project = open_project(chdir, config)
    check_source(project.apps, project.folder, project.loaded.places)
    comparison = compare(render_apps(project.apps), project.tree, overwrite=overwrite)
    refuse_conflicts(comparison, overwrite=overwrite)
    dry = check or diff
    if not dry:
        write(comparison, make_scratch(project.folder), overwrite=overwrite)
    if json:
        console.json(_summary(comparison))
    elif diff:
        console.diff(unified_diff(comparison))
    else:
        _report(console, project, comparison, dry=dry)
        for app in project.apps:
            for notice in notices(app):
                console.notice(notice if len(project.apps) == 1 else f"`{app.stage}`: {notice}")
    if check and comparison.stale:
        raise typer.Exit(ExitCode.STALE)


def _summary(comparison: Comparison) -> dict[str, object]:
    kinds = ("created", "changed", "removed", "kept")
    files = {
        kind: [change.path for change in comparison.changes if change.kind == kind]
        for kind in kinds
    }
    return {"output": str(comparison.root), "stale": comparison.stale, **files}


def _report(console: Console, project: Project, comparison: Comparison, *, dry: bool) -> None:
    from tfgen.ui.changes import show_changes
    from tfgen.ui.text import count

    show_changes(console, comparison.changes)
    output = project.apps[0].terraform.output
    if comparison.line_ends:
        files = count(len(comparison.line_ends), "file")
        console.notice(
            f"The line ends of {files} in {output} were changed to CRLF, as git does with "
            "`core.autocrlf`, and nothing else was; tfgen writes LF"
        )
    if not comparison.stale:
        console.success(f"{output} is up to date")
    elif dry:
        console.message(f"{output} is out of date: run `tfgen render`")
    else:
        console.success(f"Rendered {output}")
