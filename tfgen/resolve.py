"""A config and a stage become an app. Pure: reads nothing, writes nothing.

Every default is filled in, every region is complete, and the rules that tie keys together are
checked here, so that nothing after this needs to look at the config again.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from tfgen import app as a
from tfgen.config.load import Loaded
from tfgen.config.model import (
    Api,
    CloudBackend,
    Config,
    Function,
    HealthCheck,
    RegionOverrides,
    S3Backend,
    Stage,
    Terraform,
)
from tfgen.config.places import Places
from tfgen.errors import ExitCode, TfgenError
from tfgen.rules import check_app, check_stages

DEFAULT_STAGE = "production"
BUNDLES = ".tfgen/bundles"

FUNCTION_DEFAULTS: Mapping[str, Any] = {
    "memory": 512,
    "timeout": 15,
    "architecture": "arm64",
    "log_retention_days": 30,
    "tracing": False,
    "layers": [],
}


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
    base = _function(config.function, {})
    app = a.App(
        name=config.name,
        stage=stage,
        full_name=f"{config.name}-{stage}",
        tags=_sorted(config.tags),
        function=base,
        env=_sorted(config.env),
        api=_api(config.api, len(config.regions), places),
        regions=tuple(
            _region(name, config, overrides or RegionOverrides())
            for name, overrides in sorted(config.regions.items())
        ),
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


def _region(name: str, config: Config, overrides: RegionOverrides) -> a.Region:
    changed = overrides.function.model_dump(exclude_unset=True)
    return a.Region(
        name=name,
        function=_function(config.function, changed),
        env=_sorted({**config.env, **overrides.env}),
    )


def _function(function: Function, changes: Mapping[str, Any]) -> a.Function:
    said = {**function.model_dump(exclude_unset=True), **changes}
    values = {**FUNCTION_DEFAULTS, **{k: v for k, v in said.items() if v is not None}}
    source = posixpath.normpath(values["source"])
    return a.Function(
        source=source,
        bundle=bundle_path(source),
        runtime=values["runtime"],
        handler=values["handler"],
        memory=values["memory"],
        timeout=values["timeout"],
        architecture=values["architecture"],
        log_retention_days=values["log_retention_days"],
        tracing=values["tracing"],
        reserved_concurrency=values.get("reserved_concurrency"),
        layers=tuple(values["layers"]),
    )


def bundle_path(source: str) -> str:
    """Returns where the zip of a source is, relative to the config's folder.

    A zip is its own bundle. A folder's bundle mirrors the folder's path, so that two sources
    never share one and a source always has the same.
    """
    path = PurePosixPath(posixpath.normpath(source))
    if path.suffix == ".zip":
        return str(path)
    parts = ["_parent" if part == ".." else part for part in path.parts if part != "/"]
    return f"{BUNDLES}/{'/'.join(parts) or '_project'}.zip"


def _api(api: Api, regions: int, places: Places) -> a.Api:
    domain = _domain(api, regions, places)
    return a.Api(
        type=api.type, endpoint=api.endpoint, ip_address_type=api.ip_address_type, domain=domain
    )


def _domain(api: Api, regions: int, places: Places) -> a.Domain | None:
    if api.domain is None:
        for key in ("zone", "create_zone", "health_check"):
            if getattr(api, key):
                raise TfgenError(
                    f"`api.{key}` has no effect without `api.domain`",
                    place=places.at("api", key),
                    hint=f"add `domain:` under `api:`, or remove `{key}:`",
                )
        return None
    if api.zone is None:
        raise TfgenError(
            "`api.domain` needs the hosted zone that holds its records",
            place=places.at("api", "domain"),
            hint=f"add `zone: {'.'.join(api.domain.split('.')[-2:])}` under `api:`",
        )
    return a.Domain(
        name=api.domain,
        zone=api.zone,
        create_zone=api.create_zone,
        health_check=_health_check(api, regions),
    )


def _health_check(api: Api, regions: int) -> a.HealthCheck | None:
    check = api.health_check
    if check is False:
        return None
    if check is None:
        # With one region there is nowhere else to send the traffic to.
        if regions == 1:
            return None
        check = HealthCheck()
    return a.HealthCheck(
        path=check.path, interval=check.interval, failure_threshold=check.failure_threshold
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
