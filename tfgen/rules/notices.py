"""What no rule forbids, and what people should know all the same."""

from __future__ import annotations

from tfgen.app import App


def notices(app: App) -> tuple[str, ...]:
    """Returns what to say about a stage, one sentence or two each."""
    return (*_of_missing_tables(app), *_of_replicas(app))


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
