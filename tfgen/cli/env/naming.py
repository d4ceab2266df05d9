"""The names of secrets in the config: added when a value is set, taken out when none is left."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tfgen.errors import TfgenError

if TYPE_CHECKING:
    from tfgen.app import Region, Secret
    from tfgen.cli.config_file import Edited
    from tfgen.cli.env.stage import StageSecrets
    from tfgen.cli.project import Project
    from tfgen.config.model import Config

_KEY = "secrets"


def check_settable(stage: StageSecrets, regions: Sequence[Region], name: str) -> None:
    """Refuses a variable of which git keeps no ciphertext.

    Raises:
        TfgenError: it has a plain value, its value is kept in AWS, or it can be no secret.
    """
    from tfgen.app import KmsSecret
    from tfgen.rules.secrets import check_secret_name

    check_secret_name(name)
    places = stage.project.loaded.places.for_stage(stage.app.stage)
    for region in regions:
        here = places.for_region(region.name)
        if name in region.env:
            raise TfgenError(
                f"`{name}` is in `env` of `{region.name}`, with a plain value",
                place=here.at("env", name),
                hint="remove it there, and run this again",
            )
        secret = region.secrets.get(name)
        if secret is not None and not isinstance(secret, KmsSecret):
            raise TfgenError(
                f"`{name}` of `{region.name}` is kept in AWS: {source(secret)}",
                place=here.at(_KEY, name),
                hint=f"set it there; or write `{name}: kms`, and run this again",
            )


def source(secret: Secret) -> str:
    """Returns what a secret is resolved from, in a word."""
    from tfgen.rules.environment import reference

    text = reference(secret)
    return "kms" if text is None or text.startswith("kms:") else text


def unnamed(regions: Sequence[Region], names: Collection[str]) -> list[str]:
    """Returns the names that are no secrets yet in one of some regions."""
    return [name for name in names if any(name not in region.secrets for region in regions)]


def with_names(project: Project, names: Sequence[str]) -> Edited:
    """Names secrets in the config, which is read anew and not written yet.

    Args:
        project: the project.
        names: variables; those that the app has among its secrets already stay as they are.

    Raises:
        TfgenError: the config cannot be edited, or a rule speaks against the name.
    """
    from tfgen.cli.config_file import edit
    from tfgen.config.edit_secrets import add_secret
    from tfgen.config.load import loads

    def change(text: str) -> str:
        file = project.config.name
        known = loads(text, file=file).config.secrets
        for name in names:
            if name not in known:
                text = add_secret(text, name, file=file)
        return text

    return edit(project, change, complete=False)


def without_names(project: Project, names: Sequence[str], *, kept: Path | None = None) -> Edited:
    """Takes the names out of the config that have no ciphertext in any stage, region by region.

    A name of the whole app goes when no stage has a ciphertext for it; one of a stage or of a
    region when none is left there.

    Args:
        project: as it is after the ciphertexts are gone.
        names: variables that may have lost their last ciphertext.
        kept: a folder of ciphertexts that count as well.

    Raises:
        TfgenError: the config cannot be edited.
    """
    from tfgen.cli.config_file import edit
    from tfgen.config.ciphertexts import load_ciphertexts
    from tfgen.config.edit_secrets import remove_secret
    from tfgen.config.load import loads

    files = [*project.loaded.ciphertexts.items()]
    if kept is not None:
        files += load_ciphertexts(kept).items()

    def change(text: str) -> str:
        file = project.config.name
        for name in names:
            config = loads(text, file=file).config
            left = {
                place
                for stage, ciphertexts in files
                for region in ciphertexts.values.get(name, {})
                if (place := _named_at(config, stage, region, name)) is not None
            }
            for path in _places(config, name):
                if path not in left:
                    text = remove_secret(text, path, name, file=file)
        return text

    return edit(project, change, complete=False)


def _places(config: Config, name: str) -> list[tuple[str, ...]]:
    """Returns the paths of all secrets in which a name says that git has a ciphertext."""
    found: list[tuple[str, ...]] = []
    if config.secrets.get(name) == "kms":
        found.append((_KEY,))
    for region, overrides in config.regions.items():
        if overrides is not None and overrides.secrets.get(name) == "kms":
            found.append(("regions", region, _KEY))
    for stage, changes in config.stages.items():
        if changes is None:
            continue
        if (changes.secrets or {}).get(name) == "kms":
            found.append(("stages", stage, _KEY))
        for region, overrides in (changes.regions or {}).items():
            if overrides is not None and overrides.secrets.get(name) == "kms":
                found.append(("stages", stage, "regions", region, _KEY))
    return found


def _named_at(config: Config, stage: str, region: str, name: str) -> tuple[str, ...] | None:
    """Returns the path of the secrets that name a variable for a region of a stage."""
    changes = config.stages.get(stage)
    own = ("stages", stage, "regions") if changes and changes.regions is not None else ("regions",)
    candidates = ((*own, region, _KEY), ("stages", stage, _KEY), (_KEY,))
    places = _places(config, name)
    return next((path for path in candidates if path in places), None)
