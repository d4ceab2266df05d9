"""What no rule forbids, and what people should know all the same."""

from __future__ import annotations

from tfgen.app import App
from tfgen.latency import estimate_ms
from tfgen.places import place_of_region


def notices(app: App) -> tuple[str, ...]:
    """Returns what to say about a stage, one sentence or two each."""
    return (
        *_of_missing_tables(app),
        *_of_replicas(app),
        *_of_missing_databases(app),
        *_of_far_databases(app),
    )


def _of_missing_tables(app: App) -> list[str]:
    """Says which regions have no table that others have."""
    has = {use.name: use for region in app.regions for use in region.tables}
    said = []
    for name, use in has.items():
        without = [
            f"`{region.name}`"
            for region in app.regions
            if all(each.name != name for each in region.tables)
        ]
        if without:
            remedy = (
                "`replicate: true` gives every region the table"
                if use.made_here
                else "`existing` can name one for each region"
            )
            said.append(
                f"The function has no table `{name}` in {', '.join(without)}, and no variable "
                f"`{use.variable}`: {remedy}"
            )
    return said


def _of_replicas(app: App) -> list[str]:
    if app.terraform.aws_provider == 6:
        return []
    protected = [
        f"`{table.name}`"
        for table in app.database.tables
        if table.replicas and table.deletion_protection
    ]
    if not protected:
        return []
    return [
        "Version 5 of the AWS provider protects a table against deletion, and not its replicas: "
        f"those of {', '.join(protected)} can be deleted. Version 6 protects both"
    ]


def _of_missing_databases(app: App) -> list[str]:
    """Says which regions have no database though others have one."""
    found = [region.rds for region in app.regions if region.rds is not None]
    without = [region.name for region in app.regions if region.rds is None]
    if not found or not without:
        return []
    named = ", ".join(f"`{region}`" for region in without)
    return [
        f"The function has no database in {named}, and no variable `{found[0].variables.host}`: "
        f"`database.rds.{without[0]}` can name one"
    ]


def _of_far_databases(app: App) -> list[str]:
    """Says what it takes to ask a database of another region."""
    said = []
    for region in app.regions:
        if region.rds is None or region.rds.region == region.name:
            continue
        far = region.rds.region
        round_trip = estimate_ms(place_of_region(region.name), place_of_region(far))
        said.append(
            f"The function in `{region.name}` asks a database in `{far}`: each round trip takes "
            f"about {round_trip:.0f} ms, and an answer often takes several. A replica in "
            f"`{region.name}` is nearer"
        )
    return said
