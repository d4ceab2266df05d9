"""``tfgen env set``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
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
    Sandbox,
    StageName,
    Verbose,
    Yes,
)
from tfgen.disk import paths
from tfgen.errors import ExitCode, TfgenError

if TYPE_CHECKING:
    from tfgen.app import Region
    from tfgen.cli.env.stage import StageSecrets
    from tfgen.ui.console import Console


def set_(
    *,
    variables: Annotated[
        list[str] | None,
        typer.Argument(metavar="KEY=VALUE", help="Variables; KEY alone asks for its value."),
    ] = None,
    stage: StageName = None,
    region: RegionNames = None,
    from_file: Annotated[
        Path | None,
        typer.Option("--from-file", metavar="FILE", help="Read the variables from a .env file."),
    ] = None,
    stdin: Annotated[
        bool,
        typer.Option("--stdin", help="Read the value of KEY, or a .env file, from standard input."),
    ] = False,
    sandbox: Sandbox = False,
    yes: Yes = False,
    no_input: NoInput = False,
    chdir: Chdir = HERE,
    config: ConfigFile = CONFIG,
    json: Json = False,
    verbose: Verbose = False,
) -> None:
    """Set secrets, encrypted with the key of each region.

    The ciphertexts are kept beside the config, for git. A region that has no key yet gets one
    first, after a look at the plan.
    """
    from tfgen.cli import tree
    from tfgen.cli.config_file import save
    from tfgen.cli.env import naming, values
    from tfgen.cli.env.seal import seal
    from tfgen.cli.env.stage import open_stage
    from tfgen.cli.env.store import changes_of, exclusively, foreseen, update
    from tfgen.ui.console import Console

    console = Console.from_environment(no_input=no_input, verbose=verbose)
    # A file of variables that is in the project came with the repository.
    paths.trust((chdir / config).parent)
    given = _given(console, variables or [], chdir, from_file, stdin=stdin)
    for name, value in given.items():
        if value is not None:
            values.check_value(name, value)
    opened = open_stage(console, chdir, config, stage, sandbox=sandbox, start=True)
    regions = opened.regions(region)
    for name in given:
        naming.check_settable(opened, regions, name)
    new = naming.unnamed(regions, given)
    # Before anybody types a value, it must be certain that its name can be a secret's; and a key
    # that is made now is one of an app that has it.
    named = replace(opened, project=naming.with_names(opened.project, new).project)
    known = {
        name: values.ask(console, name) if value is None else value for name, value in given.items()
    }
    with tree.unchanged_by_failure(opened.project):
        sealed = seal(console, named, regions, known, approved=yes)
    # It may have been rendered to make a key.
    current = not sandbox and any(map(tree.is_current, (opened.project, named.project)))
    with exclusively(opened):
        # The environment may be too large with them, and then nothing is written.
        changes = changes_of(sealed)
        edited = naming.with_names(foreseen(opened, changes), new)
        update(opened, lambda _: changes)
        # The name comes last: a ciphertext that nothing names does no harm, and a name without
        # one does.
        if edited.after != edited.before:
            save(edited)
    _report(console, opened, regions, known, new)
    if current:
        tree.render_again(console, chdir, config)
    _say_what_is_next(console, opened, given, variables or [])
    if json:
        Console.from_environment(json_mode=True).json(
            {
                "stage": opened.app.stage,
                "regions": [each.name for each in regions],
                "set": sorted(known),
                "named": new,
            }
        )


def _given(
    console: Console,
    variables: Sequence[str],
    chdir: Path,
    from_file: Path | None,
    *,
    stdin: bool,
) -> Mapping[str, str | None]:
    """Returns the variables, with None for each value that is to be asked for."""
    from tfgen.cli.env import values

    if from_file is not None and (variables or stdin):
        raise TfgenError(
            "`--from-file` says all variables by itself",
            hint="leave the others out, or set them with a command of their own",
            exit_code=ExitCode.USAGE,
        )
    given: Mapping[str, str | None] = values.from_arguments(variables)
    if from_file is not None:
        given = values.from_file(chdir / from_file)
    elif stdin:
        if len(given) > 1 or any(value is not None for value in given.values()):
            raise TfgenError(
                "With `--stdin` there can be one KEY, without a value",
                hint="write `--stdin KEY`, or `--stdin` alone for a .env file",
                exit_code=ExitCode.USAGE,
            )
        given = values.from_stdin(console, next(iter(given), None))
    if not given:
        raise TfgenError(
            "There is nothing to set",
            hint="write `tfgen env set KEY`, which asks for the value",
            exit_code=ExitCode.USAGE,
        )
    for number, value in enumerate(given.values(), 1):
        if value is None:
            # Not the name: who writes `set NAME VALUE` has written the value there.
            console.require_answers(f"value of argument {number}", flag="--stdin")
    return given


def _report(
    console: Console,
    stage: StageSecrets,
    regions: Sequence[Region],
    known: Mapping[str, str],
    new: Sequence[str],
) -> None:
    where = ", ".join(region.name for region in regions)
    console.step("Encrypted", f"{', '.join(known)} for {where}")
    if new:
        console.step("Named", f"{', '.join(new)} in `secrets` of {stage.project.config.name}")
    console.success(f"Set in {stage.shown}")


def _say_what_is_next(
    console: Console,
    stage: StageSecrets,
    given: Mapping[str, str | None],
    variables: Sequence[str],
) -> None:
    from tfgen.cli.env.missing import missing

    if any("=" in variable for variable in variables):
        first = next(iter(given))
        console.notice(
            f"What is on the command line stays in the shell's history: `tfgen env set {first}` "
            "asks for it instead"
        )
    gaps = missing(stage, given)
    for name, lacking in gaps.items():
        console.notice(
            f"`{name}` has no value for {', '.join(lacking)} yet, and an apply needs all"
        )
    if not gaps:
        console.message(f"`tfgen apply{stage.options}` makes a new version of the function with it")
