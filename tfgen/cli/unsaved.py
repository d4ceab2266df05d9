"""Puts a state back that an apply could not save, or that was cut off while it was written.

A full disk does both, and so does a kill or the end of the credentials for a bucket. Terraform then
writes the state to ``errored.tfstate``, or, if it cannot do that either, prints it, which puts it
into the journal. Without either, an older state and the journal of what the run did are enough:
what the run created is looked for in AWS.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tfgen.cli.recover import broken_runs, is_local, label
from tfgen.cli.steps import failure, pull_state, run_terraform
from tfgen.disk import paths
from tfgen.errors import TfgenError
from tfgen.terraform import args, journal, state

if TYPE_CHECKING:
    from tfgen.cli.workspace import Workspace
    from tfgen.ui.console import Console


def restore_state(console: Console, workspace: Workspace) -> None:
    """Puts back a local state that is torn. Terraform, even its ``init``, cannot read such a state.

    Args:
        console: where it is told.
        workspace: the stage; it need not be initialized.

    Raises:
        TfgenError: an apply is still at work, or there is nothing to make a state from.
    """
    root = workspace.root
    # Of a Terraform that is at work, the state may look torn for a moment.
    broken_runs(workspace)
    if not is_local(workspace) or not state.is_torn(root):
        return
    runs = journal.journals(workspace.journals, label(workspace))
    content = _unsaved(root, runs[0]) if runs else None
    if content is not None:
        if state.put_back(root, content.encode()):
            _is_saved(root, runs[0])
            console.step("Restored", "the state that an earlier apply could not write")
        return
    before = state.backup(root)
    if before is None and not runs:
        raise TfgenError(
            "The state was cut off while it was written, and nothing here says what was in it",
            place=f"{workspace.shown_root}/terraform.tfstate",
            hint="put back a copy of that file from where you keep one",
        )
    if state.put_back(root, paths.read(before, limit=state.LIMIT) if before else b""):
        since = before.stat().st_mtime if before else 0.0
        for run in runs:
            if run == runs[0] or run.stat().st_mtime >= since:
                journal.add_note(run, journal.Note.LOST)
        console.step("Restored", "the state of before an earlier apply, which was torn since")


def push_state(console: Console, workspace: Workspace) -> None:
    """Writes the state that the last apply could not save to where it belongs.

    Args:
        console: where it is told.
        workspace: the stage, initialized.

    Raises:
        TfgenError: the state still cannot be written.
    """
    runs = journal.journals(workspace.journals, label(workspace))
    if not runs or not journal.read(runs[0]).unsaved:
        return
    content = _unsaved(workspace.root, runs[0])
    if content is None:
        journal.add_note(runs[0], journal.Note.LOST)
        return
    if not state.is_newer(pull_state(workspace), content):
        file = workspace.saved_plan.with_suffix(".tfstate")
        try:
            paths.write(file, content.encode(), mode=0o600)
            result = run_terraform(workspace, args.state_push(file))
        finally:
            paths.remove(file)
        if result.returncode != 0:
            raise failure(result, workspace)
        console.step("Restored", "the state that an earlier apply could not write")
    _is_saved(workspace.root, runs[0])


def _unsaved(root: Path, run: Path) -> str | None:
    """Returns the state that a run could not save, or None."""
    if not journal.read(run).unsaved:
        return None
    file = state.errored(root)
    # One of an earlier run may lie around.
    if file is not None and file.stat().st_mtime >= _began(run):
        return paths.read_text(file, limit=state.LIMIT)
    return journal.dumped_state(run)


def _began(run: Path) -> float:
    from datetime import UTC, datetime

    moment = run.name.partition("-")[0]
    return datetime.strptime(moment, "%Y%m%dT%H%M%S.%fZ").replace(tzinfo=UTC).timestamp()


def _is_saved(root: Path, run: Path) -> None:
    journal.add_note(run, journal.Note.SAVED)
    file = state.errored(root)
    if file is not None and file.stat().st_mtime >= _began(run):
        paths.remove(file)
