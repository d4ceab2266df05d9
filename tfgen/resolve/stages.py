"""The stages of a config, and the app of each."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from typing import Any

from tfgen import app as a
from tfgen.config.load import Loaded
from tfgen.config.model import (
    CloudBackend,
    Config,
    RegionOverrides,
    S3Backend,
    Stage,
    Terraform,
)
from tfgen.config.places import Places
from tfgen.errors import ExitCode, TfgenError
from tfgen.resolve.api import resolve_api, truststore, web_acl_arn
from tfgen.resolve.function import common_function, resolve_function
from tfgen.rules import check_app, check_stages

DEFAULT_STAGE = "production"


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


def resolve_all(loaded: Loaded) -> tuple[a.App, ...]:
    """Returns the app of every stage, by name.

    Raises:
        TfgenError: a stage is not valid, or two stages would own the same thing.
    """
    apps = tuple(resolve(loaded, stage) for stage in stage_names(loaded.config))
    check_stages(apps, loaded.places)
    return apps


def resolve(loaded: Loaded, stage: str) -> a.App:
    """Returns the app of one stage.

    Args:
        loaded: the config and its places.
        stage: one of ``stage_names(loaded.config)``.

    Raises:
        TfgenError: two keys contradict each other, or AWS would refuse what they say.
    """
    config = _with_stage(loaded.config, stage)
    places = loaded.places.for_stage(stage)
    api = resolve_api(config, places)
    app = a.App(
        name=config.name,
        stage=stage,
        full_name=f"{config.name}-{stage}",
        tags=_sorted(config.tags),
        function=resolve_function(common_function(config), None, None, places),
        env=_sorted(config.env),
        api=api,
        regions=tuple(
            _region(name, config, overrides or RegionOverrides(), api.domain, places)
            for name, overrides in sorted(config.regions.items())
        ),
        first_region=next(iter(config.regions), ""),
        terraform=_terraform(config.terraform, config.name, stage, places),
    )
    check_app(app, places)
    return app


def _with_stage(config: Config, stage: str) -> Config:
    overrides = config.stages.get(stage) or Stage()
    changes = overrides.model_dump(exclude_unset=True)
    merged = config.model_dump(exclude_unset=True)
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
        if isinstance(value, Mapping) and isinstance(under, Mapping) and not whole:
            merged[key] = _merge(under, value)
        else:
            merged[key] = value
    return merged


def _region(
    name: str,
    config: Config,
    overrides: RegionOverrides,
    domain: a.Domain | None,
    places: Places,
) -> a.Region:
    return a.Region(
        name=name,
        function=resolve_function(
            config.function, overrides.function, overrides.vpc, places.for_region(name)
        ),
        env=_sorted({**config.env, **overrides.env}),
        weight=overrides.routing.weight,
        failover=overrides.routing.failover,
        locations=tuple(overrides.routing.locations),
        web_acl_arn=web_acl_arn(config.api, overrides),
        truststore=truststore(config.api, overrides),
        domain=f"{name}.{domain.names[0]}" if domain and domain.region_domains else None,
    )


def _terraform(terraform: Terraform, name: str, stage: str, places: Places) -> a.Terraform:
    output = posixpath.normpath(terraform.output)
    if output in (".", "..") or output.startswith(("../", "/")) or "\\" in output:
        raise TfgenError(
            f"`terraform.output` cannot be {terraform.output!r}",
            place=places.at("terraform", "output"),
            hint="name a folder below the config file, such as `infra`",
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


def _sorted(values: Mapping[str, str]) -> Mapping[str, str]:
    return dict(sorted(values.items()))
