"""The role with which API Gateway writes logs: one per account and region, and every API's.

A stage with ``account_role: true`` sets it. Since version 6 of the AWS provider, to destroy
``aws_api_gateway_account`` takes the role from the account, and the logs of every other REST API
there end (https://github.com/hashicorp/terraform-provider-aws/pull/42226); version 5 leaves a role
set that is gone, which comes to the same. Terraform has no way to say in the configuration that a
destroy leaves a resource alone (``removed`` needs a block for ever, and ``terraform destroy`` does
not read it). So a destroy here leaves the setting and its role out, as it does tables, and they
stay in the state; and when the config claims them no more, they are taken out of the state.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from tfgen.cli.steps import failure, read_state, run_terraform
from tfgen.errors import TfgenError
from tfgen.render.addresses import account_role_addresses, account_role_name, is_below
from tfgen.terraform import args

if TYPE_CHECKING:
    from tfgen.app import App
    from tfgen.cli.steps import PlannedChange
    from tfgen.cli.workspace import Workspace
    from tfgen.terraform.state import Instance
    from tfgen.ui.console import Console

SETTING: Final = "aws_api_gateway_account"
_ROLE: Final = "aws_iam_role"
# How the description of the role begins, in case only that is left in the state.
_NAMED: Final = "How API Gateway writes logs"


def claimed_regions(app: App) -> list[str]:
    """Returns the regions in which a stage sets the role of the account."""
    logs = app.api.access_logs
    return [region.name for region in app.regions] if logs and logs.account_role else []


def without_account_roles(found: Sequence[Instance]) -> tuple[list[str], list[str]]:
    """Returns the addresses of a state that a destroy may remove, and the regions whose role stays.

    Args:
        found: all resources of the state, or some of them.
    """
    regions = _regions(found)
    kept = [address for region in regions for address in account_role_addresses(region)]
    addresses = dict.fromkeys(each.address for each in found)
    return [address for address in addresses if not is_below(address, kept)], regions


def say_what_stays(console: Console, regions: Sequence[str]) -> None:
    """Says that the account keeps the role, and how to take it from the account by hand."""
    if not regions:
        return
    named = ", ".join(f"`{region}`" for region in regions)
    console.notice(
        f"The role with which API Gateway writes logs stays in {named}, because other APIs of the "
        f"account may use it; if none does, `{_reset(regions[0])}` takes it away"
    )


def leave_to_account(console: Console, workspace: Workspace, regions: Sequence[str]) -> None:
    """Takes roles out of the state that the config claims no more, so that no plan removes them.

    Args:
        console: where it is told.
        workspace: the stage.
        regions: the regions to narrow it to; none means all.

    Raises:
        TfgenError: the state cannot be read or changed.
    """
    left = [each for each in _unclaimed(workspace) if not regions or each in regions]
    if not left:
        return
    state = {each.address for each in read_state(workspace)}
    ours = [address for region in left for address in account_role_addresses(region)]
    result = run_terraform(workspace, args.state_rm([each for each in ours if each in state]))
    if result.returncode != 0:
        raise failure(result, workspace)
    say_what_stays(console, left)


def warn_of_reset(console: Console, workspace: Workspace, *, saved: bool) -> None:
    """Says that a plan would take the role from the account, which an apply does not do.

    Args:
        console: where it is told.
        workspace: the stage.
        saved: the plan is to be applied as it is, so it must not do that.

    Raises:
        TfgenError: the plan is to be saved, or the state cannot be read.
    """
    left = _unclaimed(workspace)
    if not left:
        return
    if saved:
        raise _reset_error(workspace, left)
    console.notice(
        "This plan removes the role with which API Gateway writes logs in "
        f"{', '.join(f'`{each}`' for each in left)}; `tfgen apply` leaves it to the account"
    )


def refuse_reset(workspace: Workspace, changes: Sequence[PlannedChange]) -> None:
    """Refuses a saved plan that takes the role from the account.

    Raises:
        TfgenError: it does.
    """
    lost = [each.address for each in changes if each.type == SETTING and "delete" in each.actions]
    regions = [
        region
        for region in _known_regions()
        if any(is_below(each, account_role_addresses(region)) for each in lost)
    ]
    if regions:
        raise _reset_error(workspace, regions)


def take_account_roles(console: Console, workspace: Workspace, regions: Sequence[str]) -> None:
    """Takes roles into the state that an earlier destroy or removal left to the account.

    Args:
        console: where it is told.
        workspace: the stage.
        regions: the regions to narrow it to; none means all.

    Raises:
        TfgenError: the account has a role of somebody else's set, or AWS cannot be asked.
    """
    for address, name in _left_roles(workspace, regions):
        result = run_terraform(workspace, args.import_(address, name))
        if result.returncode != 0:
            raise failure(result, workspace)
        console.step("Found", f"{address} ({name})")


def announce_account_roles(
    console: Console, workspace: Workspace, regions: Sequence[str], *, saved: bool
) -> None:
    """Says before a plan which roles are there already that it would create.

    Args:
        console: where it is told.
        workspace: the stage.
        regions: the regions to narrow it to; none means all.
        saved: the plan is to be applied as it is, so it must not create what exists.

    Raises:
        TfgenError: the plan is to be saved, the account has a role of somebody else's set, or AWS
            cannot be asked.
    """
    for address, name in _left_roles(workspace, regions):
        if saved:
            raise TfgenError(
                f"The role `{name}` is there already, and this plan would create it",
                hint="`tfgen apply` without a plan takes it over; or run "
                f"`{workspace.engine.command} import '{address}' {name}` in "
                f"{workspace.shown_root}, then make the plan",
            )
        console.notice(f"The role `{name}` is there already: `tfgen apply` takes it over")


def _left_roles(workspace: Workspace, regions: Sequence[str]) -> list[tuple[str, str]]:
    """Returns the address and the name of each role that is there and not in the state.

    Before, it makes sure that a stage which sets the account's role for the first time takes none
    away.
    """
    from tfgen.aws.logging_role import find_own_role, working_role
    from tfgen.aws.session import Aws

    claimed = [each for each in claimed_regions(workspace.app) if not regions or each in regions]
    if not claimed:
        return []
    state = {each.address for each in read_state(workspace)}
    aws = Aws(workspace.endpoint)
    left = []
    for region in claimed:
        setting, role, _ = account_role_addresses(region)
        name = account_role_name(workspace.app, region)
        if setting not in state:
            other = working_role(aws, region)
            if other is not None and other.rpartition("/")[2] != name:
                raise TfgenError(
                    f"API Gateway writes logs in `{region}` with the role {other} already, which "
                    "other APIs of the account use",
                    place=workspace.places.at("api", "access_logs", "account_role"),
                    hint="remove `account_role:`: this app's logs are written with that role, too",
                )
        if role not in state and find_own_role(aws, region, name):
            left.append((f"{role}[0]", name))
    return left


def _unclaimed(workspace: Workspace) -> list[str]:
    """Returns the regions whose role the state has and the config does not claim."""
    if not _may_have_role(workspace):
        return []
    claimed = claimed_regions(workspace.app)
    return [each for each in _regions(read_state(workspace)) if each not in claimed]


def _may_have_role(workspace: Workspace) -> bool:
    """Says whether the state is worth reading, for which Terraform has to be started.

    Most apps have no such role, and the file of a local state says so at once.
    """
    from tfgen.app import LocalBackend
    from tfgen.terraform.state import mentions

    local = isinstance(workspace.app.terraform.backend, LocalBackend)
    return not local or mentions(workspace.root, SETTING, _NAMED)


def _regions(found: Sequence[Instance]) -> list[str]:
    """Returns the regions whose role is among some resources."""
    addresses = {each.address for each in found if each.type in (SETTING, _ROLE)}
    return [
        region
        for region in _known_regions()
        if not addresses.isdisjoint(account_role_addresses(region))
    ]


def _known_regions() -> Sequence[str]:
    from tfgen.regions import REGIONS

    return tuple(REGIONS)


def _reset_error(workspace: Workspace, regions: Sequence[str]) -> TfgenError:
    addresses = " ".join(each for region in regions for each in account_role_addresses(region))
    return TfgenError(
        "The plan would take from the account the role with which API Gateway writes the logs of "
        f"all REST APIs in {', '.join(f'`{each}`' for each in regions)}",
        hint=f"`tfgen apply` without a plan leaves the role to the account; or run "
        f"`{workspace.engine.command} state rm {addresses}` in {workspace.shown_root}, then make "
        "the plan",
    )


def _reset(region: str) -> str:
    operation = json.dumps([{"op": "replace", "path": "/cloudwatchRoleArn", "value": ""}])
    return f"aws apigateway update-account --region {region} --patch-operations '{operation}'"
