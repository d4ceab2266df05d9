"""The stage whose secrets a command is about: its app, its file of ciphertexts, its account."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tfgen.cli.accounts import account_of
from tfgen.cli.project import Project, check_regions, open_project
from tfgen.errors import ExitCode, TfgenError

if TYPE_CHECKING:
    from tfgen.app import App, Region
    from tfgen.aws.keys import Sealed, Subject
    from tfgen.aws.session import Aws
    from tfgen.config.ciphertexts import Ciphertext, Ciphertexts
    from tfgen.ui.console import Console


@dataclass(frozen=True, slots=True)
class StageSecrets:
    """A stage, opened for its secrets.

    Attributes:
        project: read without asking for secrets that are missing.
        app: the stage.
        file: its file of ciphertexts, which need not exist.
        shown: the file as messages show it.
        sandbox: whether it is that of the sandbox.
        aws: the account whose keys are used.
    """

    project: Project
    app: App
    file: Path
    shown: str
    sandbox: bool
    aws: Aws

    @property
    def sealed(self) -> Ciphertexts:
        """The ciphertexts as they were when the project was opened."""
        from tfgen.config.ciphertexts import Ciphertexts

        return self.project.loaded.ciphertexts.get(self.app.stage, Ciphertexts())

    @property
    def options(self) -> str:
        """What a command about the same stage needs behind its name, with a space before it."""
        stage = f" --stage {self.app.stage}" if len(self.project.apps) > 1 else ""
        return (" --sandbox" if self.sandbox else "") + stage

    def regions(self, names: Sequence[str] | None) -> tuple[Region, ...]:
        """Returns the regions that the user asked for, or all.

        Raises:
            TfgenError: the stage is not in one of them.
        """
        check_regions(self.app, names or [])
        return tuple(region for region in self.app.regions if not names or region.name in names)

    def region(self, name: str | None) -> Region:
        """Returns the region that the user asked for, or the only one.

        Raises:
            TfgenError: the stage is not there, or in several and none was named.
        """
        found = self.regions(None if name is None else [name])
        if len(found) > 1:
            regions = ", ".join(region.name for region in found)
            raise TfgenError(
                f"The stage `{self.app.stage}` has several regions, each with values of its own",
                hint=f"choose one with `--region {found[0].name}`: they are {regions}",
                exit_code=ExitCode.USAGE,
            )
        return found[0]

    def key(self, region: Region) -> str:
        """Returns the alias or ARN of the key that the secrets of a region are encrypted with."""
        return region.kms_key or f"alias/{self.app.full_name}"

    def subject(self, region: str, name: str) -> Subject:
        """Returns what a value is encrypted for."""
        from tfgen.aws.keys import Subject

        known = self.sealed.find(name, region)
        place = None if known is None else self.sealed.places.at(name, region)
        return Subject(self.app.name, self.app.stage, region, name, place)

    def as_sealed(self, region: str, name: str, ciphertext: Ciphertext) -> Sealed:
        """Returns a line of the file as KMS takes it.

        Raises:
            TfgenError: it was made for something else.
        """
        import base64

        from tfgen.aws.keys import Sealed
        from tfgen.config.ciphertexts import context_of

        subject = self.subject(region, name)
        if ciphertext.context != context_of(self.app.name, self.app.stage, region, name):
            raise TfgenError(
                f"The ciphertext of `{name}` for `{region}` was made for `{ciphertext.context}`, "
                "and only that can decrypt it",
                place=subject.place,
                hint=f"run `tfgen env set{self.options} --region {region} {name}`",
            )
        return Sealed(subject, ciphertext.key, base64.b64decode(ciphertext.text))

    def unset(self, region: str, name: str) -> TfgenError:
        """Returns the error about a secret that has no value in a region."""
        return TfgenError(
            f"The secret `{name}` has no value for `{region}`",
            place=self.project.loaded.places.for_stage(self.app.stage)
            .for_region(region)
            .at("secrets", name),
            hint=f"set it with `tfgen env set{self.options} --region {region} {name}`",
        )


def short_id(key: str) -> str:
    """Returns enough of a key's ARN to tell it from others, for a line or a table."""
    return key.rpartition("/")[2].partition("-")[0]


def open_stage(
    console: Console,
    chdir: Path,
    config: Path,
    stage: str | None,
    *,
    sandbox: bool,
    start: bool = False,
) -> StageSecrets:
    """Opens a stage for its secrets.

    Args:
        console: where the start of the sandbox is told.
        chdir: the folder that paths on the command line are relative to.
        config: the config file, relative to it.
        stage: the stage that the user asked for.
        sandbox: the secrets of the sandbox, which has keys of its own.
        start: start the sandbox if it does not run.

    Raises:
        TfgenError: there is no such project or stage, it is not valid, or the sandbox does not run.
    """
    from tfgen.aws.session import Aws
    from tfgen.config.ciphertexts import FOLDER
    from tfgen.sandbox import lifecycle

    project = open_project(chdir, config, sandbox=sandbox, complete=False)
    app = project.app(stage)
    endpoint = None
    if sandbox:
        running = lifecycle.find(project.folder)
        if running is None and start:
            running = lifecycle.start(project.folder)
            console.step("Started", f"the sandbox on port {running.port}")
        if running is None:
            raise TfgenError(
                "The sandbox does not run, and its secrets are gone with its keys",
                hint="`tfgen env set --sandbox` starts it, and sets them anew",
            )
        if project.secrets is None:
            project = open_project(chdir, config, sandbox=True, complete=False)
        endpoint = running.endpoint
    assert project.secrets is not None  # noqa: S101 # only a sandbox that does not run has none
    name = f"{app.stage}.yaml"
    return StageSecrets(
        project=project,
        app=app,
        file=project.secrets / name,
        shown=f"the sandbox's {FOLDER}/{name}" if sandbox else f"{FOLDER}/{name}",
        sandbox=sandbox,
        aws=Aws(endpoint, account=None if sandbox else account_of(project, app)),
    )
