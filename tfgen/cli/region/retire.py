"""Takes a region out of a stage that runs, so that no client notices.

Two applies, with a wait between them. The first is of a tree in which only the region's records
are missing. When resolvers have forgotten them, the second is of a tree without the region, but
under provider 5 still with its provider configuration. ``terraform destroy -target`` would need
neither tree, and takes along what depends on the target: the certificate's validation record is
read from one region's module, and all other regions wait for it.

What is done is read from the state, so that the same command goes on where an earlier one was cut
off. Whatever ends it early, the tree becomes what the config says again.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import typer

from tfgen.cli.deploy import Deployment, deploy, quiet_plan
from tfgen.cli.recover import broken_runs, recover
from tfgen.cli.region.review import (
    changes_more_than_the_region,
    others_among,
    pending,
    refuse_references,
)
from tfgen.cli.region.trees import Trees
from tfgen.cli.steps import initialize, read_addresses
from tfgen.cli.tables import refuse_lost_tables
from tfgen.cli.unsaved import push_state, restore_state
from tfgen.cli.workspace import open_workspace
from tfgen.cli.zones import refuse_lost_zone
from tfgen.disk import paths
from tfgen.errors import ExitCode, TfgenError
from tfgen.render.addresses import is_below, record_addresses, region_addresses

if TYPE_CHECKING:
    from tfgen.app import App
    from tfgen.cli.project import Project
    from tfgen.cli.steps import PlannedChange
    from tfgen.cli.workspace import Workspace
    from tfgen.ui.console import Console

# Resolvers keep the answer of an alias record for the TTL of what it leads to, which no record can
# change; for API Gateway that is 60 seconds. Terraform has waited until all of Route 53's servers
# know the change.
# https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resource-record-sets-choosing-alias-non-alias.html
ALIAS_TTL: Final = 60


@dataclass(frozen=True, slots=True)
class Removal:
    """What is to be done.

    Attributes:
        project: as it is, with the region.
        after: the apps of all stages without it.
        region: the region.
        stages: those that it goes from, in this order.
        sandbox: in the simulated AWS.
        approved: nobody needs to be asked.
        drain: the seconds between the two applies; None is the TTL, and the function's timeout
            for a request that is sent in its last moment.
    """

    project: Project
    after: Sequence[App]
    region: str
    stages: tuple[str, ...]
    sandbox: bool
    approved: bool
    drain: int | None

    @property
    def trees(self) -> Trees:
        """What the tree is meanwhile."""
        return Trees(self.project.apps, self.after, self.region, self.stages)


@dataclass(frozen=True, slots=True)
class _Found:
    """What a stage has of the region.

    Attributes:
        addresses: in the state.
        in_dns: there are records among it.
        broken: an apply was cut off, and may have made more than the state knows.
        drained_since: when its records went, if this command took them out.
    """

    addresses: tuple[str, ...]
    in_dns: bool
    broken: bool
    drained_since: float | None


def retire(console: Console, removal: Removal, stage: str) -> None:
    """Takes the region out of one stage; nothing is done where nothing is left of it.

    Args:
        console: where plans, questions and progress go.
        removal: what is to be done.
        stage: one of its stages.

    Raises:
        TfgenError: other changes are pending, or a plan or an apply failed.
        typer.Exit: it was refused or interrupted.
    """
    work = _Retirement(console, removal, stage)
    refuse_references(removal.project, stage, removal.region)
    found = work.look()
    if not found.addresses and not found.broken:
        console.message(f"`{stage}` has nothing in {removal.region}")
        return
    if not removal.approved:
        console.require_answers(work.question, flag="--yes")
    try:
        work.run(found)
    except BaseException:
        work.give_up()
        raise


class _Retirement:
    """The steps, for one stage.

    Args:
        console: where they are told.
        removal: what is to be done.
        stage: the stage.
    """

    def __init__(self, console: Console, removal: Removal, stage: str) -> None:
        self._console = console
        self._removal = removal
        self._stage = stage
        self._region = removal.region
        self._approved = removal.approved
        self._begun = False
        app = removal.project.app(stage)
        self._app = app
        self._after = next(each for each in removal.after if each.stage == stage)
        self._own = region_addresses(app, [removal.region])
        self._where = "the sandbox" if removal.sandbox else "AWS"

    @property
    def _replicas(self) -> str:
        """The tables that the region has a replica of, as they stand in a sentence."""
        tables = self._app.database.tables
        return ", ".join(f"`{table.name}`" for table in tables if self._region in table.replicas)

    @property
    def _protected(self) -> str:
        """Those whose replicas DynamoDB would not delete; provider 5 protects none."""
        if self._app.terraform.aws_provider == 5:
            return ""
        return ", ".join(
            f"`{table.name}`"
            for table in self._app.database.tables
            if self._region in table.replicas and table.deletion_protection
        )

    @property
    def question(self) -> str:
        return f"Remove `{self._region}` from `{self._stage}` in {self._where}?"

    def look(self) -> _Found:
        """Looks into the state, without changing the tree if it is one of those that belong here.

        Raises:
            TfgenError: the tree is another one, or the state cannot be read.
        """
        with self._open(self._removal.project.apps, current=not self._is_known_tree()) as workspace:
            initialize(self._console, workspace)
            own = [each for each in read_addresses(workspace) if is_below(each, self._own)]
            stamp = paths.status(self._stamp(workspace))
            return _Found(
                addresses=tuple(own),
                in_dns=any(
                    is_below(each, record_addresses(self._app, self._region)) for each in own
                ),
                broken=bool(broken_runs(workspace)),
                drained_since=None if stamp is None else stamp.st_mtime,
            )

    def run(self, found: _Found) -> None:
        """Does what is left to do."""
        self._announce(found)
        if found.in_dns or self._protected:
            self._leave_dns()
        elif found.broken:
            self._recover()
        if self._app.api.domain:
            self._drain(None if found.in_dns else found.drained_since)
        elif self._removal.drain:
            self._console.notice(
                f"`--drain` has no effect: `{self._stage}` has no domain, so clients know this "
                "region by its own URL, which goes at once"
            )
        self._destroy()

    def give_up(self) -> None:
        """Makes the tree what the config says, as it was before."""
        from tfgen.render.render import render
        from tfgen.scratch import make_scratch
        from tfgen.write import compare, write

        project = self._removal.project
        # A Terraform that was left behind is still at work in it.
        with contextlib.suppress(TfgenError):
            if not self._removal.sandbox:
                comparison = compare(render(project.apps), project.tree)
                write(comparison, make_scratch(project.folder))
        if self._begun:
            self._console.notice(
                f"`{self._region}` is half removed, and still in {project.config.name}: run the "
                "same command again to finish, or `tfgen apply` to bring it back"
            )

    def _leave_dns(self) -> None:
        with self._open(self._removal.trees.out_of_dns(self._stage)) as workspace:
            stamp = self._stamp(workspace)
            paths.remove(stamp)
            self._begun = deploy(
                self._console,
                workspace,
                self._deployment(workspace, "Nothing leads there or keeps it", expect_more=False),
            )
            # Who has seen this plan has heard what comes after it.
            self._approved = self._approved or self._begun
            paths.make(stamp.parent)
            # Its time is all that counts, so that it needs no file beside.
            paths.open_file(stamp, "wb").close()

    def _recover(self) -> None:
        """Takes into the state what an apply made of the region when it was cut off."""
        with self._open(self._removal.trees.out_of_dns(self._stage)) as workspace:
            restore_state(self._console, workspace)
            initialize(self._console, workspace)
            push_state(self._console, workspace)
            recover(
                self._console,
                workspace,
                lambda: quiet_plan(self._console, workspace),
                destroy=True,
            )

    def _drain(self, since: float | None) -> None:
        from tfgen.ui.countdown import wait

        seconds = self._drain_seconds()
        if since is not None:
            # Whatever the clock did meanwhile, it is no longer than from the beginning.
            seconds = min(seconds, max(0.0, since + seconds - time.time()))
        if seconds:
            wait(self._console, seconds, "Waiting until resolvers have forgotten it")

    def _destroy(self) -> None:
        with self._open(self._removal.trees.destroyed(self._stage)) as workspace:
            more = changes_more_than_the_region(self._app, self._after, self._region)
            deployment = self._deployment(
                workspace, "There is nothing left to destroy", expect_more=more
            )
            self._begun = deploy(self._console, workspace, deployment) or self._begun
            paths.remove(self._stamp(workspace))

    def _deployment(
        self, workspace: Workspace, nothing_to_do: str, *, expect_more: bool
    ) -> Deployment:
        def review(changes: Sequence[PlannedChange]) -> None:
            refuse_lost_tables(changes, self._after, allowed=False)
            refuse_lost_zone(changes, workspace, allowed=False)
            others = others_among(changes, self._own)
            if others and not expect_more:
                raise pending(others, self._region)
            if others and self._approved and not self._removal.approved:
                self._console.message("")
                question = f"Without `{self._region}`, other things change as well: apply them?"
                if not self._console.confirm(question, flag="--yes"):
                    self._console.message("Nothing more was changed")
                    raise typer.Exit(ExitCode.FAILED)

        return Deployment(
            regions=(),
            destroy=False,
            approved=self._approved,
            question=self.question,
            nothing_to_do=nothing_to_do,
            review=review,
        )

    def _announce(self, found: _Found) -> None:
        say = self._console.message
        say(f"`{self._region}` goes from `{self._stage}` in {self._where} in these steps:")
        steps = [f"destroy what it has: {len(found.addresses)} resources in the state"]
        if self._replicas:
            steps[0] += f", and its replicas of {self._replicas}"
        if self._app.api.domain:
            seconds = self._drain_seconds()
            steps.insert(0, f"wait {seconds} s until resolvers have forgotten it")
        if self._protected:
            steps.insert(0, f"let its replicas of {self._protected} be deleted")
        if found.in_dns:
            steps.insert(0, "take its records out of DNS")
        steps.append(f"drop it from {self._removal.project.config.name} and render")
        for number, step in enumerate(steps, 1):
            say(f"  {number}. {step}")

    def _drain_seconds(self) -> float:
        if self._removal.drain is not None:
            return self._removal.drain
        timeouts = [r.function.timeout for r in self._app.regions if r.name == self._region]
        return ALIAS_TTL + max(timeouts)

    def _stamp(self, workspace: Workspace) -> Path:
        return workspace.folder / "drains" / f"{self._stage}.{self._region}"

    def _open(
        self, apps: Sequence[App], *, current: bool = True
    ) -> contextlib.AbstractContextManager[Workspace]:
        return open_workspace(
            self._console,
            replace(self._removal.project, apps=tuple(apps)),
            self._stage,
            sandbox=self._removal.sandbox,
            render_first=apps is not self._removal.project.apps,
            current=current,
        )

    def _is_known_tree(self) -> bool:
        """Says whether the tree is one that this command leaves behind when it is killed."""
        from tfgen.render.render import render
        from tfgen.write import compare

        if self._removal.sandbox:
            return False
        tree = self._removal.project.tree
        return any(not compare(render(apps), tree).stale for apps in self._removal.trees)
