"""``tfgen env remove``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tfgen.cli.env.options import Names, refuse_value
from tfgen.cli.options import CONFIG, HERE, Chdir, ConfigFile, RegionNames, Sandbox, StageName
from tfgen.cli.project import check_regions
from tfgen.errors import ExitCode, TfgenError

if TYPE_CHECKING:
    from tfgen.cli.env.stage import StageSecrets


def remove(
    *,
    names: Names,
    stage: StageName = None,
    region: RegionNames = None,
    sandbox: Sandbox = False,
    chdir: Chdir = HERE,
    config: ConfigFile = CONFIG,
) -> None:
    """Remove secrets from the stage's ciphertexts.

    A name that has no ciphertext left in any stage is taken out of the config, too.
    """
    from tfgen.cli import tree
    from tfgen.cli.config_file import save
    from tfgen.cli.env.missing import missing
    from tfgen.cli.env.naming import without_names
    from tfgen.cli.env.stage import open_stage
    from tfgen.cli.env.store import exclusively, foreseen, update
    from tfgen.config.ciphertexts import FOLDER
    from tfgen.ui.console import Console

    console = Console.from_environment()
    opened = open_stage(console, chdir, config, stage, sandbox=sandbox)
    where = _regions(opened, region or [])
    wanted = list(dict.fromkeys(names))
    for name in wanted:
        refuse_value(name)
        _check(opened, where, name)
    current = not sandbox and tree.is_current(opened.project)
    gone = {
        (name, each): None
        for name in wanted
        for each in opened.sealed.values.get(name, {})
        if each in where
    }
    committed = opened.project.folder / FOLDER if sandbox else None
    with exclusively(opened):
        # It must be certain that the names can be taken out before anything is.
        edited = without_names(foreseen(opened, gone), wanted, kept=committed)
        update(opened, lambda _: gone)
        if edited.after != edited.before:
            save(edited)
    if gone:
        console.step("Removed", f"{', '.join(wanted)} from {opened.shown}")
    if edited.after != edited.before:
        console.step("Edited", f"`secrets` of {opened.project.config.name}")
    if current:
        tree.render_again(console, chdir, config)
    for name, lacking in missing(opened, wanted).items():
        console.notice(
            f"`{name}` is still in `secrets` of the config, and has no value for "
            f"{', '.join(lacking)}: set it, or remove its name there"
        )
    if gone:
        console.message("Versions of the function that have the ciphertext keep it, for a rollback")
    elif edited.after == edited.before:
        console.success("There was nothing to remove")


def _regions(stage: StageSecrets, wanted: Sequence[str]) -> Sequence[str]:
    """Returns the names of regions, those among them that have left ciphertexts behind.

    Raises:
        TfgenError: there is nothing of a region that was asked for.
    """
    known = [region.name for region in stage.app.regions]
    sealed = {region for regions in stage.sealed.values.values() for region in regions}
    left = sorted(sealed.difference(known))
    check_regions(stage.app, [region for region in wanted if region not in left])
    return wanted or [*known, *left]


def _check(stage: StageSecrets, where: Sequence[str], name: str) -> None:
    """Refuses what has neither a ciphertext nor the name of one."""
    from tfgen.app import KmsSecret
    from tfgen.cli.env.naming import source

    if not stage.sealed.values.get(name, {}).keys().isdisjoint(where):
        return
    regions = [region for region in stage.app.regions if region.name in where]
    kept = [region.secrets[name] for region in regions if name in region.secrets]
    if any(isinstance(secret, KmsSecret) for secret in kept):
        return
    if kept:
        raise TfgenError(
            f"`{name}` is kept in AWS: {source(kept[0])}",
            hint="remove it from `secrets` of the config yourself",
        )
    raise TfgenError(
        f"There is no secret of this name in {', '.join(where)}",
        hint=f"`tfgen env list{stage.options}` shows those that there are",
        exit_code=ExitCode.USAGE,
    )
