"""``tfgen init``."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tfgen.cli.options import HERE, Chdir
from tfgen.errors import ExitCode, TfgenError
from tfgen.scaffold import (
    CONFIG,
    DEFAULT_REGIONS,
    DEFAULT_RUNTIME,
    RUNTIMES,
    Answers,
    Created,
    check_host,
    check_name,
    check_regions,
    check_runtime,
    check_zone,
    create,
    default_name,
    default_zone,
    refuse_existing,
)

if TYPE_CHECKING:
    from tfgen.ui.console import Console


def init(
    *,
    name: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Name of the app.", show_default="the folder's"),
    ] = None,
    region: Annotated[
        list[str] | None,
        typer.Option(
            *("--region", "-r"),
            metavar="REGION",
            help="AWS region; repeat it for several.",
            show_default=" and ".join(DEFAULT_REGIONS),
        ),
    ] = None,
    domain: Annotated[
        str | None,
        typer.Option(metavar="DOMAIN", help="Custom domain of the API.", show_default="none"),
    ] = None,
    zone: Annotated[
        str | None,
        typer.Option(
            metavar="ZONE",
            help="Hosted zone of the domain.",
            show_default="the domain's last two labels",
        ),
    ] = None,
    runtime: Annotated[
        str | None,
        typer.Option(
            metavar="RUNTIME", help=f"{', '.join(RUNTIMES)}.", show_default=DEFAULT_RUNTIME
        ),
    ] = None,
    chdir: Chdir = HERE,
    no_input: Annotated[
        bool, typer.Option("--no-input", help="Ask nothing: options and defaults decide.")
    ] = False,
) -> None:
    """Start an app: write a config and a function that works.

    Asks for what no option says. Overwrites nothing.
    """
    from tfgen.ui.console import Console

    console = Console.from_environment(no_input=no_input)
    if not chdir.is_dir():
        raise TfgenError(
            f"There is no folder `{chdir}`",
            hint=f"make it with `mkdir -p {chdir}`",
            exit_code=ExitCode.USAGE,
        )
    refuse_existing(chdir, [CONFIG])
    # What was said is checked before the first question is asked.
    said = _Said(
        name=None if name is None else check_name(name),
        regions=check_regions(region) if region else None,
        runtime=None if runtime is None else check_runtime(runtime),
        domain=None if domain is None else check_host(domain),
        zone=None if zone is None else check_host(zone),
    )
    if said.zone and not said.domain:
        raise TfgenError(
            "`--zone` has no effect without `--domain`",
            hint="add `--domain`, or leave `--zone` out",
            exit_code=ExitCode.USAGE,
        )
    if said.zone and said.domain:
        check_zone(said.zone, domain=said.domain)
    _report(console, chdir, create(chdir, _complete(said, chdir, console)))


@dataclass(frozen=True, slots=True)
class _Said:
    """What the options say; None where they say nothing."""

    name: str | None
    regions: tuple[str, ...] | None
    runtime: str | None
    domain: str | None
    zone: str | None


def _complete(said: _Said, project: Path, console: Console) -> Answers:
    """Asks for what was not said; where nobody can be asked, the defaults decide."""

    def ask(question: str, flag: str, default: str, validate: Callable[[str], str]) -> str:
        if not console.interactive:
            return validate(default)
        return console.ask(question, flag=flag, default=default, validate=validate)

    name = said.name or ask("Name", "--name", default_name(project), check_name)
    regions = said.regions or _words(
        ask("Regions", "--region", " ".join(DEFAULT_REGIONS), _check_region_words)
    )
    runtime = said.runtime or ask("Runtime", "--runtime", DEFAULT_RUNTIME, check_runtime)
    domain = said.domain or ask(
        "Domain, if the API has one", "--domain", "", lambda answer: answer and check_host(answer)
    )
    zone = said.zone
    if domain and not zone:
        zone = ask(
            "Hosted zone of the domain",
            "--zone",
            default_zone(domain),
            lambda answer: check_zone(answer, domain=domain),
        )
    return Answers(name, regions, runtime, domain or None, zone)


def _check_region_words(answer: str) -> str:
    return " ".join(check_regions(_words(answer)))


def _words(answer: str) -> tuple[str, ...]:
    return tuple(re.findall(r"[^\s,]+", answer))


def _report(console: Console, project: Path, created: Created) -> None:
    for file in created.files:
        console.step("Created", file)
    if created.ignore_lines:
        console.notice(
            "`.gitignore` was there and is not changed; add these lines to it: "
            + " ".join(created.ignore_lines)
        )
    for line in _next_steps(project):
        console.message(line)


def _next_steps(project: Path) -> tuple[str, ...]:
    where = "" if project == Path() else f" --chdir {shlex.quote(str(project))}"
    return (
        "",
        "Try it on this machine, without an AWS account:",
        f"  tfgen apply --sandbox{where}",
        "Write the Terraform that you commit:",
        f"  tfgen render{where}",
    )
