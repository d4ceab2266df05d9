"""What an apply left behind that was cut off: found in AWS, taken into the state, never made twice.

Terraform writes a resource into its state when the resource's create returns. Killed before, the
resource exists and Terraform does not know; the next apply would fail on its name, or make a second
one. So it is with a request that an interrupt cancels. The journal of the run names the few
resources that this can have happened to. Those of them that a new plan wants to create are looked
for in AWS and imported.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from tfgen.cli.steps import PlannedChange, failure, run_terraform
from tfgen.errors import TfgenError
from tfgen.terraform import args, events, journal

if TYPE_CHECKING:
    from tfgen.cli.workspace import Workspace
    from tfgen.ui.console import Console


@dataclass(frozen=True, slots=True)
class BrokenRun:
    """An apply that was cut off.

    Attributes:
        path: its journal.
        since: when it began.
        creating: the addresses of what it had begun to create. Of an apply that was killed, those
            that it reports as complete are among them: Terraform says so before the state is
            written. Of one that was interrupted, only those that the interrupt cut off.
    """

    path: Path
    since: datetime
    creating: frozenset[str]


def label(workspace: Workspace) -> str:
    """Returns what the journals of a stage's applies are called."""
    return f"{workspace.app.stage}-apply"


def broken_runs(workspace: Workspace) -> list[BrokenRun]:
    """Returns the applies of a stage that were cut off while they created something.

    Raises:
        TfgenError: one of them is still at work, without the tfgen that began it.
    """
    broken = []
    for path in journal.journals(workspace.journals, label(workspace)):
        run = journal.read(path)
        if run.running:
            raise TfgenError(
                f"An earlier apply of `{workspace.app.stage}` is still at work",
                place=workspace.shown_root,
                hint="its tfgen was killed and Terraform goes on to the end of the approved plan; "
                "wait for it, then run this again",
            )
        broken += _interrupted_run(path, run) if run.finished else _killed_run(path)
    return broken


def _interrupted_run(path: Path, run: journal.Journal) -> list[BrokenRun]:
    cut_off = [flight for flight in run.cancelled if flight.action == "create"]
    if not cut_off:
        return []
    since = min(flight.started for flight in cut_off)
    return [BrokenRun(path, since, frozenset(flight.address for flight in cut_off))]


def _killed_run(path: Path) -> list[BrokenRun]:
    with path.open(encoding="utf-8", errors="replace") as lines:
        begun = [
            event
            for event in events.parse_all(lines)
            if isinstance(event, events.ApplyStart) and event.action == "create"
        ]
    if not begun:
        return []
    since = min(event.at for event in begun)
    return [BrokenRun(path, since, frozenset(event.resource.address for event in begun))]


def warn_of_broken_runs(console: Console, workspace: Workspace) -> None:
    """Says before a plan that it may show as missing what exists."""
    if broken_runs(workspace):
        console.notice(
            "An earlier apply was cut off, so this plan may want to create what exists already; "
            "`tfgen apply` finds it first"
        )


def adopt_leftovers(
    console: Console, workspace: Workspace, plan: Callable[[], Sequence[PlannedChange]]
) -> None:
    """Takes into the state what broken runs created without Terraform knowing.

    Args:
        console: where it is told.
        workspace: the stage.
        plan: makes a new plan and returns its changes.

    Raises:
        TfgenError: AWS has several things of which each may be the one, or cannot be asked.
    """
    runs = broken_runs(workspace)
    if not runs:
        return
    console.step("Recovering", "what an earlier apply was creating when it was cut off")
    # What was found can make findable what depends on it.
    while _adopt(console, workspace, runs, plan()):
        pass


def _adopt(
    console: Console,
    workspace: Workspace,
    runs: Sequence[BrokenRun],
    changes: Sequence[PlannedChange],
) -> bool:
    from tfgen.aws.adopt import PlannedResource, find_existing
    from tfgen.aws.session import Aws

    aws = Aws(workspace.endpoint)
    adopted = False
    for change in changes:
        since = [run.since for run in runs if change.address in run.creating]
        if not since or change.actions != ("create",):
            continue
        resource = PlannedResource(
            address=change.address,
            type=change.type,
            region=_region(workspace, change.address),
            values=change.after,
        )
        identifier = find_existing(aws, resource, min(since))
        if identifier is not None:
            _import(workspace, change.address, identifier)
            console.step("Found", f"{change.address} ({identifier})")
            adopted = True
    return adopted


def _region(workspace: Workspace, address: str) -> str:
    from tfgen.terraform.progress import GLOBAL, region_of

    region = region_of(address)
    return workspace.app.regions[0].name if region == GLOBAL else region


def _import(workspace: Workspace, address: str, identifier: str) -> None:
    result = run_terraform(workspace, args.import_(address, identifier))
    if result.returncode != 0:
        raise failure(result, workspace)


def settle(workspace: Workspace, regions: Sequence[str]) -> None:
    """Forgets the broken runs whose leftovers a complete apply has taken care of.

    Args:
        workspace: the stage.
        regions: what the apply was narrowed to; none means everything.
    """
    from tfgen.terraform.progress import region_of

    for run in broken_runs(workspace):
        if not regions or {region_of(address) for address in run.creating} <= set(regions):
            run.path.unlink(missing_ok=True)
    journal.prune(workspace.journals, label(workspace))
