"""What a plan may do to tables, which hold what no apply brings back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tfgen.changes import moved
from tfgen.cli.deployed import TABLE, home_of, is_table
from tfgen.cli.steps import read_state
from tfgen.errors import TfgenError
from tfgen.render.addresses import is_below

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tfgen.app import App
    from tfgen.cli.steps import PlannedChange
    from tfgen.cli.workspace import Workspace
    from tfgen.terraform.state import Instance


@dataclass(frozen=True, slots=True)
class KeptData:
    """What a stage has that a destroy leaves, unless it is told otherwise.

    Attributes:
        tables: each with the regions that have it, as a sentence names it.
        protected: the addresses of those tables that DynamoDB lets nobody delete.
        others: the addresses of all else in the state.
    """

    tables: tuple[str, ...]
    protected: tuple[str, ...]
    others: tuple[str, ...]


def kept_data(workspace: Workspace) -> KeptData:
    """Returns what the state has of tables, and what it has beside them.

    Raises:
        TfgenError: the state cannot be read.
    """
    return kept_among(read_state(workspace))


def kept_among(found: Sequence[Instance]) -> KeptData:
    """Returns what is kept of some resources, and what is not.

    A key that encrypts a table belongs to it: without the key nobody can read the items.

    Args:
        found: all resources of a state.
    """
    tables = [each for each in found if is_table(each.address, each.type)]
    modules = [each.address.removesuffix(f".{TABLE}.this") for each in tables]
    keys = {arn for table in tables for arn in _keys(table.attributes)}
    kept = modules + [each.address for each in found if _key_arn(each) in keys]
    addresses = dict.fromkeys(each.address for each in found)
    return KeptData(
        tables=tuple(_described(table.attributes) for table in tables),
        protected=tuple(
            table.address for table in tables if table.attributes.get("deletion_protection_enabled")
        ),
        others=tuple(address for address in addresses if not is_below(address, kept)),
    )


def refuse_lost_tables(changes: Sequence[PlannedChange], app: App, *, allowed: bool) -> None:
    """Refuses a plan that deletes a table, alone or to make another in its place.

    Args:
        changes: what the plan does.
        app: the stage.
        allowed: the user has said that this may be.

    Raises:
        TfgenError: a table would go which may not, or which DynamoDB would not delete.
    """
    for change in changes:
        if "delete" in change.actions and is_table(change.address, change.type):
            _refuse(change, app, allowed=allowed)


def is_replica_change(change: PlannedChange) -> bool:
    """Says whether a plan changes no more of a table than which replicas it has, and how."""
    different = {
        name
        for name in change.before.keys() | change.after.keys()
        if change.before.get(name) != change.after.get(name)
    }
    return (
        change.actions == ("update",)
        and is_table(change.address, change.type)
        and different <= {"replica"}
    )


def _refuse(change: PlannedChange, app: App, *, allowed: bool) -> None:
    name = change.before.get("name", change.address)
    replaced = "create" in change.actions
    if replaced and "region" in change.replaced_by:
        raise _moved(name, change.before["region"], app)
    if replaced:
        named = ", ".join(f"`{key}`" for key in change.replaced_by) or "what is planned"
        what = f"To change {named} replaces the table `{name}`, and all items in it are lost"
        otherwise = "put it back as it was"
    else:
        what = f"The table `{name}` is not in the config any more, and would be deleted"
        otherwise = (
            f"to keep the table, put it back; to let the function use it without managing it, run "
            f"`terraform state rm {change.address}` and name it with `existing: {name}`"
        )
    if change.before.get("deletion_protection_enabled"):
        raise TfgenError(
            f"{what}; but it is protected against deletion",
            hint=f"{otherwise}; to lose it, set `deletion_protection: false` on the table as it "
            "was, apply that, then make this change",
        )
    if not allowed:
        raise TfgenError(what, hint=f"{otherwise}; to lose it, add `--allow-replace`")


def _moved(name: str, home: str, app: App) -> TfgenError:
    refusal = moved(name, home, app)
    return TfgenError(refusal.message, hint=refusal.hint)


def _keys(table: Mapping[str, Any]) -> list[str]:
    blocks = [*(table.get("server_side_encryption") or []), *(table.get("replica") or [])]
    return [block["kms_key_arn"] for block in blocks if block.get("kms_key_arn")]


def _key_arn(instance: Instance) -> object:
    """Returns the key that a key or an alias is."""
    names = {"aws_kms_key": "arn", "aws_kms_alias": "target_key_arn"}
    return instance.attributes.get(names.get(instance.type, ""))


def _described(table: Mapping[str, Any]) -> str:
    others = sorted(replica["region_name"] for replica in table.get("replica") or [])
    return f"`{table['name']}` in {', '.join([home_of(table), *others])}"
