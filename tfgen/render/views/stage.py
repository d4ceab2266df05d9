"""One root module, as the templates see it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from tfgen.app import App, CloudBackend, ProviderMajor, Region, S3Backend
from tfgen.regions import CONTROL_PLANE, REGIONS
from tfgen.render.addresses import region_id
from tfgen.render.hcl import Expression, Value
from tfgen.render.views.api import api_settings, region_api, truststore
from tfgen.render.views.database import TableView, region_tables, shared_tables, table_views
from tfgen.render.views.dns import DnsView, RegionDnsView, dns_view, region_url
from tfgen.render.views.function import bundle, function_settings, region_function
from tfgen.render.views.rds import region_database
from tfgen.render.views.secrets import (
    encryption_context,
    key_policy,
    region_secrets,
    shared_secrets,
)
from tfgen.render.views.values import merged


@dataclass(frozen=True, slots=True)
class RegionView:
    """One region's module call and records.

    Attributes:
        id: its name in resource addresses.
        kms_key: alias or ARN of the key, if the app has none of its own there.
        key_policy: whom the policy of its own key names.
        url: where the region answers by itself.
        dns: None without a domain.
    """

    id: str
    name: str
    bundle: Value
    function: Value
    api: Value
    environment: Value
    secrets: Value
    kms_key: Value
    key_policy: Value
    tables: Value
    rds: Value
    truststore: Value
    url: Value
    dns: RegionDnsView | None
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
        account: ID of the only AWS account that the providers may use; None is any.
        aliases: provider configurations of the regions, which only provider 5 needs.
        tables: those that the stage makes.
        shared_tables: those that the functions of all regions use.
        dead_letters: the regions that have a queue of failed events.
        dns: None without a domain.
    """

    name: str
    provider: ProviderMajor
    region_module: str
    control_plane: str
    account: str | None
    tags: Mapping[str, str]
    function: Value
    api: Value
    environment: Mapping[str, str]
    encryption_context: Mapping[str, Value]
    secrets: Mapping[str, Value]
    key_policy: Mapping[str, Value]
    tables: Sequence[TableView]
    shared_tables: Mapping[str, Value]
    dns: DnsView | None
    regions: Sequence[RegionView]
    aliases: Sequence[AliasView]
    dead_letters: Sequence[RegionView]
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
    dns = dns_view(app)
    regions = [_region(app, region, dns) for region in app.regions]
    return StageView(
        name=app.full_name,
        provider=app.terraform.aws_provider,
        region_module=region_module,
        control_plane=CONTROL_PLANE[REGIONS[app.regions[0].name].partition],
        account=app.account,
        tags=app.tags,
        function=function_settings(app),
        api=api_settings(app),
        environment=app.env,
        encryption_context=encryption_context(app),
        secrets=shared_secrets(app),
        key_policy=key_policy(app),
        tables=table_views(app),
        shared_tables=shared_tables(app),
        dns=dns,
        regions=regions,
        aliases=_aliases(app),
        dead_letters=[
            view
            for view, region in zip(regions, app.regions, strict=True)
            if region.function.dead_letter
        ],
        backend=_backend(app),
    )


def _region(app: App, region: Region, dns: DnsView | None) -> RegionView:
    return RegionView(
        id=region_id(region.name),
        name=region.name,
        bundle=bundle(app, region),
        function=region_function(app, region),
        api=region_api(app, region),
        environment=merged("local.environment", app.env, region.env),
        secrets=region_secrets(app, region),
        kms_key=region.kms_key,
        key_policy=_key_policy(app, region),
        tables=region_tables(app, region),
        rds=region_database(region),
        truststore=truststore(region.truststore),
        url=region_url(app, region),
        dns=dns.regions[region.name] if dns else None,
        in_dns=region.in_dns,
    )


def _key_policy(app: App, region: Region) -> Value:
    if region.kms_key or not key_policy(app):
        return None
    return Expression("local.key_policy")


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
