"""Where a command runs Terraform: a current tree, its root module, the engine, the environment."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from tfgen.cli.bundles import build_bundles
from tfgen.cli.project import Project
from tfgen.disk import paths
from tfgen.errors import TfgenError
from tfgen.scratch import SCRATCH

if TYPE_CHECKING:
    from tfgen.app import App, ProviderMajor
    from tfgen.config.places import Places
    from tfgen.sandbox.lifecycle import Running
    from tfgen.terraform.engine import Engine
    from tfgen.terraform.environment import Environment
    from tfgen.ui.console import Console

SHOWN_CONFLICTS = 5
LOG = "terraform.log"


@dataclass(frozen=True, slots=True)
class Workspace:
    """A stage that is ready for Terraform.

    Attributes:
        app: the stage, as it was rendered.
        places: of the config, as the stage sees it.
        root: the folder of its root module.
        engine: which Terraform.
        variables: the whole environment of Terraform.
        init_variables: the environment of ``terraform init``, which may need the registry.
        folder: where what tfgen keeps about this stage goes: saved plans, journals of applies.
        endpoint: the URL of the sandbox; None is the real AWS.
        code: path → SHA-256 of the bundles, if they were built for this command.
    """

    app: App
    places: Places
    root: Path
    engine: Engine
    variables: Mapping[str, str]
    init_variables: Mapping[str, str]
    folder: Path
    endpoint: str | None
    code: Mapping[str, str] = field(default_factory=dict)

    @property
    def journals(self) -> Path:
        """Where the events of applies are kept."""
        return self.folder / "runs"

    @property
    def saved_plan(self) -> Path:
        """Where a plan is kept between its approval and its apply."""
        return self.folder / "plans" / f"{self.app.stage}.tfplan"

    @property
    def shown_root(self) -> str:
        """The folder of the root module as messages show it."""
        from tfgen.disk import shown

        return shown(self.root)

    @property
    def where(self) -> str:
        """What messages call the place that is deployed to."""
        return "the sandbox" if self.endpoint else "AWS"


@contextmanager
def open_workspace(
    console: Console,
    project: Project,
    stage: str | None,
    *,
    sandbox: bool,
    render_first: bool = False,
    current: bool = True,
    bundles: bool = True,
) -> Iterator[Workspace]:
    """Gets everything ready that Terraform needs, and keeps renders away while it runs.

    Args:
        console: where progress is told.
        project: the project.
        stage: the stage that the user asked for.
        sandbox: use the simulated AWS, with a scratch render of the same config.
        render_first: bring a tree up to date that is not, unless it was edited by hand.
        current: the tree must be what the config says, and the bundles must be built; False is
            for commands that only read the state.
        bundles: False is for an apply of something that is not the function.

    Raises:
        TfgenError: the tree is out of date or edited, a bundle cannot be built, or there is no
            Terraform.
    """
    from tfgen.scratch import make_scratch
    from tfgen.terraform import engine
    from tfgen.write import hold

    app = project.app(stage)
    scratch = make_scratch(project.folder)
    code = build_bundles(console, project, app, sandbox=sandbox) if current and bundles else {}
    found = engine.find(os.environ, cache=scratch / "engine.json")
    console.detail(f"Using {found}")
    if sandbox:
        workspace = _sandbox_workspace(console, project, app, found, code)
    else:
        if current:
            _require_current(console, project, scratch, render_first=render_first)
        workspace = _real_workspace(console, project, app, found, code)
    for folder in (workspace.journals, workspace.saved_plan.parent):
        paths.make(folder, mode=0o700)
    with hold(scratch, shared=True):
        yield workspace


def _require_current(
    console: Console, project: Project, scratch: Path, *, render_first: bool
) -> None:
    from tfgen.render.render import render
    from tfgen.write import compare, refuse_conflicts, write

    comparison = compare(render(project.apps), project.tree)
    refuse_conflicts(comparison)
    if not comparison.stale:
        return
    if not render_first:
        if comparison.is_only_line_ends:
            raise TfgenError(
                "The line ends of the rendered tree were changed to CRLF, and nothing else was",
                place=project.apps[0].terraform.output,
                hint="run `tfgen render`, which writes them as LF, or add `--render`",
            )
        stale = [change.path for change in comparison.changes if change.kind != "kept"]
        shown = ", ".join(stale[:SHOWN_CONFLICTS]) + (", …" if len(stale) > SHOWN_CONFLICTS else "")
        raise TfgenError(
            f"The rendered tree is out of date: {shown or 'its manifest'}",
            place=project.apps[0].terraform.output,
            hint="run `tfgen render` and commit the result, or add `--render`",
        )
    write(comparison, scratch)
    console.step("Rendered", project.apps[0].terraform.output)


def _real_workspace(
    console: Console, project: Project, app: App, engine: Engine, code: Mapping[str, str]
) -> Workspace:
    from tfgen.app import CloudBackend
    from tfgen.terraform import environment

    backend = app.terraform.backend
    workspace = backend.workspace if isinstance(backend, CloudBackend) else "default"
    folder = (project.folder / SCRATCH).absolute()
    prepared = environment.prepare(
        os.environ,
        workspace=workspace,
        log=folder / LOG,
        provider_processes=_provider_processes(app),
    )
    for notice in prepared.notices:
        console.notice(notice)
    return Workspace(
        app=app,
        places=project.loaded.places.for_stage(app.stage),
        root=(project.tree / app.stage).absolute(),
        engine=engine,
        variables=prepared.variables,
        init_variables=prepared.variables,
        folder=folder,
        endpoint=None,
        code=code,
    )


def _sandbox_workspace(
    console: Console, project: Project, app: App, engine: Engine, code: Mapping[str, str]
) -> Workspace:
    from tfgen.render.render import render
    from tfgen.rules import check_provider
    from tfgen.sandbox.databases.seed import ensure_databases_of
    from tfgen.sandbox.environment import child_environment
    from tfgen.sandbox.lifecycle import start
    from tfgen.sandbox.networks import ensure_networks_of
    from tfgen.sandbox.seed import ensure_keys_of, ensure_role_of, ensure_zone_of
    from tfgen.terraform import environment, mirror
    from tfgen.write import compare, write

    running = start(project.folder)
    if running.new:
        console.step("Started", f"the sandbox on port {running.port}")
    ensure_zone_of(running.endpoint, app, project.apps)
    ensure_keys_of(running.endpoint, app)
    ensure_role_of(running.endpoint, app)
    ensure_networks_of(running.endpoint, app)
    for notice in ensure_databases_of(running, app):
        console.notice(notice)
    found = mirror.find(os.environ)
    apps = _for_sandbox(project, running, mirror.provider_major(found) if found else None)
    tree = project.folder / apps[0].terraform.output
    write(compare(render(apps), tree), running.scratch / "render")
    cli_config = None
    if found:
        cli_config = running.scratch / "terraform.rc"
        mirror.write_cli_config(cli_config, found)
    staged = next(candidate for candidate in apps if candidate.stage == app.stage)
    places = project.loaded.places.for_stage(app.stage)
    check_provider(staged, places)

    def prepared(*, registry: bool) -> Environment:
        child = child_environment(os.environ, running.endpoint, cli_config, registry=registry)
        return environment.prepare(
            child,
            cli_config=cli_config,
            log=running.scratch.absolute() / LOG,
            provider_processes=_provider_processes(staged),
        )

    own = prepared(registry=False)
    for notice in own.notices:
        console.notice(notice)

    return Workspace(
        app=staged,
        places=places,
        root=(tree / app.stage).absolute(),
        engine=engine,
        variables=own.variables,
        init_variables=prepared(registry=found is None).variables,
        folder=running.scratch.absolute(),
        endpoint=running.endpoint,
        code=code,
    )


def _for_sandbox(project: Project, running: Running, major: ProviderMajor | None) -> Sequence[App]:
    """Returns the apps with what must differ in a sandbox.

    That is local state, a tree of its own, and any account: the sandbox has one, with one number.
    """
    from tfgen.app import LocalBackend

    output = (running.scratch / "infra").relative_to(project.folder.absolute()).as_posix()
    return [
        replace(
            app,
            account=None,
            terraform=replace(
                app.terraform,
                output=output,
                aws_provider=major or app.terraform.aws_provider,
                backend=LocalBackend(),
            ),
        )
        for app in project.apps
    ]


def _provider_processes(app: App) -> int:
    aliases = len(app.regions) + len(app.retired_regions)
    return 1 + aliases if app.terraform.aws_provider == 5 else 1
