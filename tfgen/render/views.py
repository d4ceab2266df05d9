"""What the templates see: an app's parts as HCL values, shared ones named once."""

from __future__ import annotations

import os.path
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from tfgen.app import (
    App,
    CloudBackend,
    Domain,
    Function,
    HealthCheck,
    ProviderMajor,
    Region,
    S3Backend,
)
from tfgen.regions import CONTROL_PLANE, REGIONS
from tfgen.render.addresses import region_id
from tfgen.render.hcl import Expression, Value, key, quote, to_hcl
from tfgen.render.modules import takes_region

Presence = Literal["never", "sometimes", "always"]


@dataclass(frozen=True, slots=True)
class TreeView:
    """What the stages of a tree have in common: what the region module is composed for."""

    provider: ProviderMajor
    environment: bool
    domain: Presence
    domain_region: bool


@dataclass(frozen=True, slots=True)
class RegionView:
    """One region's module call and records. ``id`` is its name in resource addresses."""

    id: str
    name: str
    bundle: Value
    function: Value
    environment: Value
    health_path: Value
    health_name: str
    in_dns: bool


@dataclass(frozen=True, slots=True)
class AliasView:
    """An aliased provider configuration: its name in the tree, and its region."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class BackendView:
    """The block of a backend: its kind, and its settings in order."""

    kind: Literal["s3", "cloud"]
    settings: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class StageView:
    """One root module."""

    name: str
    provider: ProviderMajor
    control_plane: str
    tags: Mapping[str, str]
    function: Value
    api: Value
    environment: Mapping[str, str]
    domain: Domain | None
    health_check: HealthCheck | None
    record_types: Sequence[str]
    regions: Sequence[RegionView]
    aliases: Sequence[AliasView]
    backend: BackendView | None


def tree_view(apps: Sequence[App]) -> TreeView:
    """Returns what the region module of a tree must be able to do."""
    with_domain = [app for app in apps if app.api.domain]
    presence: Presence = "never"
    if with_domain:
        presence = "always" if len(with_domain) == len(apps) else "sometimes"
    provider = apps[0].terraform.aws_provider
    return TreeView(
        provider=provider,
        environment=any(region.env for app in apps for region in app.regions),
        domain=presence,
        domain_region=takes_region("domain", provider),
    )


def stage_view(app: App) -> StageView:
    """Returns what the templates need to know of one stage."""
    domain = app.api.domain
    return StageView(
        name=app.full_name,
        provider=app.terraform.aws_provider,
        control_plane=CONTROL_PLANE[REGIONS[app.regions[0].name].partition],
        tags=app.tags,
        function=_used(_settings(app.function)),
        api={"ip_address_type": app.api.ip_address_type},
        environment=app.env,
        domain=domain,
        health_check=domain.health_check if domain else None,
        record_types=["A", "AAAA"] if app.api.ip_address_type == "dualstack" else ["A"],
        regions=[_region(app, region) for region in app.regions],
        aliases=_aliases(app),
        backend=_backend(app),
    )


def _region(app: App, region: Region) -> RegionView:
    name = region_id(region.name)
    check = app.api.domain.health_check if app.api.domain else None
    path = quote(check.path)[1:-1] if check else ""
    return RegionView(
        id=name,
        name=region.name,
        bundle=_bundle(app, region),
        function=_merged("local.function", _settings(app.function), _settings(region.function)),
        environment=_merged("local.environment", app.env, region.env),
        health_path=Expression(f'"/${{module.{name}.api.stage_name}}{path}"'),
        health_name=f"{app.full_name} {region.name}",
        in_dns=region.in_dns,
    )


def _aliases(app: App) -> list[AliasView]:
    if app.terraform.aws_provider == 6:
        return []
    names = (*(region.name for region in app.regions), *app.retired_regions)
    return [AliasView(region_id(name), name) for name in names]


# Settings that a root module only says when they are used, as the variable's own defaults.
_UNUSED: Mapping[str, Value] = {"tracing": False, "reserved_concurrency": None, "layers": []}


def _settings(function: Function) -> dict[str, Value]:
    """Returns a function as the ``function`` variable takes it."""
    return {
        "runtime": function.runtime,
        "handler": function.handler,
        "memory": function.memory,
        "timeout": function.timeout,
        "architecture": function.architecture,
        "log_retention_days": function.log_retention_days,
        "tracing": function.tracing,
        "reserved_concurrency": function.reserved_concurrency,
        "layers": list(function.layers),
    }


def _used(settings: Mapping[str, Value]) -> dict[str, Value]:
    return {
        name: value
        for name, value in settings.items()
        if name not in _UNUSED or value != _UNUSED[name]
    }


def _merged(shared: str, base: Mapping[str, Value], own: Mapping[str, Value]) -> Value:
    """Returns how a region says its own values in terms of the shared ones."""
    changes = {
        name: value for name, value in own.items() if name not in base or base[name] != value
    }
    if not changes:
        return Expression(shared) if base else None
    if not base:
        return changes
    if len(changes) == 1:
        [(name, value)] = changes.items()
        one_line = f"merge({shared}, {{ {key(name)} = {to_hcl(value)} }})"
        if len(one_line) <= 80 and "\n" not in one_line:
            return Expression(one_line)
    return Expression(f"merge({shared}, {to_hcl(changes, 1)})")


def _bundle(app: App, region: Region) -> Expression:
    root = f"{app.terraform.output}/{app.stage}"
    path = os.path.relpath(region.function.bundle, root).replace(os.sep, "/")
    return Expression(f'"${{path.root}}/{quote(path)[1:-1]}"')


def _backend(app: App) -> BackendView | None:
    match app.terraform.backend:
        case S3Backend(bucket=bucket, key=name, region=region):
            settings: dict[str, Value] = {
                "bucket": bucket,
                "key": name,
                "region": region,
                "encrypt": True,
                "use_lockfile": True,
            }
            return BackendView("s3", settings)
        case CloudBackend(organization=organization, workspace=workspace):
            return BackendView("cloud", {"organization": organization, "workspace": workspace})
    return None
