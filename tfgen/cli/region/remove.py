"""``tfgen region remove``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from tfgen.cli.options import CONFIG, HERE, Chdir, ConfigFile, NoInput, Sandbox, Verbose, Yes
from tfgen.cli.region.add import RegionSetOfStage
from tfgen.errors import ExitCode, TfgenError

if TYPE_CHECKING:
    from tfgen.cli.config_file import Edited
    from tfgen.cli.project import Project
    from tfgen.cli.region.sets import RegionSet


def remove(
    *,
    region: Annotated[str, typer.Argument(metavar="REGION", help="Region of the app.")],
    stage: RegionSetOfStage = None,
    drain: Annotated[
        int | None,
        typer.Option(
            "--drain",
            metavar="SECONDS",
            min=0,
            help="How long to wait between DNS and the rest.",
            show_default="60 and the function's timeout",
        ),
    ] = None,
    sandbox: Sandbox = False,
    yes: Yes = False,
    no_input: NoInput = False,
    chdir: Chdir = HERE,
    config: ConfigFile = CONFIG,
    verbose: Verbose = False,
) -> None:
    """Take a region out of DNS, then destroy what it has, then drop it from the config.

    Interrupted anywhere, the same command goes on where it was.
    """
    from tfgen.cli.accounts import check_account
    from tfgen.cli.config_file import save
    from tfgen.cli.interfaces import left_interfaces
    from tfgen.cli.project import open_project
    from tfgen.cli.region.retire import Removal, retire
    from tfgen.cli.region.sets import region_set
    from tfgen.render.render import render
    from tfgen.scratch import make_scratch
    from tfgen.ui.changes import show_changes
    from tfgen.ui.console import Console
    from tfgen.write import compare, refuse_conflicts, write

    console = Console.from_environment(no_input=no_input, verbose=verbose)
    project = open_project(chdir, config, sandbox=sandbox)
    chosen = region_set(project.loaded.config, stage)
    _check(chosen, region)
    _check_home(project, chosen, region)
    check_account(project, chosen.stages, sandbox=sandbox)
    # Before anything is done, it must be certain that it can be brought to its end.
    edited = _without(project, chosen, region)
    refuse_conflicts(compare(render(edited.project.apps), edited.project.tree))
    removal = Removal(
        project=project,
        after=edited.project.apps,
        region=region,
        stages=chosen.stages,
        sandbox=sandbox,
        approved=yes,
        drain=drain,
    )
    for each in chosen.stages:
        retire(console, removal, each)

    # It may have taken minutes, in which somebody else edited the config.
    edited = _without(project, chosen, region)
    comparison = compare(render(edited.project.apps), edited.project.tree)
    refuse_conflicts(comparison)
    # The config comes last: as long as the region is in it, this command can be run again.
    write(comparison, make_scratch(project.folder))
    save(edited)
    console.step("Removed", f"{region} from {chosen.key}, for {chosen.used_by}")
    show_changes(console, comparison.changes)
    console.success(f"Rendered {edited.project.apps[0].terraform.output}")
    if left := left_interfaces([project.app(each) for each in chosen.stages], [region]):
        console.notice(left)
    if sandbox:
        console.notice(
            f"Only the sandbox was changed: if `{region}` runs in AWS as well, put it back into "
            "the config as it was, and run this without `--sandbox`"
        )


def _check_home(project: Project, chosen: RegionSet, region: str) -> None:
    for app in project.apps:
        database = app.database
        if app.stage in chosen.stages and database.tables and database.home == region:
            raise TfgenError(
                f"The tables of `{app.stage}` are at home in `{region}`, and would go with it",
                hint="give them another home first: docs/guides/data.md says how",
            )


def _without(project: Project, chosen: RegionSet, region: str) -> Edited:
    from tfgen.cli.config_file import edit
    from tfgen.cli.region.sets import regions_at
    from tfgen.config.edit import remove_region
    from tfgen.config.load import loads

    file = project.config.name

    def change(text: str) -> str:
        # Somebody may have taken it out meanwhile.
        if region not in regions_at(loads(text, file=file).config, chosen.path):
            return text
        return remove_region(text, chosen.path, region, file=file)

    return edit(project, change)


def _check(chosen: RegionSet, region: str) -> None:
    if region not in chosen.regions:
        raise TfgenError(
            f"There is no region `{region}` in {chosen.key}",
            hint=f"its regions are {', '.join(chosen.regions)}",
            exit_code=ExitCode.USAGE,
        )
    if len(chosen.regions) == 1:
        raise TfgenError(
            f"`{region}` is the last region in {chosen.key}, and an app needs one",
            hint="`tfgen destroy` removes all that a stage has",
            exit_code=ExitCode.USAGE,
        )
