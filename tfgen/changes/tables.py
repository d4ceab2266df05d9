"""Changes of tables that take more than one apply.

The order of the provider's calls decides much of it. ``resourceTableUpdate`` and ``updateReplica``
change the stream first, then the encryption, the time to live, and the replicas:
https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/dynamodb/table.go
"""

from __future__ import annotations

from collections.abc import Sequence

from tfgen.app import App, Table
from tfgen.changes.deployed import DeployedTable
from tfgen.changes.keys import key_refusal
from tfgen.changes.plan import Change
from tfgen.changes.refusal import Refusal
from tfgen.render.addresses import table_module


def refusals(app: App, deployed: Sequence[DeployedTable]) -> list[Refusal]:
    """Returns the changes that one apply of a stage cannot make: one refusal per table at most.

    Args:
        app: the stage as its config is now.
        deployed: its tables, as the state knows them. Those that the config does not have any more
            are none of this.
    """
    known = {table.module: table for table in deployed}
    pairs = [(table, known.get(table_module(table.name))) for table in app.database.tables]
    found = (_of_table(app, table, before) for table, before in pairs if before is not None)
    return [each for each in found if each is not None]


def _of_table(app: App, table: Table, before: DeployedTable) -> Refusal | None:
    if before.home != app.database.home:
        return moved(before.name, before.home, app)
    if fixed := key_refusal(table, before):
        return fixed
    change = Change.of(app, table, before)
    steps = change.steps()
    if not steps:
        return None
    message, key = change.reason()
    return Refusal(message, key, steps, _advice(change))


def _advice(change: Change) -> str:
    if change.detaches:
        # Who wants no replicas knows that.
        return "Meanwhile the other regions are without the table" if change.wanted else ""
    left = [region for region in change.protected if region not in change.keys]
    return f"`tfgen region remove {left[0]}` does all of it" if left else ""


def moved(name: str, home: str, app: App) -> Refusal:
    """Returns why a table stays in the region that it was made in.

    Version 5 of the provider would look for it in the new one, and Terraform would make another.

    Args:
        name: of the table in DynamoDB.
        home: its region.
        app: the stage, with another home.
    """
    return Refusal(
        f"The table `{name}` is at home in `{home}`, and the config says "
        f"`{app.database.home}`: Terraform cannot move a table, it would make another, empty one",
        ("database", "home"),
        advice=f"put `home: {home}` back; docs/guides/data.md says how a table that is replicated "
        "gets another home",
        hinders_destroy=True,
    )
