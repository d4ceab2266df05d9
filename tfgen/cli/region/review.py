"""Holds what a plan does against what the removal of a region may do."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from tfgen.cli.tables import is_replica_change
from tfgen.disk import paths
from tfgen.errors import TfgenError
from tfgen.render.addresses import is_below, region_id

if TYPE_CHECKING:
    from tfgen.app import App
    from tfgen.cli.project import Project
    from tfgen.cli.steps import PlannedChange

_SHOWN: Final = 5

# What follows a region's name in the addresses of what the root module has for it.
_PARTS: Final = "(?:_domain|_validation|_health)?"


def others_among(changes: Sequence[PlannedChange], own: Sequence[str]) -> list[str]:
    """Returns the addresses that a plan changes and that do not belong to the region.

    A replica belongs to it, which is a part of its table.

    Args:
        changes: what it does to each resource.
        own: addresses of what belongs to it.
    """
    return [
        change.address
        for change in changes
        if change.actions != ("no-op",)
        and not is_below(change.address, own)
        and not is_replica_change(change)
    ]


def pending(others: Sequence[str], region: str) -> TfgenError:
    """Returns the error that says which changes keep the removal of a region from being only that.

    Args:
        others: the addresses that change.
        region: its name.
    """
    shown = ", ".join(others[:_SHOWN]) + (", …" if len(others) > _SHOWN else "")
    return TfgenError(
        f"Other changes are pending, which have nothing to do with `{region}`: {shown}",
        hint="run `tfgen apply` first, then this again",
    )


def changes_more_than_the_region(before: App, after: App, region: str) -> bool:
    """Says whether the loss of a region changes what the others have.

    A region that is alone has no health check by default, for example.

    Args:
        before: the app with the region.
        after: the app without it.
        region: its name.
    """
    rest = tuple(each for each in before.regions if each.name != region)
    tables = tuple(
        replace(table, replicas=tuple(each for each in table.replicas if each != region))
        for table in before.database.tables
    )
    without = replace(
        before,
        regions=rest,
        first_region=after.first_region,
        database=replace(before.database, tables=tables),
    )
    return without != after


def refuse_references(project: Project, stage: str, region: str) -> None:
    """Refuses to remove a region that the user's own files need.

    Args:
        project: the project, with the region.
        stage: whose root module is looked at.
        region: the region.

    Raises:
        TfgenError: a file of the user's refers to its module, its records or its provider.
    """
    from tfgen.render.render import render

    owned = render(project.apps).files
    name = region_id(region)
    reference = re.compile(rf"\b(?:module|aws(?:_route53_\w+|_cloudwatch_\w+)?)\.{name}{_PARTS}\b")
    for file in paths.named(project.tree / stage, suffix=".tf"):
        if f"{stage}/{file.name}" in owned:
            continue
        for number, line in enumerate(paths.read_text(file, errors="replace").splitlines(), 1):
            code = re.split(r"#|//", line, maxsplit=1)[0]
            if found := reference.search(code):
                raise TfgenError(
                    f"`{found[0]}` is used here, and will be gone with `{region}`",
                    place=f"{file}:{number}",
                    hint="take it out of your file and apply that first",
                )
