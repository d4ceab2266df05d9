"""``tfgen env diff``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from tfgen.cli.options import CONFIG, HERE, Chdir, ConfigFile, Json, Sandbox, StageName
from tfgen.errors import ExitCode, TfgenError

if TYPE_CHECKING:
    from tfgen.app import App, Region
    from tfgen.cli.project import Project

_PLAIN = "plain"
_NOWHERE = "-"

Sources = Mapping[str, str]
"""Name of a variable → where its value is from."""


def diff(
    *,
    first: Annotated[str, typer.Argument(metavar="A", help="Stage or region.")],
    second: Annotated[str, typer.Argument(metavar="B", help="Another one.")],
    stage: StageName = None,
    sandbox: Sandbox = False,
    chdir: Chdir = HERE,
    config: ConfigFile = CONFIG,
    json: Json = False,
) -> None:
    """Compare the variables of two stages or regions.

    Shown are those that only one of them has, or has from somewhere else. No value is looked at.
    """
    from tfgen.cli.project import open_project
    from tfgen.ui.console import Console

    console = Console.from_environment(json_mode=json)
    project = open_project(chdir, config, sandbox=sandbox, complete=False)
    left, right = _sides(project, stage, first, second)
    different = {
        name: (left.get(name), right.get(name))
        for name in sorted({*left, *right})
        if left.get(name) != right.get(name)
    }
    if json:
        console.json({name: {first: a, second: b} for name, (a, b) in different.items()})
    elif not different:
        console.success(f"`{first}` and `{second}` have the same variables, from the same sources")
    else:
        rows = [(name, a or _NOWHERE, b or _NOWHERE) for name, (a, b) in different.items()]
        console.table(("NAME", first, second), rows)


def _sides(project: Project, stage: str | None, first: str, second: str) -> tuple[Sources, Sources]:
    stages = {app.stage: app for app in project.apps}
    if first in stages and second in stages:
        return _of_stage(stages[first]), _of_stage(stages[second])
    app = project.app(stage)
    regions = {region.name: region for region in app.regions}
    for ordinal, each in (("first", first), ("second", second)):
        if each not in regions:
            raise TfgenError(
                f"The {ordinal} argument is neither a stage nor a region of `{app.stage}`"
                if each not in stages
                else "A stage cannot be compared with a region",
                hint=f"the stages are {', '.join(stages)}; the regions of `{app.stage}` are "
                f"{', '.join(regions)}",
                exit_code=ExitCode.USAGE,
            )
    return _of_region(regions[first]), _of_region(regions[second])


def _of_region(region: Region) -> dict[str, str]:
    from tfgen.app import KmsSecret
    from tfgen.cli.env.naming import source

    plain = dict.fromkeys(region.env, _PLAIN)
    secrets = {
        name: source(secret)
        + (", not set" if isinstance(secret, KmsSecret) and secret.ciphertext is None else "")
        for name, secret in region.secrets.items()
    }
    return plain | secrets


def _of_stage(app: App) -> dict[str, str]:
    """Returns the sources in all regions, which are named where they do not agree."""
    by_region = {region.name: _of_region(region) for region in app.regions}
    found: dict[str, dict[str, list[str]]] = {}
    for region, sources in by_region.items():
        for name, source in sources.items():
            found.setdefault(name, {}).setdefault(source, []).append(region)
    return {
        name: "; ".join(
            source if len(regions) == len(by_region) else f"{source} in {', '.join(regions)}"
            for source, regions in by_source.items()
        )
        for name, by_source in found.items()
    }
