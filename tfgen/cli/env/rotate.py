"""``tfgen env rotate``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from tfgen.cli.env.options import refuse_value
from tfgen.cli.env.stage import short_id
from tfgen.cli.options import (
    CONFIG,
    HERE,
    Chdir,
    ConfigFile,
    NoInput,
    RegionNames,
    Sandbox,
    StageName,
    Verbose,
    Yes,
)
from tfgen.errors import ExitCode, TfgenError

if TYPE_CHECKING:
    from tfgen.app import Region
    from tfgen.aws.keys import Sealed
    from tfgen.cli.env.stage import StageSecrets
    from tfgen.ui.console import Console


def rotate(
    *,
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="KEY", help="Only these variables.", show_default=False),
    ] = None,
    stage: StageName = None,
    region: RegionNames = None,
    sandbox: Sandbox = False,
    yes: Yes = False,
    no_input: NoInput = False,
    chdir: Chdir = HERE,
    config: ConfigFile = CONFIG,
    verbose: Verbose = False,
) -> None:
    """Encrypt the secrets anew, with the present keys.

    KMS does it, and no value leaves it. A region is written when it is done, so a run that breaks
    can be repeated.
    """
    from tfgen.cli import tree
    from tfgen.cli.env.stage import open_stage
    from tfgen.ui.console import Console

    console = Console.from_environment(no_input=no_input, verbose=verbose)
    opened = open_stage(console, chdir, config, stage, sandbox=sandbox)
    wanted = {each.name: _sealed(opened, each, names) for each in opened.regions(region)}
    for name in names or []:
        refuse_value(name)
        if all(name not in {each.subject.name for each in some} for some in wanted.values()):
            raise TfgenError(
                f"`{name}` has no ciphertext to rotate",
                hint=f"`tfgen env list{opened.options}` shows what there is",
                exit_code=ExitCode.USAGE,
            )
    if not any(wanted.values()):
        console.success("There is nothing to rotate")
        return
    for there in opened.regions(region):
        before = wanted[there.name]
        if not before:
            continue
        after = _rotated(console, opened, there, before, approved=yes)
        # It may be rendered to make a key, so this is the first that is the same in all cases.
        current = not sandbox and tree.is_current(opened.project)
        _write(opened, before, after)
        rotated = ", ".join(each.subject.name for each in after)
        same = all(old.key == new.key for old, new in zip(before, after, strict=True))
        console.step("Rotated", f"{rotated} in {there.name}: {_keys(before, after, same=same)}")
    console.success(f"Written to {opened.shown}")
    if current:
        tree.render_again(console, chdir, config)
    console.message(
        f"`tfgen apply{opened.options}` makes a new version of the function; versions before it "
        "need the old key as long as they may serve"
    )


def _rotated(
    console: Console,
    stage: StageSecrets,
    region: Region,
    before: Sequence[Sealed],
    *,
    approved: bool,
) -> Sequence[Sealed]:
    """Encrypts ciphertexts with the region's key, which is made first if it does not exist."""
    from tfgen.aws.keys import MissingKeyError, re_encrypt
    from tfgen.cli.env.seal import make_keys

    keys = {region.name: stage.key(region)}
    try:
        return re_encrypt(stage.aws, before, keys)
    except MissingKeyError:
        make_keys(console, stage, [region.name], approved=approved)
        return re_encrypt(stage.aws, before, keys, new=True)


def _sealed(stage: StageSecrets, region: Region, names: Sequence[str] | None) -> Sequence[Sealed]:
    """Returns the ciphertexts of a region that its function uses."""
    from tfgen.app import KmsSecret

    return [
        stage.as_sealed(region.name, name, found)
        for name, secret in region.secrets.items()
        if isinstance(secret, KmsSecret)
        and (not names or name in names)
        and (found := stage.sealed.find(name, region.name)) is not None
    ]


def _write(stage: StageSecrets, before: Sequence[Sealed], after: Sequence[Sealed]) -> None:
    """Writes what is new, unless somebody has set the value meanwhile."""
    import base64

    from tfgen.cli.env.store import changes_of, exclusively, update
    from tfgen.config.ciphertexts import Ciphertexts
    from tfgen.config.ciphertexts_edit import Changes

    old = {
        (each.subject.name, each.subject.region): base64.b64encode(each.ciphertext).decode("ascii")
        for each in before
    }

    def decide(now: Ciphertexts) -> Changes:
        return {
            (name, region): new
            for (name, region), new in changes_of(after).items()
            if (found := now.find(name, region)) is not None and found.text == old[name, region]
        }

    with exclusively(stage):
        update(stage, decide)


def _keys(before: Sequence[Sealed], after: Sequence[Sealed], *, same: bool) -> str:
    new = ", ".join(sorted({short_id(each.key) for each in after}))
    if same:
        return f"with the same key, {new}"
    old = ", ".join(sorted({short_id(each.key) for each in before}))
    return f"from the key {old} to {new}"
