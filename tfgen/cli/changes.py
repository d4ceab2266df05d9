"""Refuses, before anything is planned, what one apply cannot change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tfgen.changes import Refusal, has_policies, policy_refusals, refusals
from tfgen.cli.deployed import (
    POLICY_TYPES,
    TABLE,
    deployed_policies,
    deployed_tables,
)
from tfgen.cli.steps import read_answer, read_state, run_terraform
from tfgen.disk import paths
from tfgen.errors import TfgenError
from tfgen.terraform import args

if TYPE_CHECKING:
    from tfgen.app import App
    from tfgen.cli.workspace import Workspace
    from tfgen.config.places import Places
    from tfgen.terraform.state import Instance


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
    if not app.database.tables and not has_policies(app):
        # Nothing to refuse, and to read the state takes as long as to start Terraform.
        return
    state = read_state(workspace, data=True)
    found = _refusals(app, state)
    if destroy:
        found = [refusal for refusal in found if refusal.hinders_destroy]
    elif any(refusal.steps for refusal in found):
        # Somebody may have made the change past Terraform, which learns of it only when it plans.
        read_again = [each.address for each in state if each.type in {TABLE, *POLICY_TYPES}]
        fresh = _refreshed(workspace, read_again)
        state = [replace(each, attributes=fresh.get(_key(each), each.attributes)) for each in state]
        found = _refusals(app, state)
    if found:
        first = found[0]
        raise TfgenError(first.message, place=_place(first, workspace.places), hint=first.hint)


def _refusals(app: App, state: Sequence[Instance]) -> list[Refusal]:
    return [
        *refusals(app, deployed_tables(state)),
        *policy_refusals(app, deployed_policies(state)),
    ]


def _key(found: Instance) -> tuple[str, str]:
    return found.address, str(found.attributes.get("id"))


def _refreshed(
    workspace: Workspace, targets: Sequence[str]
) -> dict[tuple[str, str], Mapping[str, Any]]:
    """Returns the attributes of some resources as AWS has them now, by address and ID.

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
        return read_answer(workspace, args.show(saved.absolute()), _prior_attributes)
    finally:
        paths.remove(saved)


def _prior_attributes(plan: Mapping[str, Any]) -> dict[tuple[str, str], Mapping[str, Any]]:
    return dict(_below(plan.get("prior_state", {}).get("values", {}).get("root_module", {})))


def _below(module: Mapping[str, Any]) -> Iterator[tuple[tuple[str, str], Mapping[str, Any]]]:
    for resource in module.get("resources", []):
        # The state's instances are known by the address of their resource.
        address = f"{module.get('address', '')}.{resource['type']}.{resource['name']}"
        yield (address.removeprefix("."), str(resource["values"].get("id"))), resource["values"]
    for child in module.get("child_modules", []):
        yield from _below(child)


def _place(refusal: Refusal, places: Places) -> str:
    head, *rest = refusal.path
    if head == "regions" and len(rest) > 1:
        # What a region says, or else what the app says for all of them.
        return places.for_region(str(rest[0])).at(*rest[1:])
    return places.at(*refusal.path)
