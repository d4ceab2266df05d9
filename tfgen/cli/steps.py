"""The steps that commands are made of: init, plan, apply, and reading what came of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import typer

from tfgen.cli.shown import TARGET_WARNINGS, without_target_warnings
from tfgen.errors import ExitCode, TfgenError
from tfgen.terraform import args

if TYPE_CHECKING:
    from tfgen.app import App
    from tfgen.cli.workspace import Workspace
    from tfgen.terraform.events import Diagnostic
    from tfgen.terraform.runner import Destination, Result
    from tfgen.terraform.state import Instance
    from tfgen.ui.console import Console

Found = TypeVar("Found")

# Terraform's last words after an interrupt, which people have asked for themselves.
_ECHOES = ("execution halted", "operation canceled")

# https://developer.hashicorp.com/terraform/cli/commands/plan#detailed-exitcode
_CHANGES = 2
_PLANNED = (0, _CHANGES)

EXPECTED = (*TARGET_WARNINGS, *_ECHOES)


@dataclass(frozen=True, slots=True)
class PlannedChange:
    """What a plan does to one resource.

    Attributes:
        actions: Terraform's own words, for example ``("delete", "create")``, or ``("no-op",)``.
        before: the attributes that it has.
        after: the planned attributes; those that are known only later are missing.
        tainted: it is to be replaced because its create did not come to its end.
        replaced_by: the attributes that cannot be changed otherwise than by a new resource.
        deposed: it is what a replacement has left of an earlier one, which is to go.
    """

    address: str
    type: str
    actions: tuple[str, ...]
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    replaced_by: tuple[str, ...]
    tainted: bool
    deposed: bool


def initialize(
    console: Console, workspace: Workspace, *, force: bool = False, backend: bool = True
) -> None:
    """Runs ``terraform init`` if anything that it depends on has changed.

    Args:
        console: where it is told.
        workspace: what to initialize.
        force: run it in any case.
        backend: False leaves the backend alone, which is enough to validate.

    Raises:
        TfgenError: Terraform cannot get the provider or reach the backend.
    """
    from tfgen.terraform.initialize import ensure_initialized

    def on_init() -> None:
        console.step("Initializing", f"{workspace.app.stage} with {workspace.engine}")
        cloud = cloud_workspace(workspace.app)
        if cloud is not None:
            console.notice(
                f"The workspace `{cloud}` of HCP Terraform must have the execution mode Local, "
                "which is not the default"
            )

    ensure_initialized(
        workspace.engine,
        workspace.root,
        workspace.init_variables,
        backend=backend,
        force=force,
        on_init=on_init,
        shown_root=workspace.shown_root,
    )


def run_plan(
    console: Console,
    workspace: Workspace,
    *,
    out: Path | None,
    show: Callable[[str], None],
    targets: Sequence[str] = (),
    destroy: bool = False,
    as_json: bool = False,
) -> str:
    """Plans, and shows the diff as Terraform writes it.

    Args:
        console: where an ``init`` is told, if one turns out to be needed.
        workspace: what to plan.
        out: where to save the plan.
        show: takes each line that Terraform prints, with its colors.
        targets: addresses to narrow the plan to.
        destroy: plan the removal.
        as_json: events instead of text.

    Returns:
        All that Terraform said if there is anything to change, and nothing otherwise.

    Raises:
        TfgenError: the plan failed.
        typer.Exit: it was interrupted.
    """
    command = args.plan(
        out=out, targets=targets, destroy=destroy, detailed_exitcode=True, json=as_json
    )
    if targets and not as_json:
        show = without_target_warnings(show)
    result = _run_shown(workspace, command, show)
    if result.returncode not in _PLANNED and needs_init(result):
        initialize(console, workspace, force=True)
        result = _run_shown(workspace, command, show)
    if result.returncode not in _PLANNED:
        raise failure(result, workspace)
    return result.stdout if result.returncode == _CHANGES else ""


def _run_shown(workspace: Workspace, command: Sequence[str], show: Callable[[str], None]) -> Result:
    """Shows each line and keeps it: with ``-json``, errors are among them."""
    from tfgen.terraform import diagnose

    said: list[str] = []

    def read(line: str) -> None:
        if diagnose.is_remote_run(line):
            # Nothing is uploaded yet: whatever is raised here stops Terraform.
            raise _remote(workspace)
        said.append(line)
        show(line)

    return replace(run_terraform(workspace, command, stdout=read), stdout="\n".join(said))


def _remote(workspace: Workspace) -> TfgenError:
    from tfgen.terraform import diagnose

    return diagnose.remote_run(cloud_workspace(workspace.app), root=workspace.shown_root)


def cloud_workspace(app: App) -> str | None:
    """Returns the workspace of HCP Terraform that keeps the state, as ``organization/name``."""
    from tfgen.app import CloudBackend

    backend = app.terraform.backend
    if not isinstance(backend, CloudBackend):
        return None
    return f"{backend.organization}/{backend.workspace}"


def read_plan(workspace: Workspace, saved: Path) -> list[PlannedChange]:
    """Returns what a saved plan does to each resource, also to those that it leaves alone.

    Raises:
        TfgenError: the file is not a plan of this root module.
    """
    return read_answer(workspace, args.show(saved.absolute()), _planned_changes)


def _planned_changes(document: Mapping[str, Any]) -> list[PlannedChange]:
    return [
        PlannedChange(
            address=change["address"],
            type=change["type"],
            actions=tuple(change["change"]["actions"]),
            before=change["change"]["before"] or {},
            after=change["change"]["after"] or {},
            replaced_by=tuple(
                dict.fromkeys(str(path[0]) for path in change["change"].get("replace_paths", []))
            ),
            tainted=change.get("action_reason") == "replace_because_tainted",
            deposed="deposed" in change,
        )
        for change in document.get("resource_changes", [])
        if change["mode"] == "managed"
    ]


def read_outputs(workspace: Workspace) -> dict[str, Any]:
    """Returns the outputs in the state: name → value.

    Raises:
        TfgenError: the state cannot be read.
    """
    return read_answer(
        workspace,
        args.output(json=True),
        lambda outputs: {name: output["value"] for name, output in outputs.items()},
    )


def read_answer(
    workspace: Workspace, command: Sequence[str], read: Callable[[dict[str, Any]], Found]
) -> Found:
    """Runs a command that prints JSON, and reads it.

    Args:
        workspace: the stage.
        command: what to run.
        read: gets the document, and may fail on one that it does not expect.

    Raises:
        TfgenError: the command failed, or printed something else.
    """
    from tfgen.terraform import documents

    result = run_terraform(workspace, command)
    if result.returncode != 0:
        raise failure(result, workspace)
    with understood(workspace, command, result.stdout):
        return read(documents.document(result.stdout))


def understood(
    workspace: Workspace, command: Sequence[str], printed: str
) -> AbstractContextManager[None]:
    """Returns a context in which an answer of Terraform's may be read that makes no sense."""
    from tfgen.terraform import documents

    return documents.reading(workspace.engine, command, printed, root=workspace.shown_root)


def read_state(workspace: Workspace, *, data: bool = False) -> list[Instance]:
    """Returns the resources in the state, with their attributes.

    Args:
        workspace: whose state.
        data: with the data sources, as they were read at the last apply.

    Raises:
        TfgenError: the state cannot be read.
    """
    from tfgen.terraform import state

    pulled = pull_state(workspace)
    with understood(workspace, args.state_pull(), pulled):
        return state.instances(pulled, data=data)


def read_addresses(workspace: Workspace) -> list[str]:
    """Returns the addresses of the resources in the state, without the keys of their instances.

    Raises:
        TfgenError: the state cannot be read.
    """
    from tfgen.terraform import state

    pulled = pull_state(workspace)
    with understood(workspace, args.state_pull(), pulled):
        return state.addresses(pulled)


def pull_state(workspace: Workspace) -> str:
    """Returns the state as JSON, and an empty text when there is none.

    Raises:
        TfgenError: the state cannot be read.
    """
    from tfgen.terraform import documents

    command = args.state_pull()
    result = run_terraform(workspace, command)
    if result.returncode != 0:
        raise failure(result, workspace)
    if not result.stdout.strip():
        return ""
    with understood(workspace, command, result.stdout):
        try:
            return documents.document_text(result.stdout, holding="resources")
        except ValueError:
            # Of no state, it prints nothing, and a launcher may have printed something before.
            # `show` prints a document in any case.
            if "values" not in read_answer(workspace, args.show(), dict):
                return ""
            raise


def run_terraform(
    workspace: Workspace, command: Sequence[str], *, stdout: Destination | None = None
) -> Result:
    """Runs a command that changes nothing, in the root module.

    Raises:
        TfgenError: Terraform cannot be started.
        typer.Exit: it was interrupted.
    """
    from tfgen.terraform.runner import To, run

    result = run(
        workspace.engine,
        command,
        cwd=workspace.root,
        env=workspace.variables,
        stdout=stdout or To.RESULT,
        stderr=To.RESULT,
    )
    # It may have come to its end all the same; whoever pressed Ctrl-C wants nothing more of it.
    if result.interrupted:
        raise typer.Exit(ExitCode.INTERRUPTED)
    return result


def failure(result: Result, workspace: Workspace) -> TfgenError:
    """Returns the error that a failed run amounts to."""
    from tfgen.terraform import diagnose, texts

    if result.killed_by is not None:
        return diagnose.killed(result, root=workspace.shown_root)
    return explain(workspace, _diagnostics(result), texts.plain(result.stdout + result.stderr))


def explain(
    workspace: Workspace, diagnostics: Sequence[Diagnostic], output: str = ""
) -> TfgenError:
    """Returns what Terraform's diagnostics amount to in this workspace."""
    from tfgen.terraform import diagnose

    domain = workspace.app.api.domain
    return diagnose.explain(
        diagnostics,
        root=workspace.shown_root,
        engine=workspace.engine,
        zone=(domain.zone.name or domain.zone.id) if domain else None,
        profile=workspace.variables.get("AWS_PROFILE"),
        output=output,
    )


def needs_init(result: Result) -> bool:
    """Says whether ``init`` is what a failed run lacked."""
    from tfgen.terraform import diagnose

    return diagnose.needs_init(_diagnostics(result))


def _diagnostics(result: Result) -> list[Diagnostic]:
    from tfgen.terraform import events, texts

    said = events.parse_all(result.stdout.splitlines())
    found = [event for event in said if isinstance(event, events.Diagnostic)]
    return found or list(texts.diagnostics(result.stderr))
