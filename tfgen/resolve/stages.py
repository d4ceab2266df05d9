"""The stages of a config, and the app of each."""

from __future__ import annotations

import posixpath
import unicodedata
from collections.abc import Mapping
from typing import Any

from tfgen import app as a
from tfgen.config.ciphertexts import Ciphertexts
from tfgen.config.load import Loaded
from tfgen.config.model import (
    CloudBackend,
    Config,
    S3Backend,
    Stage,
    Terraform,
)
from tfgen.config.places import Places
from tfgen.errors import ExitCode, TfgenError
from tfgen.resolve.api import resolve_api
from tfgen.resolve.database import resolve_database
from tfgen.resolve.function import common_function, resolve_function
from tfgen.resolve.rds import check_regions_of_databases
from tfgen.resolve.regions import StageOfRegions, resolve_regions
from tfgen.resolve.secrets import packing, shared_environment
from tfgen.rules import check_app, check_ciphertexts, check_stages

DEFAULT_STAGE = "production"

_TOOL_FOLDERS = frozenset({".git", ".hg", ".jj", ".svn", ".terraform", ".tfgen"})


def stage_names(config: Config) -> tuple[str, ...]:
    """Returns the stages of a config in the order of their names; never empty."""
    return tuple(sorted(config.stages)) or (DEFAULT_STAGE,)


def choose_stage(config: Config, wanted: str | None) -> str:
    """Returns the stage that a command is about.

    Args:
        config: the config.
        wanted: what the user asked for, if anything.

    Raises:
        TfgenError: there is no such stage, or there are several and none is the default.
    """
    stages = stage_names(config)
    if wanted is None:
        if len(stages) == 1:
            return stages[0]
        if DEFAULT_STAGE in stages:
            return DEFAULT_STAGE
        raise TfgenError(
            f"The app has several stages: {', '.join(stages)}",
            hint=f"choose one with `--stage {stages[0]}`",
            exit_code=ExitCode.USAGE,
        )
    if wanted not in stages:
        raise TfgenError(
            f"There is no stage `{wanted}`",
            hint=f"the stages are {', '.join(stages)}",
            exit_code=ExitCode.USAGE,
        )
    return wanted


def resolve_all(loaded: Loaded, *, complete: bool = True) -> tuple[a.App, ...]:
    """Returns the app of every stage, by name.

    Args:
        loaded: the config and its places.
        complete: see ``resolve``.

    Raises:
        TfgenError: a stage is not valid, or two stages would own the same thing.
    """
    try:
        apps = tuple(
            resolve(loaded, stage, complete=complete) for stage in stage_names(loaded.config)
        )
        check_stages(apps, loaded.places)
    except TfgenError as error:
        raise error.on_one_line() from error
    return apps


def resolve(loaded: Loaded, stage: str, *, complete: bool = True) -> a.App:
    """Returns the app of one stage.

    Args:
        loaded: the config and its places.
        stage: one of ``stage_names(loaded.config)``.
        complete: whether every secret must have its ciphertext. Commands that make or look at
            ciphertexts go without those that are missing, or were made for something else.

    Raises:
        TfgenError: two keys contradict each other, or AWS would refuse what they say.
    """
    config = _with_stage(loaded.config, stage)
    places = loaded.places.for_stage(stage)
    full_name = f"{config.name}-{stage}"
    api = resolve_api(config, places)
    database = resolve_database(config, full_name, places)
    check_regions_of_databases(config, places)
    of = StageOfRegions(
        config=config,
        name=stage,
        places=places,
        domain=api.domain,
        ciphertexts=loaded.ciphertexts.get(stage, Ciphertexts()),
        packing=packing(config, stage),
        database=database,
    )
    regions = resolve_regions(of)
    app = a.App(
        name=config.name,
        stage=stage,
        full_name=full_name,
        account=config.account,
        tags=dict(sorted(config.tags.items())),
        function=resolve_function(common_function(config), None, None, places, of.packing),
        env=shared_environment(config.env, regions),
        secrets_delivery=config.secrets_delivery,
        decrypt=config.decrypt,
        key_policy=a.KeyPolicy(
            tuple(config.key_policy.administrators),
            tuple(config.key_policy.encrypters),
            tuple(config.key_policy.decrypters),
        ),
        api=api,
        database=database,
        regions=regions,
        first_region=next(iter(config.regions), ""),
        terraform=_terraform(config.terraform, config.name, stage, places),
    )
    check_app(app, places)
    if complete:
        check_ciphertexts(app, of.ciphertexts, places, simulated=loaded.simulated)
    return app


def _with_stage(config: Config, stage: str) -> Config:
    overrides = config.stages.get(stage) or Stage()
    changes = overrides.model_dump(exclude_unset=True)
    merged = config.model_dump(exclude_unset=True, exclude={"stages"})
    regions = changes.pop("regions", None)
    merged = _merge(merged, changes)
    if regions is not None:
        merged["regions"] = regions
    return Config.model_validate(merged)


def _merge(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(below)
    for key, value in above.items():
        under = merged.get(key)
        whole = key == "backend"  # half of one kind of backend under half of another is neither
        if key == "secrets":  # half of one source under half of another is neither, too
            merged[key] = {**(under or {}), **value}
        elif isinstance(value, Mapping) and isinstance(under, Mapping) and not whole:
            merged[key] = _merge(under, value)
        else:
            merged[key] = value
    return merged


def _belongs_to_a_tool(folder: str) -> bool:
    # macOS takes upper and lower case for the same, and ignores some characters.
    # https://git-scm.com/docs/git-config#Documentation/git-config.txt-coreprotectHFS
    visible = "".join(each for each in folder if unicodedata.category(each) != "Cf")
    return visible.casefold() in _TOOL_FOLDERS


def _terraform(terraform: Terraform, name: str, stage: str, places: Places) -> a.Terraform:
    output = posixpath.normpath(terraform.output)
    if output in (".", "..") or output.startswith(("../", "/")) or "\\" in output:
        raise TfgenError(
            f"`terraform.output` cannot be {terraform.output!r}",
            place=places.at("terraform", "output"),
            hint="name a folder below the config file, such as `infra`",
        )
    taken = next((part for part in output.split("/") if _belongs_to_a_tool(part)), None)
    if taken is not None:
        raise TfgenError(
            f"`terraform.output` cannot be in a folder called `{taken}`, which is not tfgen's",
            place=places.at("terraform", "output"),
            hint="name a folder of its own, such as `infra`",
        )
    backend: a.Backend = a.LocalBackend()
    match terraform.backend:
        case S3Backend() as s3:
            key = s3.key or f"{name}/{stage}/terraform.tfstate"
            backend = a.S3Backend(bucket=s3.bucket, key=key, region=s3.region)
        case CloudBackend() as cloud:
            workspace = cloud.workspace or f"{name}-{stage}"
            backend = a.CloudBackend(organization=cloud.organization, workspace=workspace)
    return a.Terraform(output=output, aws_provider=terraform.aws_provider, backend=backend)
