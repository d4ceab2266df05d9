"""Refuses, before anything is planned, what one apply cannot change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tfgen.changes import Refusal, has_policies, policy_refusals, refusals
from tfgen.cli.deployed import deployed_policies, deployed_tables
from tfgen.cli.steps import read_state
from tfgen.errors import TfgenError

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
    if not app.database.tables and not has_policies(app):
        # Nothing to refuse, and to read the state takes as long as to start Terraform.
        return
    state = read_state(workspace, data=True)
    found = [
        *refusals(app, deployed_tables(state)),
        *policy_refusals(app, deployed_policies(state)),
    ]
    for refusal in found:
        if refusal.steps and destroy:
            continue
        raise TfgenError(
            refusal.message, place=_place(refusal, workspace.places), hint=refusal.hint
        )


def _place(refusal: Refusal, places: Places) -> str:
    head, *rest = refusal.path
    if head == "regions" and len(rest) > 1:
        # What a region says, or else what the app says for all of them.
        return places.for_region(str(rest[0])).at(*rest[1:])
    return places.at(*refusal.path)
