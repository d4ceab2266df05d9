"""Refuses, before anything is planned, what one apply cannot change."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tfgen.changes import Refusal, refusals
from tfgen.cli.deployed import deployed_tables, is_table
from tfgen.cli.steps import read_state, run_terraform
from tfgen.errors import TfgenError
from tfgen.terraform import args

if TYPE_CHECKING:
    from tfgen.cli.workspace import Workspace
    from tfgen.config.places import Places


def refuse_changes(workspace: Workspace, *, destroy: bool = False) -> None:
    """Holds the config against the state, and refuses what takes more than one apply.

    A table that has left the config is refused later: see `tfgen.cli.tables`.

    Args:
        workspace: the stage.
        destroy: everything goes, and no change is made on the way.

    Raises:
        TfgenError: the first refusal, with its line and its steps.
    """
    app = workspace.app
    if not app.database.tables:
        # Nothing to refuse, and to read the state takes as long as to start Terraform.
        return
    state = read_state(workspace, data=True)
    found = refusals(app, deployed_tables(state))
    if destroy:
        found = [refusal for refusal in found if not refusal.steps]
    elif any(refusal.steps for refusal in found):
        # Somebody may have made the change past Terraform, which learns of it only when it plans.
        tables = [each.address for each in state if is_table(each.address, each.type)]
        fresh = _refreshed(workspace, tables)
        state = [
            replace(each, attributes=fresh.get(each.address, each.attributes)) for each in state
        ]
        found = refusals(app, deployed_tables(state))
    if found:
        first = found[0]
        raise TfgenError(first.message, place=_place(first, workspace.places), hint=first.hint)


def _refreshed(workspace: Workspace, targets: Sequence[str]) -> dict[str, Mapping[str, Any]]:
    """Returns the attributes of some resources as AWS has them now, by address.

    The state stays as it is.

    Args:
        workspace: whose resources.
        targets: addresses of resources or modules.

    Returns:
        Nothing if they cannot be read.
    """
    saved = workspace.saved_plan.with_suffix(".refreshed")
    try:
        command = args.plan(out=saved, targets=targets, refresh_only=True)
        if run_terraform(workspace, command).returncode != 0:
            return {}
        shown = run_terraform(workspace, args.show(saved.absolute()))
        document = json.loads(shown.stdout) if shown.returncode == 0 else {}
    finally:
        saved.unlink(missing_ok=True)
    return dict(_below(document.get("prior_state", {}).get("values", {}).get("root_module", {})))


def _below(module: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for resource in module.get("resources", []):
        yield resource["address"], resource["values"]
    for child in module.get("child_modules", []):
        yield from _below(child)


def _place(refusal: Refusal, places: Places) -> str:
    head, *rest = refusal.path
    if head == "regions" and len(rest) > 1:
        # What a region says, or else what the app says for all of them.
        return places.for_region(str(rest[0])).at(*rest[1:])
    return places.at(*refusal.path)
