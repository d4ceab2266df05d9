"""One root module, as the templates see it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from tfgen.app import (
    App,
    CloudBackend,
    Domain,
    HealthCheck,
    ProviderMajor,
    Region,
    S3Backend,
)
from tfgen.regions import CONTROL_PLANE, REGIONS
from tfgen.render.addresses import region_id
from tfgen.render.hcl import Expression, Value, quote
from tfgen.render.views.api import api_settings, region_api, truststore
from tfgen.render.views.function import bundle, function_settings, region_function
from tfgen.render.views.values import merged


@dataclass(frozen=True, slots=True)
class RegionView:
    """One region's module call and records. ``id`` is its name in resource addresses."""

    id: str
    name: str
    bundle: Value
    function: Value
    api: Value
    environment: Value
    truststore: Value
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
    """One root module.

    Attributes:
        region_module: the name of the child module that is called for each region.
        dead_letters: the regions that have a queue of failed events.
        validation_region: where the certificates' validation records are read from, as an ID.
        certificate_region: where the root module itself has the certificates: for an edge endpoint.
    """

    name: str
    provider: ProviderMajor
    region_module: str
    control_plane: str
    tags: Mapping[str, str]
    function: Value
    api: Value
    environment: Mapping[str, str]
    domain: Domain | None
    domains: Value
    health_check: HealthCheck | None
    record_types: Sequence[str]
    regions: Sequence[RegionView]
    aliases: Sequence[AliasView]
    dead_letters: Sequence[RegionView]
    validation_region: str
    certificate_region: str | None
    backend: BackendView | None

    @property
    def source(self) -> str:
        """Where the region module is, from a root module."""
        return f"../modules/{self.region_module}"


def stage_view(app: App, region_module: str) -> StageView:
    """Returns what the templates need to know of one stage.

    Args:
        app: the stage.
        region_module: the name of its region module.
    """
    domain = app.api.domain
    regions = [_region(app, region) for region in app.regions]
    return StageView(
        name=app.full_name,
        provider=app.terraform.aws_provider,
        region_module=region_module,
        control_plane=CONTROL_PLANE[REGIONS[app.regions[0].name].partition],
        tags=app.tags,
        function=function_settings(app),
        api=api_settings(app),
        environment=app.env,
        domain=domain,
        domains=list(domain.names) if domain else [],
        health_check=domain.health_check if domain else None,
        record_types=["A", "AAAA"] if app.api.ip_address_type == "dualstack" else ["A"],
        regions=regions,
        aliases=_aliases(app),
        dead_letters=[
            view
            for view, region in zip(regions, app.regions, strict=True)
            if region.function.dead_letter
        ],
        validation_region=region_id(app.first_region),
        certificate_region="us-east-1" if app.api.endpoint == "edge" else None,
        backend=_backend(app),
    )


def _region(app: App, region: Region) -> RegionView:
    name = region_id(region.name)
    check = app.api.domain.health_check if app.api.domain else None
    path = quote(check.path)[1:-1] if check else ""
    return RegionView(
        id=name,
        name=region.name,
        bundle=bundle(app, region),
        function=region_function(app, region),
        api=region_api(app, region),
        environment=merged("local.environment", app.env, region.env),
        truststore=truststore(region.truststore),
        health_path=Expression(f'"${{module.{name}.api.stage_path}}{path}"'),
        health_name=f"{app.full_name} {region.name}",
        in_dns=region.in_dns,
    )


def _aliases(app: App) -> list[AliasView]:
    if app.terraform.aws_provider == 6:
        return []
    names = (*(region.name for region in app.regions), *app.retired_regions)
    return [AliasView(region_id(name), name) for name in names]


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
