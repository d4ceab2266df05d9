"""A saved plan is applied to what it was made for, and to nothing else."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from tfgen.disk import paths
from tfgen.errors import ExitCode, TfgenError
from tfgen.terraform.saved_plan import Label, read_label, write_label

if TYPE_CHECKING:
    from tfgen.app import App
    from tfgen.cli.project import Project
    from tfgen.cli.workspace import Workspace
    from tfgen.ui.console import Console

_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Target:
    """Where a command works.

    Attributes:
        sandbox: the instance of the sandbox; empty for AWS, or if none runs.
        account: the AWS account; empty for a sandbox.
        caller: the ARN of the caller; empty for a sandbox.
    """

    sandbox: str = ""
    account: str = ""
    caller: str = ""


def find_target(project: Project, app: App, *, sandbox: bool) -> Target:
    """Returns where a command works. The sandbox need not run; AWS is asked who is calling.

    Raises:
        TfgenError: AWS cannot be asked.
    """
    from tfgen.aws.account import find_caller
    from tfgen.aws.session import Aws
    from tfgen.regions import CONTROL_PLANE, REGIONS
    from tfgen.sandbox.lifecycle import find

    if sandbox:
        running = find(project.folder)
        return Target(sandbox=running.instance if running else "")
    partition = REGIONS[app.regions[0].name].partition
    caller = find_caller(Aws().client("sts", CONTROL_PLANE[partition]))
    return Target(account=caller.account, caller=caller.arn)


def label_of(workspace: Workspace, target: Target) -> Label:
    """Returns the label of a plan that would be made now.

    Args:
        workspace: the stage.
        target: where it is.
    """
    from tfgen.terraform.configuration import digests

    app = workspace.app
    resolved = json.dumps(asdict(app), sort_keys=True, default=str)
    return Label(
        app=app.name,
        stage=app.stage,
        sandbox=target.sandbox,
        account=target.account,
        caller=target.caller,
        config=sha256(resolved.encode("utf-8", "surrogatepass")).hexdigest(),
        tree=digests(workspace.root),
        code=workspace.code,
    )


def save_label(plan: Path, label: Label) -> None:
    """Writes into a plan that was just saved what it is of; a plan without it is not kept.

    Raises:
        TfgenError: the label cannot be written.
    """
    try:
        write_label(plan, label)
    except TfgenError:
        paths.remove(plan)
        raise


def open_plan(plan: Path, shown: Path, app: App, *, sandbox: bool) -> Label:
    """Reads a saved plan's label, and refuses what needs no question to AWS to be refused.

    Args:
        plan: the plan file.
        shown: the same, as the user typed it.
        app: the stage that the command is for.
        sandbox: the command is for a sandbox.

    Returns:
        What the plan is of.

    Raises:
        TfgenError: the plan is of another app or stage, of a sandbox instead of AWS or the other
            way around, or does not say of what.
    """
    if not paths.is_file(plan):
        raise TfgenError(
            f"There is no saved plan `{shown}`",
            hint="`tfgen plan --out FILE` makes one",
            exit_code=ExitCode.USAGE,
        )
    label = read_label(plan)
    again = plan_command(shown, app.stage, sandbox=sandbox)
    if label.app != app.name:
        raise _other(f"the app `{label.app}`", f"the app `{app.name}`", shown, again)
    if label.sandbox and not sandbox:
        raise _other(f"the sandbox {label.sandbox}", "AWS", shown, again)
    if sandbox and not label.sandbox:
        raise _other(f"the AWS account {label.account}", "the sandbox", shown, again)
    if label.stage != app.stage:
        raise _other(f"the stage `{label.stage}`", f"the stage `{app.stage}`", shown, again)
    return label


def refuse_other_target(console: Console, label: Label, target: Target, shown: Path) -> None:
    """Refuses a saved plan of another account or sandbox.

    Args:
        console: where a difference is told that does not matter.
        label: what the plan is of.
        target: where the command works.
        shown: the plan file, as the user typed it.

    Raises:
        TfgenError: the plan is of another one.
    """
    if label.sandbox != target.sandbox:
        running = f"the sandbox {target.sandbox}" if target.sandbox else "a new one"
        again = plan_command(shown, label.stage, sandbox=True)
        raise _other(f"the sandbox {label.sandbox}, which has ended", running, shown, again)
    if label.account != target.account:
        theirs = f"the AWS account {label.account} ({label.caller})"
        ours = f"the AWS account {target.account} ({target.caller})"
        again = plan_command(shown, label.stage, sandbox=False)
        raise _other(theirs, ours, shown, again)
    if _identity(label.caller) != _identity(target.caller):
        # Pipelines plan with a role that may only read.
        console.notice(f"The plan was made by {label.caller}, and is applied by {target.caller}")


def refuse_changed(label: Label, now: Label, shown: Path, *, sandbox: bool) -> None:
    """Refuses a saved plan of a tree, a config or code that has changed since.

    Args:
        label: what the plan is of.
        now: what a plan would be of now.
        shown: the plan file, as the user typed it.
        sandbox: it is of a sandbox.

    Raises:
        TfgenError: something has changed.
    """
    hint = f"plan again: `{plan_command(shown, now.stage, sandbox=sandbox)}`"
    if changed := _differences(label.tree, now.tree):
        message = f"The tree has changed since the plan: {changed}"
    elif changed := _differences(label.code, now.code):
        message = f"The code has changed since the plan: {changed}"
    elif label.config != now.config:
        message = (
            f"The config has changed since the plan, which is of {label.config[:12]}, and this is "
            f"{now.config[:12]}"
        )
    else:
        return
    raise TfgenError(message, place=str(shown), hint=hint)


def plan_command(shown: Path, stage: str, *, sandbox: bool) -> str:
    """Returns the command that makes a saved plan."""
    from shlex import quote

    where = " --sandbox" if sandbox else ""
    return f"tfgen plan{where} --stage {stage} --out {quote(str(shown))}"


def _other(theirs: str, ours: str, shown: Path, again: str) -> TfgenError:
    return TfgenError(
        f"This plan is of {theirs}, and this command is for {ours}",
        place=str(shown),
        hint=f"make a plan for {ours} with `{again}`, and apply that",
    )


def _identity(arn: str) -> str:
    """Returns an ARN without the name of a role's session, which is another for each run.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-arns
    """
    return arn.rpartition("/")[0] if ":assumed-role/" in arn else arn


def _differences(before: Mapping[str, str], now: Mapping[str, str]) -> str:
    """Returns which files are not what they were, in words."""
    names = sorted(name for name in {*before, *now} if before.get(name) != now.get(name))
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(f"`{name}`" for name in names[:_SHOWN]) + more
