"""What an apply left behind that was cut off: found in AWS, taken into the state, never made twice.

Terraform writes a resource into its state when the resource's create returns. Killed before, the
resource exists and Terraform does not know; the next apply would fail on its name, or make a second
one. So it is with a request that an interrupt cancels. The journal of the run names the few
resources that this can have happened to. Those of them that a new plan wants to create are looked
for in AWS and imported.

A function is changed in two steps: its code or configuration, then a new version of them. Cut off
in between, the function is what the config says and no plan finds anything to do, but the version
that serves is the old one. So a version is published of what was left without. Provider 5 takes the
code as sent even when Lambda refused it (`source_code_hash` is what it planned, and not what Lambda
has: https://github.com/hashicorp/terraform-provider-aws/issues/42826). So the code is sent as well.
Provider 6 compares, and plans it again.

Terraform means to replace what it knows to be half created. But the names are taken, and most of
it is whole: what an interrupt cut off is kept, and updated where something is missing.

A state that was torn, or that could not be saved, is put back before: see `tfgen.cli.unsaved`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tfgen.cli.steps import PlannedChange, failure, run_terraform
from tfgen.disk import paths
from tfgen.errors import TfgenError
from tfgen.regions import CONTROL_PLANE, REGIONS
from tfgen.terraform import args, events, journal, state

if TYPE_CHECKING:
    from tfgen.cli.workspace import Workspace
    from tfgen.ui.console import Console

_FUNCTION_UPDATE: Final = ("aws_lambda_function", "update")

# What is in the account of the hosted zone.
_OF_THE_ZONE: Final = frozenset({"aws_route53_record", "aws_route53_zone"})


@dataclass(frozen=True, slots=True)
class BrokenRun:
    """An apply that was cut off.

    Attributes:
        path: its journal.
        since: when it began.
        creating: the addresses of what it had begun to create. Of an apply that was killed, those
            that it reports as complete are among them: Terraform says so before the state is
            written. Of one that was interrupted, only those that the interrupt cut off.
        updating: the addresses of the functions that it had begun to update and that may lack a
            version; likewise.
        interrupted: Terraform came to an end by itself, and wrote into the state what it knew.
    """

    path: Path
    since: datetime
    creating: frozenset[str]
    updating: frozenset[str]
    interrupted: bool

    @property
    def addresses(self) -> frozenset[str]:
        """All that may not be what Terraform takes it for."""
        return self.creating | self.updating


def label(workspace: Workspace) -> str:
    """Returns what the journals of a stage's applies are called."""
    return f"{workspace.app.stage}-apply"


def broken_runs(workspace: Workspace) -> list[BrokenRun]:
    """Returns the applies of a stage that were cut off while they did what plans do not see.

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
        broken += _stopped_run(path, run) if run.finished else _killed_run(path)
    return broken


def _stopped_run(path: Path, run: journal.Journal) -> list[BrokenRun]:
    # A failed update is in the state as if it were complete.
    return _broken_run(path, run.cancelled, run.failed, interrupted=True)


def _killed_run(path: Path) -> list[BrokenRun]:
    with paths.open_text(path) as lines:
        begun = [
            journal.InFlight(event.resource.address, event.resource.type, event.action, event.at)
            for event in events.parse_all(lines)
            if isinstance(event, events.ApplyStart)
        ]
    return _broken_run(path, begun, begun, interrupted=False)


def _broken_run(
    path: Path,
    creating: Sequence[journal.InFlight],
    updating: Sequence[journal.InFlight],
    *,
    interrupted: bool,
) -> list[BrokenRun]:
    created = [flight for flight in creating if flight.action == "create"]
    updated = [flight for flight in updating if (flight.type, flight.action) == _FUNCTION_UPDATE]
    if not created and not updated:
        return []
    return [
        BrokenRun(
            path=path,
            since=min(flight.started for flight in (*created, *updated)),
            creating=frozenset(flight.address for flight in created),
            updating=frozenset(flight.address for flight in updated),
            interrupted=interrupted,
        )
    ]


def is_cut_off(workspace: Workspace) -> bool:
    """Says whether the state may lack what an earlier apply did.

    Raises:
        TfgenError: an apply is still at work, without the tfgen that began it.
    """
    runs = journal.journals(workspace.journals, label(workspace))
    return bool(
        broken_runs(workspace)
        or (runs and journal.read(runs[0]).unsaved)
        or (is_local(workspace) and state.is_torn(workspace.root))
    )


def warn_of_broken_runs(console: Console, workspace: Workspace) -> None:
    """Says before a plan that it may show as missing what exists, or not all that is missing."""
    if is_cut_off(workspace):
        console.notice(
            "An earlier apply was cut off, so this plan may want to create what exists already, "
            "or miss what is unfinished; `tfgen apply` looks for both first"
        )


def recover(
    console: Console,
    workspace: Workspace,
    plan: Callable[[], Sequence[PlannedChange]],
    *,
    destroy: bool,
) -> None:
    """Brings to light what broken runs did without Terraform knowing.

    Args:
        console: where it is told.
        workspace: the stage.
        plan: makes a new plan and returns what it does to each resource.
        destroy: everything is to go, so nothing needs to be finished.

    Raises:
        TfgenError: AWS has several things of which each may be the one, or cannot be asked.
    """
    runs = broken_runs(workspace)
    if not runs:
        return
    console.step("Recovering", "what an earlier apply was doing when it was cut off")
    changes = plan()
    if any(run.interrupted for run in runs):
        _keep(console, workspace, runs, changes)
        changes = plan()
    # What was found can make findable what depends on it.
    while _adopt(console, workspace, runs, changes):
        changes = plan()
    if not destroy:
        _publish(console, workspace, runs, changes)


def _keep(
    console: Console,
    workspace: Workspace,
    runs: Sequence[BrokenRun],
    changes: Sequence[PlannedChange],
) -> None:
    """Keeps what an interrupt left half created, and forgets what it left as a mere name."""
    for change in changes:
        if change.tainted and any(change.address in run.creating for run in runs):
            _run(workspace, args.untaint(change.address))
            console.step("Kept", change.address)
    # An import evaluates the configuration with what the state says, and of the half created it
    # says that they have no ARN.
    _run(workspace, args.refresh())


def is_local(workspace: Workspace) -> bool:
    """Says whether the state is a file in the root module's folder."""
    from tfgen.app import LocalBackend

    return isinstance(workspace.app.terraform.backend, LocalBackend)


def _adopt(
    console: Console,
    workspace: Workspace,
    runs: Sequence[BrokenRun],
    changes: Sequence[PlannedChange],
) -> bool:
    from tfgen.aws.adopt import PlannedResource, find_existing
    from tfgen.aws.session import Aws

    domain = workspace.app.api.domain
    role = domain.zone.role_arn if domain else None
    aws = Aws(workspace.endpoint)
    of_zone = Aws(workspace.endpoint, role)
    adopted = False
    # Terraform imports nothing to an address where it has not yet deleted the one before.
    deposed = {change.address for change in changes if change.deposed}
    for change in changes:
        since = [run.since for run in runs if change.address in run.creating]
        if not since or change.actions != ("create",) or change.address in deposed:
            continue
        resource = PlannedResource(
            address=change.address,
            type=change.type,
            region=region_for(workspace, change.address),
            values=change.after,
        )
        account = of_zone if change.type in _OF_THE_ZONE else aws
        identifier = find_existing(account, resource, min(since))
        if identifier is not None:
            _run(workspace, args.import_(change.address, identifier))
            console.step("Found", f"{change.address} ({identifier})")
            adopted = True
    return adopted


def _publish(
    console: Console,
    workspace: Workspace,
    runs: Sequence[BrokenRun],
    changes: Sequence[PlannedChange],
) -> None:
    from tfgen.aws.publish import publish_pending, send_code
    from tfgen.aws.session import Aws

    aws = Aws(workspace.endpoint)
    for change in changes:
        updating = any(change.address in run.updating for run in runs)
        # An update that is planned anew publishes by itself.
        if not updating or change.actions != ("no-op",) or not change.after.get("publish"):
            continue
        region = region_for(workspace, change.address)
        function = str(change.after["function_name"])
        code = _code(workspace, change)
        expected = change.after.get("source_code_hash")
        if code and send_code(aws, function, region, sha256=str(expected), code=code):
            console.step("Sent", f"the code of {change.address}")
        version = publish_pending(aws, function, region)
        if version is not None:
            console.step("Published", f"{change.address} (version {version})")


def _code(workspace: Workspace, function: PlannedChange) -> dict[str, object] | None:
    """Returns where the code of a function is, if no plan sees that Lambda does not have it."""
    values = function.after
    # Of an image, the provider reads back which one it is.
    if workspace.app.terraform.aws_provider == 6 or not values.get("source_code_hash"):
        return None
    if values.get("filename"):
        return {"ZipFile": paths.read(workspace.root / str(values["filename"]))}
    return {"S3Bucket": values["s3_bucket"], "S3Key": values["s3_key"]}


def region_for(workspace: Workspace, address: str) -> str:
    """Returns the region of a resource; for a global one, that of the global services."""
    from tfgen.render.addresses import is_below, table_addresses
    from tfgen.terraform.progress import GLOBAL, region_of

    region = region_of(address)
    if region != GLOBAL:
        return region
    if is_below(address, table_addresses(workspace.app)):
        return workspace.app.database.home
    # What the root module has and is in a region is where the global services are.
    return CONTROL_PLANE[REGIONS[workspace.app.regions[0].name].partition]


def _run(workspace: Workspace, command: Sequence[str]) -> None:
    result = run_terraform(workspace, command)
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
        if not regions or {region_of(address) for address in run.addresses} <= set(regions):
            paths.remove(run.path)
    journal.prune(workspace.journals, label(workspace))
