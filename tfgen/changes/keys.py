"""Changes of a table's keys that no apply makes, although a plan has nothing against them.

DynamoDB sets the keys of a table and its local indexes once, when the table is created. The AWS
provider knows an attribute and an index by its name alone: whatever else of it changes is no change
to the provider, and the plan is empty. ``attribute`` and ``local_secondary_index`` in
https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/dynamodb/table.go
"""

from __future__ import annotations

from tfgen.app import Index, Table
from tfgen.changes.deployed import DeployedTable
from tfgen.changes.refusal import Refusal


def key_refusal(table: Table, before: DeployedTable) -> Refusal | None:
    """Returns why keys of a table stay as they are; None if they do not change, or are replaced.

    Args:
        table: as the config wants it.
        before: as it is deployed.
    """
    if _is_replaced(table, before):
        return None
    return _of_types(table, before) or _of_local_indexes(table, before)


def _is_replaced(table: Table, before: DeployedTable) -> bool:
    return (
        table.hash_key != before.hash_key
        or table.range_key != before.range_key
        or table.local_indexes.keys() != before.local_indexes.keys()
    )


def _of_types(table: Table, before: DeployedTable) -> Refusal | None:
    for name, kind in table.attributes.items():
        old = before.attributes.get(name, kind)
        if old == kind:
            continue
        fixed = {table.hash_key, table.range_key}
        fixed |= {index.range_key for index in table.local_indexes.values()}
        return Refusal(
            f"The type of the key `{name}` of the table `{before.name}` cannot change from "
            f"`{old}` to `{kind}`",
            ("database", "dynamodb", table.name, "attributes", name),
            advice=f"put `{old}` back; a table with another key is another table"
            if name in fixed
            else "take the indexes out that have this key, and apply; then write the table as you "
            "want it, and apply",
        )
    return None


def _of_local_indexes(table: Table, before: DeployedTable) -> Refusal | None:
    for name, index in table.local_indexes.items():
        if _comparable(index) != _comparable(before.local_indexes[name]):
            return Refusal(
                f"The local index `{name}` of the table `{before.name}` cannot change: DynamoDB "
                "creates local indexes together with their table",
                ("database", "dynamodb", table.name, "local_indexes", name),
                advice="put it back as it was, or give it another name: that replaces the table, "
                "which `tfgen apply --allow-replace` does",
            )
    return None


def _comparable(index: Index) -> tuple[object, ...]:
    projection = index.projection
    return (
        index.range_key,
        projection if isinstance(projection, str) else tuple(sorted(projection)),
    )
