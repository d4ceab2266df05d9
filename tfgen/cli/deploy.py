"""Plan, approval, and the apply of exactly that plan: what ``apply`` and ``destroy`` share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from tfgen.cli.account_role import leave_to_account, take_account_roles
from tfgen.cli.changes import refuse_changes
from tfgen.cli.databases import check_databases
from tfgen.cli.deployed import TABLE
from tfgen.cli.existing import AllImported, Existing, advice, import_leftovers
from tfgen.cli.recover import label, recover, settle
from tfgen.cli.replicas import may_leave_replicas, unfinished_tables
from tfgen.cli.shown import without_reading
from tfgen.cli.steps import (
    EXPECTED,
    PlannedChange,
    explain,
    initialize,
    read_plan,
    run_plan,
)
from tfgen.cli.tables import is_replica_change
from tfgen.cli.unsaved import push_state, restore_state
from tfgen.disk import paths
from tfgen.errors import ExitCode, TfgenError
from tfgen.terraform import args

if TYPE_CHECKING:
    from tfgen.cli.workspace import Workspace
    from tfgen.terraform.events import Diagnostic
    from tfgen.ui.console import Console
    from tfgen.ui.live import LiveApply


# A state of 33 regions has 4 MB, its backup as many, and the journal of its apply 2.
_LEAST_SPACE = 16 * 1024**2


@dataclass(frozen=True, slots=True)
class Deployment:
    """What a command wants to be done.

    Attributes:
        regions: the regions to narrow it to; none means everything.
        destroy: remove instead of create and change.
        approved: nobody needs to be asked.
        question: what to ask otherwise.
        nothing_to_do: what to say when the plan is empty.
        choose: returns the addresses to narrow it to instead: None is everything, and none at all
            is nothing to do.
        review: looks at what the plan does to each resource before anybody is asked, and raises
            what speaks against it.
        reviewed_types: of the resources that ``review`` is about: a plan that names none of the
            types is not read, which takes Terraform as long as to start. None at all means any.
        targets: addresses to narrow it to, for what is less than whole regions.
        remark: says what the diff does not show, before anybody is asked.
    """

    regions: Sequence[str]
    destroy: bool
    approved: bool
    question: str
    nothing_to_do: str
    choose: Callable[[Workspace], Sequence[str] | None] | None = None
    review: Callable[[Sequence[PlannedChange]], None] | None = None
    reviewed_types: Sequence[str] = ()
    targets: Sequence[str] = ()
    remark: Callable[[], None] | None = None


def deploy(console: Console, workspace: Workspace, deployment: Deployment) -> bool:
    """Plans, asks, and applies exactly what was shown.

    Args:
        console: where the diff, the question and the progress go.
        workspace: what to deploy.
        deployment: what is wanted.

    Returns:
        Whether anything was changed.

    Raises:
        TfgenError: the plan or the apply failed.
        typer.Exit: it was refused or interrupted.
    """
    saved = workspace.saved_plan
    if not deployment.approved:
        console.require_answers(deployment.question, flag="--yes")
    try:
        _prepare(console, workspace, deployment)
        changed = _plan_and_apply_with_imports(console, workspace, deployment)
    finally:
        paths.remove(saved)
    _settle(workspace, deployment)
    if not changed:
        console.success(deployment.nothing_to_do)
    return changed


def _plan_and_apply_with_imports(
    console: Console, workspace: Workspace, deployment: Deployment
) -> bool:
    """Plans, asks and applies, and does so again after leftovers were imported."""
    again = False
    while True:
        try:
            return _plan_and_apply(console, workspace, deployment) or again
        except AllImported:
            again = True
            console.notice("Existing resources were imported, and the rest is planned again")


def _plan_and_apply(console: Console, workspace: Workspace, deployment: Deployment) -> bool:
    """Plans, asks and applies; returns whether there was anything to do."""
    chosen = deployment.choose(workspace) if deployment.choose else None
    targets = _targets(workspace, deployment) if chosen is None else chosen
    # Without a target Terraform would take all of it.
    nothing = chosen is not None and not chosen
    diff = "" if nothing else _shown_plan(console, workspace, deployment, targets)
    if not diff:
        return False
    changes = _reviewed(workspace, deployment, diff)
    _approve(console, deployment)
    apply_saved(console, workspace, workspace.saved_plan)
    if not deployment.destroy:
        finish_replicas(console, workspace, changes)
    return True


def _prepare(console: Console, workspace: Workspace, deployment: Deployment) -> None:
    """Initializes, finishes what an earlier run began, and refuses what cannot be applied."""
    # What is destroyed, or is no function, needs nothing of the databases and the account.
    everything = not deployment.destroy and not deployment.targets
    if everything:
        check_databases(workspace, deployment.regions)
    restore_state(console, workspace)
    initialize(console, workspace)
    push_state(console, workspace)
    recover(
        console,
        workspace,
        lambda: quiet_plan(console, workspace, _targets(workspace, deployment)),
        destroy=deployment.destroy,
    )
    refuse_changes(workspace, destroy=deployment.destroy)
    if everything:
        leave_to_account(console, workspace, deployment.regions)
        if deployment.choose is None:
            take_account_roles(console, workspace, deployment.regions)


def _reviewed(workspace: Workspace, deployment: Deployment, diff: str) -> Sequence[PlannedChange]:
    """Returns what the plan does, after its review; nothing if neither needs to read the plan."""
    types = deployment.reviewed_types
    named = not types or any(each in diff for each in types)
    reviewed = deployment.review is not None and named
    finished_later = not deployment.destroy and may_leave_replicas(workspace.app) and TABLE in diff
    changes = read_plan(workspace, workspace.saved_plan) if reviewed or finished_later else []
    if deployment.review is not None and reviewed:
        deployment.review(changes)
    return changes


def _approve(console: Console, deployment: Deployment) -> None:
    """Asks whether to apply what was shown.

    Raises:
        typer.Exit: the answer is no.
    """
    if deployment.remark is not None:
        deployment.remark()
    if deployment.approved:
        return
    console.message("")
    if not console.confirm(deployment.question, flag="--yes"):
        console.message("Nothing was changed")
        raise typer.Exit(ExitCode.FAILED)


def finish_replicas(
    console: Console, workspace: Workspace, applied: Sequence[PlannedChange]
) -> None:
    """Applies what the provider has left to do of the replicas of tables.

    It is a part of the plan that was approved.

    Args:
        console: where it is told.
        workspace: what was deployed.
        applied: what the plan did.

    Raises:
        TfgenError: the plan or the apply failed.
        typer.Exit: it was interrupted.
    """
    tables = unfinished_tables(applied) if may_leave_replicas(workspace.app) else []
    if not tables:
        return
    console.notice(
        "The AWS provider protects new replicas in a second apply only, which follows now"
    )
    try:
        left = quiet_plan(console, workspace, tables)
        left = [change for change in left if change.actions != ("no-op",)]
        if others := [change.address for change in left if not is_replica_change(change)]:
            console.notice(
                f"More than replicas has changed meanwhile, the first of it {others[0]}: run "
                "`tfgen apply` again, which protects them"
            )
        elif left:
            apply_saved(console, workspace, workspace.saved_plan)
    finally:
        paths.remove(workspace.saved_plan)


def _settle(workspace: Workspace, deployment: Deployment) -> None:
    # Of a broken run that concerns more, the rest is still to be taken care of.
    if not deployment.targets:
        settle(workspace, deployment.regions)


def _targets(workspace: Workspace, deployment: Deployment) -> list[str]:
    from tfgen.render.addresses import region_addresses

    return [*region_addresses(workspace.app, deployment.regions), *deployment.targets]


def quiet_plan(
    console: Console, workspace: Workspace, targets: Sequence[str] = ()
) -> list[PlannedChange]:
    """Returns what is missing and what is there, whatever is to be done about it.

    Raises:
        TfgenError: the plan failed.
        typer.Exit: it was interrupted.
    """
    console.step("Planning", workspace.app.stage)
    run_plan(
        console,
        workspace,
        out=workspace.saved_plan,
        show=lambda _: None,
        targets=targets,
    )
    return read_plan(workspace, workspace.saved_plan)


def _shown_plan(
    console: Console, workspace: Workspace, deployment: Deployment, targets: Sequence[str]
) -> str:
    console.step("Planning", workspace.app.stage)
    return run_plan(
        console,
        workspace,
        out=workspace.saved_plan,
        show=(lambda _: None) if console.json_mode else without_reading(console.relay_message),
        targets=targets,
        destroy=deployment.destroy,
    )


def apply_saved(console: Console, workspace: Workspace, saved: Path) -> None:
    """Applies a saved plan, with a live view or a stream of events.

    Raises:
        TfgenError: the apply failed or was killed.
        typer.Exit: it was interrupted.
    """
    from tfgen.terraform import diagnose, journal
    from tfgen.terraform.runner import run_journaled
    from tfgen.ui.live import LiveApply

    _require_space(workspace)
    path = journal.new_path(workspace.journals, label(workspace))
    live = LiveApply(console)
    said = _Said(console, live)
    with nullcontext() if console.json_mode else live:
        result = run_journaled(
            workspace.engine,
            args.apply_plan(saved, json=True),
            cwd=workspace.root,
            env=workspace.variables,
            journal=path,
            on_line=said.read,
        )
        if result.exit_code != ExitCode.INTERRUPTED:
            said.show_cancellations()
    if result.exit_code == ExitCode.INTERRUPTED:
        console.message("Interrupted: Terraform has stopped, and the state is saved")
        raise typer.Exit(ExitCode.INTERRUPTED)
    if result.killed_by is not None:
        in_flight = journal.in_flight(path)
        raise diagnose.killed(result, root=workspace.shown_root, in_flight=in_flight)
    if result.returncode != 0:
        raise _failed(console, workspace, saved, said.errors)


def _require_space(workspace: Workspace) -> None:
    """Refuses an apply on a disk so full that Terraform could not write down what it did.

    Raises:
        TfgenError: there is too little space for the state or for the journal.
    """
    from shutil import disk_usage

    for folder in (workspace.root, workspace.journals):
        if disk_usage(folder).free < _LEAST_SPACE:
            raise TfgenError(
                f"The disk has less than {_LEAST_SPACE // 1024**2} MB left, which may not be "
                "enough for the state that Terraform writes while it applies",
                place=workspace.shown_root,
                hint="free some space, and run the same command again",
            )


@dataclass(slots=True)
class _Said:
    """What Terraform says during an apply, shown as it comes.

    Attributes:
        errors: those among it.
    """

    console: Console
    live: LiveApply
    errors: list[Diagnostic] = field(default_factory=list)
    _cancellations: list[Diagnostic] = field(default_factory=list)

    def read(self, line: str) -> None:
        """Shows a line of the stream of events."""
        from tfgen.terraform import events, journal

        event = events.parse(line)
        if event is None:
            return
        if self.console.json_mode:
            self.console.data(line)
        if isinstance(event, events.Diagnostic):
            if event.severity == "error":
                self.errors.append(event)
            if journal.is_cancellation(event):
                self._cancellations.append(event)
                return
            if event.summary in EXPECTED:
                return
        if not self.console.json_mode:
            self.live.feed(event)

    def show_cancellations(self) -> None:
        """Shows what was held back because whoever pressed Ctrl-C knows why."""
        if not self.console.json_mode:
            for cancellation in self._cancellations:
                self.live.feed(cancellation)


def _failed(
    console: Console, workspace: Workspace, saved: Path, errors: Sequence[Diagnostic]
) -> TfgenError | typer.Exit:
    """Returns how to end after a failed apply, whose errors the live view has shown in full."""
    try:
        found = import_leftovers(console, workspace, saved, errors)
    except TfgenError as problem:
        console.notice(f"tfgen cannot tell whose the existing resources are: {problem.message}")
        found = Existing()
    if found.adopted and found.adopted.issuperset(
        error.address or "" for error in errors if error.summary not in EXPECTED
    ):
        return AllImported()
    error = explain(workspace, errors)
    hint = advice(workspace, found) or error.hint
    if console.json_mode or not errors:
        error.hint = hint
        return error
    again = "What was created is in the state: run the same command again when this is mended"
    console.message(f"\nhint: {hint or again}")
    return typer.Exit(ExitCode.FAILED)
