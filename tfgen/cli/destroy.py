"""``tfgen destroy``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from tfgen.cli.options import (
    CONFIG,
    HERE,
    Chdir,
    ConfigFile,
    Json,
    NoInput,
    RegionNames,
    RenderFirst,
    Sandbox,
    StageName,
    Verbose,
    Yes,
)
from tfgen.errors import ExitCode, TfgenError

if TYPE_CHECKING:
    from tfgen.app import App
    from tfgen.cli.steps import PlannedChange
    from tfgen.cli.workspace import Workspace
    from tfgen.ui.console import Console


def destroy(
    *,
    stage: StageName = None,
    region: RegionNames = None,
    with_data: Annotated[
        bool, typer.Option("--with-data", help="Destroy tables as well, with all their items.")
    ] = False,
    sandbox: Sandbox = False,
    render: RenderFirst = False,
    yes: Yes = False,
    no_input: NoInput = False,
    chdir: Chdir = HERE,
    config: ConfigFile = CONFIG,
    json: Json = False,
    verbose: Verbose = False,
) -> None:
    """Remove everything that an apply brought up, but tables and their items."""
    from tfgen.cli.accounts import check_account
    from tfgen.cli.deploy import Deployment, deploy
    from tfgen.cli.interfaces import left_interfaces
    from tfgen.cli.project import check_regions, open_project
    from tfgen.cli.tables import kept_data
    from tfgen.cli.unprotect import unprotect
    from tfgen.cli.workspace import open_workspace
    from tfgen.cli.zones import ZONE, refuse_lost_zone
    from tfgen.ui.console import Console

    console = Console.from_environment(no_input=no_input, json_mode=json, verbose=verbose)
    project = open_project(chdir, config, sandbox=sandbox)
    app = project.app(stage)
    check_regions(app, region or [])
    if region and with_data:
        raise TfgenError(
            "A table is in all its regions, so `--with-data` is for all of them",
            hint="leave `--region` out; `tfgen region remove` takes away one region's replica",
            exit_code=ExitCode.USAGE,
        )
    check_account(project, [app.stage], sandbox=sandbox)
    unprotected = with_data and unprotect(
        console, project, stage, sandbox=sandbox, render_first=render, approved=yes
    )
    with open_workspace(console, project, stage, sandbox=sandbox, render_first=render) as workspace:
        keeps = not (region or with_data)
        scope = _Scope(console, region or [], with_data)
        deployment = Deployment(
            regions=region or [],
            destroy=True,
            approved=yes,
            question=f"Destroy all of this in `{app.stage}` in {workspace.where}?",
            nothing_to_do="Nothing to destroy",
            choose=scope.choose,
            review=partial(_keep_other_regions, app, region)
            if region
            else partial(refuse_lost_zone, workspace=workspace, allowed=True),
            reviewed_types=() if region else (ZONE,),
            remark=partial(scope.remark, workspace),
        )
        try:
            if deploy(console, workspace, deployment):
                console.success(f"Destroyed `{app.stage}` in {workspace.where}")
                if left := left_interfaces([app], region or []):
                    console.notice(left)
        except BaseException:
            if unprotected:
                console.notice(
                    "The tables are not protected against deletion any more: `tfgen apply` "
                    "protects them again, if they still are there"
                )
            raise
        if keeps:
            for table in kept_data(workspace).tables:
                console.notice(f"The table {table} is still there: `--with-data` destroys it, too")


@dataclass(slots=True)
class _Scope:
    """What is destroyed and what stays.

    Attributes:
        console: where it is told.
        regions: the regions to narrow it to; none means all.
        with_data: tables go as well.
        roles: the regions in which the account keeps the role of its logs, once that is known.
    """

    console: Console
    regions: Sequence[str]
    with_data: bool
    roles: Sequence[str] = ()

    def choose(self, workspace: Workspace) -> Sequence[str] | None:
        """Returns the addresses to destroy, or None for all where nothing stays."""
        from tfgen.cli.account_role import without_account_roles
        from tfgen.cli.steps import read_state
        from tfgen.cli.tables import kept_among
        from tfgen.render.addresses import is_below, region_addresses

        found = read_state(workspace)
        if self.regions:
            of_regions = region_addresses(workspace.app, self.regions)
            found = [each for each in found if is_below(each.address, of_regions)]
        others, self.roles = without_account_roles(found)
        data = kept_among(found)
        if data.tables and not self.regions and not self.with_data:
            return [address for address in others if address in data.others]
        return others if self.roles else None

    def remark(self, workspace: Workspace) -> None:
        """Says what the diff does not: what stays, and whom the removal may hurt."""
        from tfgen.cli.account_role import say_what_stays

        say_what_stays(self.console, self.roles)
        for consequence in consequences(workspace.app, self.regions):
            self.console.notice(consequence)


def consequences(app: App, regions: Sequence[str]) -> Iterator[str]:
    """Yields what the destruction of a stage's domains means outside of the stage.

    Args:
        app: the stage.
        regions: the regions that are destroyed; none means all.
    """
    domain = app.api.domain
    if domain is None:
        return
    if domain.zone.create and not regions:
        yield (
            f"The hosted zone `{domain.zone.name}` is destroyed, too: a new one has other name "
            "servers, which its registrar has to be told"
        )
    if domain.allow_overwrite_records:
        yield (
            "With `allow_overwrite_records` this stage may have taken over validation records "
            "that certificates of other stacks need: they are destroyed, too, and those "
            "certificates will not be renewed until their records are there again"
        )


def _keep_other_regions(app: App, regions: Sequence[str], changes: Sequence[PlannedChange]) -> None:
    """Refuses a plan that takes other regions or tables along.

    Terraform destroys with a target what depends on it: the record that validates all certificates
    is read from one region's module, and all other regions wait for that record. A table waits for
    the keys of all its regions, if it is encrypted with those.
    """
    from tfgen.render.addresses import is_below, region_addresses, table_addresses

    others = [region.name for region in app.regions if region.name not in regions]
    kept = [*region_addresses(app, others), *table_addresses(app)]
    lost = [
        change.address
        for change in changes
        if "delete" in change.actions and is_below(change.address, kept)
    ]
    if lost:
        named = ", ".join(f"`{region}`" for region in regions)
        raise TfgenError(
            f"{len(lost)} resources of other regions, or tables, depend on {named} and would be "
            f"destroyed as well, the first of them {lost[0]}",
            hint=f"`tfgen region remove {regions[0]}` takes away that region alone",
        )
