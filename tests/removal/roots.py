"""Apps side by side under one root module, and Terraform over it."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from tests.combinations.together import call, take_configurations
from tests.support.trees import write_tree
from tfgen.app import App
from tfgen.changes import DeployedTable
from tfgen.cli.deployed import deployed_tables
from tfgen.render.hcl import to_hcl as hcl
from tfgen.render.render import render
from tfgen.resolve.stages import DEFAULT_STAGE
from tfgen.terraform import state
from tfgen.terraform.events import ApplyStart, Diagnostic, Event, PlannedChange, parse_all

# Most of an apply is waiting.
_OPTIONS = ("-input=false", "-parallelism=100")
_ID = re.compile(r"RequestID: \S+ ")
_NAME = re.compile(r"\b(r\d{3})[-/]")
_REGION = re.compile(r'^  region += "(?P<name>[\w-]+)"$', re.MULTILINE)


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
    """A root module over some apps.

    Attributes:
        project: the folder of the trees.
        name: the root's.
        environ: Terraform's environment.
        tagged: apps that have tags at one time or another: they have providers of their own.
        called: what the trees name → what it is called in the account.
        apps: what was applied last.
        configurations: of providers, by alias: those of all apps so far, because what an app has no
            more is destroyed with its old one.
    """

    project: Path
    name: str
    environ: Mapping[str, str]
    tagged: Sequence[str] = ()
    called: Mapping[str, str] = field(default_factory=dict)
    apps: Mapping[str, App] = field(default_factory=dict)
    configurations: dict[str, str] = field(default_factory=dict)

    @property
    def folder(self) -> Path:
        """Where it is: as deep as that of a stage is below its project, for relative paths."""
        return self.project / "all" / self.name

    def apply(self, apps: Mapping[str, App]) -> list[Failed]:
        """Applies apps side by side, in the place of those before.

        Terraform applies nothing if a single app cannot be planned. Such an app stays as it was, or
        is left out if it was not there.

        Returns:
            What failed.
        """
        failed: list[Failed] = []
        wanted = dict(apps)
        while wanted != self.apps:
            self._write(wanted)
            installed = self._run("init", "-input=false", "-no-color")
            assert installed.returncode == 0, installed.stderr
            # With a refresh: without one, the provider does not see that default tags are gone.
            said = self._run("apply", "-auto-approve", "-json", *_OPTIONS)
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
        return failed

    def planned(self) -> Mapping[str, list[str]]:
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
            files = {path: self._named(text) for path, text in render([app]).files.items()}
            own = take_configurations(files, app.stage)
            shutil.rmtree(self.project / name, ignore_errors=True)
            write_tree(files, self.project / name)
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
        blocks = [*self.configurations.values(), *calls]
        (self.folder / "main.tf").write_text("\n".join(blocks), "utf-8")

    def _named(self, text: str) -> str:
        for name, called in self.called.items():
            text = text.replace(name, called)
        return text


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
