"""Imports existing resources that are ours after an apply failed because their names were taken."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import typer

from tfgen.cli.recover import region_for
from tfgen.cli.steps import failure, read_plan, read_state, run_terraform
from tfgen.errors import ExitCode
from tfgen.terraform import args

if TYPE_CHECKING:
    from pathlib import Path

    from tfgen.aws.adopt import PlannedResource
    from tfgen.cli.workspace import Workspace
    from tfgen.terraform.events import Diagnostic
    from tfgen.ui.console import Console

_TAKEN: Final = re.compile(
    r"already exist|AlreadyExists|AlreadyOwnedByYou|QueueNameExists|\.Duplicate\b"
    r"|FunctionUrlConfig exists",
    re.IGNORECASE,
)

# Of an instance, which addresses in the state do not have.
_KEY: Final = re.compile(r"\[[^]]*\]")

_FUNCTION: Final = "aws_lambda_function"


class AllImported(typer.Exit):
    """Ends an apply that failed only on resources that are imported now."""

    def __init__(self) -> None:
        super().__init__(ExitCode.FAILED)


@dataclass(frozen=True, slots=True)
class Existing:
    """Existing resources whose names an apply wanted.

    Attributes:
        adopted: the addresses of those that are imported now.
        imports: the address and the import ID of each of the others.
    """

    adopted: frozenset[str] = frozenset()
    imports: tuple[tuple[str, str], ...] = ()


def import_leftovers(
    console: Console, workspace: Workspace, saved: Path, errors: Sequence[Diagnostic]
) -> Existing:
    """Imports what is provably left over from an earlier deployment of the app.

    Args:
        console: where it is told.
        workspace: the stage.
        saved: the plan that failed.
        errors: what the apply failed on.

    Raises:
        TfgenError: the plan or the state cannot be read, or AWS cannot be asked.
    """
    from tfgen.aws.adopt import PlannedResource
    from tfgen.aws.adopt.existing import found_by_name, import_id, left_over
    from tfgen.aws.session import Aws

    addresses = {error.address for error in errors if is_taken(error)}
    if not addresses:
        return Existing()
    aws = Aws(workspace.endpoint)
    state = read_state(workspace)
    functions = {str(each.attributes.get("arn")) for each in state if each.type == _FUNCTION}
    planned = [
        PlannedResource(
            change.address, change.type, region_for(workspace, change.address), change.after
        )
        for change in read_plan(workspace, saved)
        if "create" in change.actions
    ]
    adopted, imports = set(), []
    for resource in planned:
        if resource.address not in addresses:
            continue
        if (identifier := left_over(aws, resource, functions)) is not None:
            _import(workspace, resource, identifier)
            console.step("Imported", f"{resource.address} ({identifier})")
            adopted.add(resource.address)
        elif (identifier := import_id(aws, resource)) is not None:
            imports.append((resource.address, identifier))
    if imports:
        # If one resource is not ours, others may not be that this apply did not reach.
        known = {each.address for each in state}
        for resource in planned:
            left = resource.address not in addresses
            if left and _KEY.sub("", resource.address) not in known:
                identifier = found_by_name(aws, resource)
                imports += [(resource.address, identifier)] if identifier else []
    return Existing(frozenset(adopted), tuple(imports))


def is_taken(error: Diagnostic) -> bool:
    """Says whether a resource could not be created because its name is taken."""
    return error.address is not None and bool(_TAKEN.search(f"{error.summary} {error.detail}"))


def advice(workspace: Workspace, found: Existing) -> str:
    """Returns what to do about what is not provably ours; nothing if there is no such thing."""
    if not found.imports:
        return ""
    named = ", ".join(f"`{address}`" for address, _ in found.imports)
    if workspace.endpoint:
        # A Terraform that is typed would look in the real account.
        return (
            f"the sandbox has {named} already, and the state of this stage does not: delete it "
            "there, or begin with an empty sandbox by `tfgen sandbox stop`"
        )
    terraform = f"{workspace.engine.command} -chdir={shlex.quote(workspace.shown_root)}"
    lines = "".join(
        f"\n  {terraform} import {shlex.quote(address)} {shlex.quote(identifier)}"
        for address, identifier in found.imports
    )
    return (
        f"{named} exist already, and the state of this stage does not know them. If another state "
        "does, on another machine or in another backend, use that one; what no state has any more "
        f"is taken in by{lines}\nThen run the same command again"
    )


def _import(workspace: Workspace, resource: PlannedResource, identifier: str) -> None:
    result = run_terraform(workspace, args.import_(resource.address, identifier))
    if result.returncode != 0:
        raise failure(result, workspace)
