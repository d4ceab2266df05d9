"""What an apply leaves to a second one of the replicas of tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tfgen.cli.deployed import is_table

if TYPE_CHECKING:
    from tfgen.app import App
    from tfgen.cli.steps import PlannedChange


def may_leave_replicas(app: App) -> bool:
    """Says whether an apply could leave anything to a second one; version 5 sets no protection."""
    return app.terraform.aws_provider == 6 and any(table.replicas for table in app.database.tables)


def unfinished_tables(changes: Sequence[PlannedChange]) -> list[str]:
    """Returns the addresses of the tables whose replicas one apply of a plan does not finish.

    The provider makes strong replicas without the protection against deletion, and of a replica
    that exists it changes either the backups or the protection: ``createReplicas`` and
    ``updateReplica`` in
    https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/dynamodb/table.go

    Args:
        changes: what the plan does.
    """
    return [
        change.address
        for change in changes
        if change.actions != ("no-op",)
        and is_table(change.address, change.type)
        and _is_unfinished(_by_region(change.before), _by_region(change.after))
    ]


def _is_unfinished(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    for region, wanted in after.items():
        had = before.get(region)
        protection = "deletion_protection_enabled"
        if had is None:
            if wanted.get("consistency_mode") == "STRONG" and wanted.get(protection):
                return True
        elif all(
            bool(had.get(key)) != bool(wanted.get(key))
            for key in (protection, "point_in_time_recovery")
        ):
            return True
    return False


def _by_region(table: Mapping[str, Any]) -> dict[str, Any]:
    return {replica["region_name"]: replica for replica in table.get("replica") or []}
