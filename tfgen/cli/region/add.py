"""``tfgen region add``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from tfgen.cli.options import CONFIG, HERE, Chdir, ConfigFile
from tfgen.errors import ExitCode, TfgenError

if TYPE_CHECKING:
    from tfgen.app import App
    from tfgen.cli.region.sets import RegionSet
    from tfgen.ui.console import Console

RegionSetOfStage = Annotated[
    str | None,
    typer.Option(
        "--stage",
        metavar="STAGE",
        help="Stage whose own regions are meant.",
        show_default="the regions that stages share",
    ),
]


def add(
    *,
    regions: Annotated[list[str], typer.Argument(metavar="REGION", help="AWS region, or several.")],
    stage: RegionSetOfStage = None,
    chdir: Chdir = HERE,
    config: ConfigFile = CONFIG,
) -> None:
    """Add regions to the config, behind those that it has, and render."""
    from tfgen.bundle.locate import check_source
    from tfgen.cli.config_file import edit, save
    from tfgen.cli.project import open_project
    from tfgen.cli.region.sets import region_set
    from tfgen.config.edit import add_region
    from tfgen.render.render import render
    from tfgen.scratch import make_scratch
    from tfgen.ui.changes import show_changes
    from tfgen.ui.console import Console
    from tfgen.write import compare, refuse_conflicts, write

    console = Console.from_environment()
    # A region must be there before its secrets can be set.
    project = open_project(chdir, config, complete=False)
    chosen = region_set(project.loaded.config, stage)
    wanted = list(dict.fromkeys(regions))
    _check_names(wanted)
    new = [region for region in wanted if region not in chosen.regions]

    def change(text: str) -> str:
        for region in new:
            text = add_region(text, chosen.path, region, file=config.name)
        return text

    edited = edit(project, change, complete=False)
    after = edited.project
    check_source(after.apps, after.folder, after.loaded.places)
    comparison = compare(render(after.apps), after.tree)
    refuse_conflicts(comparison)
    if new:
        save(edited)
    _report(console, chosen, wanted, new)
    _warn_of_missing_variables(console, after.apps, chosen, new)
    write(comparison, make_scratch(after.folder))
    show_changes(console, comparison.changes)
    output = after.apps[0].terraform.output
    if not comparison.stale:
        console.success(f"{output} is up to date")
        return
    console.success(f"Rendered {output}")
    if not _ask_for_secrets(console, after.apps):
        console.message("`tfgen apply` brings up what is new")


def _check_names(regions: Sequence[str]) -> None:
    from tfgen.regions import REGIONS, suggest

    for region in regions:
        if region not in REGIONS:
            close = suggest(region)
            raise TfgenError(
                f"There is no AWS region `{region}`",
                hint=f"did you mean `{close}`?" if close else "for example `us-west-2`",
                exit_code=ExitCode.USAGE,
            )


def _report(console: Console, chosen: RegionSet, wanted: Sequence[str], new: Sequence[str]) -> None:
    from tfgen.regions import REGIONS

    for region in wanted:
        if region not in new:
            console.notice(f"`{region}` is in {chosen.key} already")
            continue
        console.step("Added", f"{region} to {chosen.key}, for {chosen.used_by}")
        if REGIONS[region].opt_in:
            console.notice(f"An account has to enable `{region}` before anything can be made there")


def _ask_for_secrets(console: Console, apps: Sequence[App]) -> bool:
    """Says which secrets must be set before an apply, and returns whether there are any."""
    from tfgen.app import KmsSecret

    commands: dict[tuple[str, str], str] = {}
    for app in apps:
        for region in app.regions:
            missing = [
                name
                for name, secret in region.secrets.items()
                if isinstance(secret, KmsSecret) and secret.ciphertext is None
            ]
            if missing:
                where = f"--stage {app.stage} --region {region.name}"
                commands[region.name, app.stage] = f"tfgen env set {where} {' '.join(missing)}"
    for (name, stage), command in commands.items():
        console.notice(f"`{name}` of `{stage}` needs secrets before an apply: `{command}`")
    return bool(commands)


def _warn_of_missing_variables(
    console: Console, apps: Sequence[App], chosen: RegionSet, new: Sequence[str]
) -> None:
    """Says what the function finds in its environment in all regions but the new ones."""
    app = next(app for app in apps if app.stage == chosen.stages[0])
    envs: Mapping[str, set[str]] = {region.name: set(region.env) for region in app.regions}
    others = [names for region, names in envs.items() if region not in new]
    for region in new:
        missing = sorted(set.intersection(*others) - envs[region])
        if missing:
            names = ", ".join(f"`{name}`" for name in missing)
            console.notice(
                f"The other regions all set {names}, and `{region}` does not: if the function "
                f"needs it, say it in `env` of `{region}`"
            )
