"""The apps under one root module, in an account of their own."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

import pytest

from tests.combinations.language import REGIONS, ZONE_NAME, ZONE_NAME_OF_ID, Document
from tests.combinations.together import call, take_configurations
from tests.removal.edits import accepted, copied, resolved
from tests.sandbox.root import environment_for
from tests.support.databases import groups_of, make_cluster, make_instance, make_proxy
from tests.support.pool import pooled
from tests.support.trees import write_tree
from tfgen.app import App
from tfgen.aws.session import Aws
from tfgen.changes import DeployedTable
from tfgen.cli.deployed import deployed_tables
from tfgen.render.hcl import to_hcl as hcl
from tfgen.render.render import render
from tfgen.resolve.stages import DEFAULT_STAGE
from tfgen.sandbox.lifecycle import Running, start, stop
from tfgen.sandbox.seed import ensure_keys_of, ensure_role_of, ensure_zone_of
from tfgen.terraform import state
from tfgen.terraform.events import ApplyStart, Diagnostic, Event, PlannedChange, parse_all

# A function that starts in no time, where none of tfgen's code has to start with it.
_FAST = {"runtime": "provided.al2023", "handler": "bootstrap"}
_FUNCTION = Path(__file__).with_name("function.py")
# Most of an apply is waiting.
_OPTIONS = ("-input=false", "-parallelism=100")
# Apps below one root module. Terraform writes the whole state after each resource, so that twice as
# many take far more than twice the time.
TOGETHER = 8
# Terraforms at once: each mostly waits.
_AT_ONCE = 3
_ID = re.compile(r"RequestID: \S+ ")
_NAME = re.compile(r"\b(r\d{3})[-/]")
Value = TypeVar("Value")
_REGION = re.compile(r'^  region += "(?P<name>[\w-]+)"$', re.MULTILINE)


def app_of(name: str, document: Document) -> App:
    """Returns the app of a document, with names that no other has in the account.

    Args:
        name: the app's.
        document: as the language has it, for an app like all others.
    """
    changed = _renamed(copied(document), name)
    function = changed.get("function", {})
    if "source" in function:
        fast = {**changed, "function": {**function, **_FAST}}
        if accepted(fast):
            changed = fast
    return resolved(changed)


def _renamed(document: Document, name: str) -> Document:
    api = document.get("api", {})
    for key in ("domain", "zone"):
        if key == "zone" and not api.get("create_zone"):
            continue
        said = api.get(key)
        if isinstance(said, str):
            api[key] = _below(said, name)
        elif said is not None:
            api[key] = [_below(each, name) for each in said]
    return {**document, "name": name}


def _below(host: str, name: str) -> str:
    for zone in (ZONE_NAME, ZONE_NAME_OF_ID):
        host = host.replace(zone, f"{name}.{zone}")
    return host


@dataclass(frozen=True)
class Failed:
    """What Terraform could not do.

    Attributes:
        app: which app it is of.
        address: of the resource below the app's module; empty if it is none.
        message: why.
    """

    app: str
    address: str
    message: str


@dataclass
class Root:
    """A root module over some of the apps.

    Attributes:
        folder: of the root module, as deep below ``trees`` as a stage is below its project, so that
            paths from the root are alike.
        trees: the folder of the trees.
        environ: Terraform's environment.
        tagged: apps that have tags at one time or another: they have providers of their own.
        apps: what was applied last.
        configurations: of providers, by alias: those of all apps so far, because what an app has no
            more is destroyed with its old one.
    """

    folder: Path
    trees: Path
    environ: Mapping[str, str]
    tagged: Sequence[str]
    apps: Mapping[str, App] = field(default_factory=dict)
    configurations: dict[str, str] = field(default_factory=dict)

    def apply(self, apps: Mapping[str, App]) -> list[Failed]:
        """Applies apps side by side, in the place of those before.

        Terraform applies nothing if a single app cannot be planned. Such an app stays as it was, or
        is left out if it was not there.

        Returns:
            What failed.
        """
        failed: list[Failed] = []
        wanted = dict(apps)
        while True:
            if wanted == self.apps:
                return failed
            self._write(wanted)
            installed = self._run("init", "-input=false", "-no-color")
            assert installed.returncode == 0, installed.stderr
            # What was just applied needs no refresh; the plan at the end has one.
            said = self._run("apply", "-auto-approve", "-json", "-refresh=false", *_OPTIONS)
            events = list(parse_all(said.stdout.splitlines()))
            now = list(_failures(events))
            failed += now
            assert said.returncode == 0 or now, said.stdout[-2000:] + said.stderr
            stuck = {each.app for each in now}
            if not stuck or any(map(_changes, events)):
                self.apps = wanted
                return failed
            assert stuck <= wanted.keys(), now
            for name in stuck:
                if name in self.apps and wanted[name] != self.apps[name]:
                    wanted[name] = self.apps[name]
                else:
                    del wanted[name]

    def planned(self) -> dict[str, list[str]]:
        """Plans again, and returns what Terraform would do, by the app that it is of."""
        done = self._run("plan", "-json", *_OPTIONS)
        found: dict[str, list[str]] = {}
        for event in parse_all(done.stdout.splitlines()):
            if isinstance(event, PlannedChange) and event.action not in {"noop", "read"}:
                app, address = _parts(event.resource.address)
                found.setdefault(app, []).append(f"{event.action} {address}")
        assert done.returncode == 0 or found, done.stdout
        return found

    def tables(self) -> dict[str, list[DeployedTable]]:
        """Returns the tables of each app, as the state has them."""
        by_app: dict[str, list[state.Instance]] = {}
        for each in state.instances(self._run("state", "pull").stdout, data=True):
            app, address = _parts(each.address)
            by_app.setdefault(app, []).append(replace(each, address=address))
        return {app: deployed_tables(found) for app, found in by_app.items()}

    def _run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["terraform", *arguments],
            cwd=self.folder,
            env=self.environ,
            capture_output=True,
            text=True,
            check=False,
        )

    def _write(self, apps: Mapping[str, App]) -> None:
        calls = []
        for name, app in apps.items():
            files = dict(render([app]).files)
            own = take_configurations(files, app.stage)
            shutil.rmtree(self.trees / name, ignore_errors=True)
            write_tree(files, self.trees / name)
            aliases = {alias: alias for alias in own}
            if name in self.tagged:
                # That of the zone has no tags.
                aliases |= {
                    alias: f"{name}_{alias}".rstrip("_") for alias in own if alias != "zone"
                }
            for alias, region in _regions(own).items():
                tags = app.tags if name in self.tagged else {}
                self.configurations[aliases[alias]] = _provider(
                    own[alias], aliases[alias], region, tags
                )
            calls.append(call(name, app.stage, aliases))
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "main.tf").write_text(
            "\n".join([*self.configurations.values(), *calls]), "utf-8"
        )


@dataclass
class Account:
    """A simulated account, and the root modules over it.

    Attributes:
        running: the sandbox.
        roots: each with some of the apps.
    """

    running: Running
    roots: Sequence[Root]

    @property
    def aws(self) -> Aws:
        """The account."""
        return Aws(self.running.endpoint)

    @property
    def apps(self) -> dict[str, App]:
        """What was applied last."""
        return {name: app for root in self.roots for name, app in root.apps.items()}

    def apply(self, apps: Mapping[str, App]) -> list[Failed]:
        """Applies apps in the place of those before, and returns what failed."""
        for app in apps.values():
            ensure_zone_of(self.running.endpoint, app, [app])
            ensure_keys_of(self.running.endpoint, app)
            ensure_role_of(self.running.endpoint, app)
        names = list(apps)
        parts = [
            {name: apps[name] for name in names[first : first + TOGETHER]}
            for first in range(0, len(names), TOGETHER)
        ]
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            failed = pool.map(Root.apply, self.roots, parts)
            return [each for part in failed for each in part]

    def planned(self) -> dict[str, list[str]]:
        """Plans again, and returns what Terraform would do, by the app that it is of."""
        return self._of_all(Root.planned)

    def tables(self) -> dict[str, list[DeployedTable]]:
        """Returns the tables of each app, as the state has them."""
        return self._of_all(Root.tables)

    def _of_all(self, ask: Callable[[Root], dict[str, Value]]) -> dict[str, Value]:
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            return {
                app: value for found in pool.map(ask, self.roots) for app, value in found.items()
            }


def _regions(blocks: Mapping[str, str]) -> dict[str, str]:
    found = {}
    for alias, block in blocks.items():
        region = _REGION.search(block)
        assert region is not None, block
        found[alias] = region["name"]
    return found


def _provider(block: str, alias: str, region: str, tags: Mapping[str, str]) -> str:
    """Returns a provider configuration for the root."""
    if "assume_role" in block:
        return block
    lines = [f'alias = "{alias}"'] if alias else []
    lines.append(f'region = "{region}"')
    if tags:
        lines.append(f"default_tags {{\n tags = {hcl(dict(tags))}\n}}")
    return "\n".join(['provider "aws" {', *lines, "}", ""])


def _changes(event: Event) -> bool:
    return isinstance(event, ApplyStart) and event.action != "read"


def _failures(events: Iterable[Event]) -> Iterator[Failed]:
    for event in events:
        if isinstance(event, Diagnostic) and event.severity == "error":
            app, address = _parts(event.address or "")
            message = _ID.sub("", f"{event.summary}: {event.detail}".strip(": "))
            # A deletion has no address, and a precondition has a file.
            named = app or next(iter(_NAME.findall(f"{event.file}- {message}")), "")
            yield Failed(named, address, message)


def _parts(address: str) -> tuple[str, str]:
    """Splits an address into the app's name and what is below its module."""
    module, _, rest = address.removeprefix("module.").partition(".")
    return module.removesuffix(f"_{DEFAULT_STAGE}"), rest


@contextmanager
def account(folder: Path, count: int, tagged: Sequence[str] = ()) -> Iterator[Account]:
    """Starts an account with what the apps look up, and ends it.

    Args:
        folder: does not exist.
        count: of the apps.
        tagged: see ``Root``.
    """
    folder.mkdir(parents=True)
    # The databases are looked up, and asked for nothing.
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setenv("TFGEN_POSTGRES", str(folder))
        running = start(folder)
    try:
        _seed(Aws(running.endpoint))
        _write_bundles(folder)
        beside = folder / "all/providers"
        beside.mkdir(parents=True)
        with pooled(environment_for(running.endpoint, beside), beside) as environ:
            roots = [
                Root(folder / f"all/part_{number}", folder, environ, tagged)
                for number in range(-(-count // TOGETHER))
            ]
            yield Account(running, roots)
    finally:
        stop(folder)


def _seed(aws: Aws) -> None:
    for region in REGIONS:
        groups = groups_of(aws, region)
        make_cluster(
            aws, region, "hello", ManageMasterUserPassword=True, VpcSecurityGroupIds=groups
        )
        make_instance(aws, region, "hello", ManageMasterUserPassword=True)
        make_proxy(aws, region, "hello")


def _write_bundles(folder: Path) -> None:
    program = f"#!{sys.executable} -IS\n{_FUNCTION.read_text('utf-8')}"
    for place in ("bundles", "wrapped", f"sealed/{DEFAULT_STAGE}"):
        bundle = folder / f".tfgen/{place}/src.zip"
        bundle.parent.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(bundle, "w") as opened:
            file = zipfile.ZipInfo("bootstrap", (2020, 1, 1, 0, 0, 0))
            file.external_attr = 0o755 << 16
            opened.writestr(file, program)
