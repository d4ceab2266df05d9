"""Which region modules a tree needs: stages of the same shape share one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from tfgen.app import ApiType, App, Code, EndpointType, RdsKind
from tfgen.render.addresses import region_id

ApiModule = Literal["rest_api", "http_api", "function_url"]

_API_MODULES: dict[ApiType, ApiModule] = {
    "rest": "rest_api",
    "http": "http_api",
    "url": "function_url",
}


@dataclass(frozen=True, slots=True)
class Shape:
    """What decides which child modules a region calls, and how they are wired.

    Attributes:
        api: the module of what is in front of the function.
        endpoint: of the API.
        domain: whether there are custom domains.
        artifacts: whether bundles go through a bucket.
        databases: the kinds of databases that there are, sorted.
        database_everywhere: whether every region has one.
        database_elsewhere: whether one is in another region than its function.
    """

    api: ApiModule
    endpoint: EndpointType
    domain: bool
    artifacts: bool
    databases: tuple[RdsKind, ...]
    database_everywhere: bool
    database_elsewhere: bool

    @property
    def domain_module(self) -> str:
        """The library module of custom domains of this shape."""
        return "edge_domain" if self.endpoint == "edge" else "domain"

    @property
    def modules(self) -> tuple[str, ...]:
        """The library modules that a region of this shape calls, sorted."""
        used = {"function", self.api}
        if self.domain:
            used.add(self.domain_module)
        if self.artifacts:
            used.add("artifacts")
        if self.databases:
            used |= {"database", *(f"rds_{kind}" for kind in self.databases)}
        return tuple(sorted(used))


def shape_of(app: App) -> Shape:
    """Returns the shape of a stage."""
    databases = [region.rds for region in app.regions if region.rds is not None]
    codes = [region.function.code for region in app.regions]
    return Shape(
        api=_API_MODULES[app.api.type],
        endpoint=app.api.endpoint,
        domain=app.api.domain is not None,
        artifacts=any(isinstance(code, Code) and code.delivery == "s3" for code in codes),
        databases=tuple(sorted({use.kind for use in databases})),
        database_everywhere=bool(databases) and len(databases) == len(app.regions),
        database_elsewhere=any(
            region.rds is not None and region.rds.region != region.name for region in app.regions
        ),
    )


def root_modules(app: App) -> tuple[str, ...]:
    """Returns the library modules that the root module of a stage calls itself, sorted."""
    return ("dynamodb_table",) if app.database.tables else ()


def region_modules(apps: Sequence[App]) -> dict[Shape, str]:
    """Returns the name of the region module of each shape.

    It is ``region`` where all stages have one shape. Otherwise each carries the name of its first
    stage by name, so that a module's name says whose it is.
    """
    first: dict[Shape, str] = {}
    for app in sorted(apps, key=lambda app: app.stage):
        first.setdefault(shape_of(app), app.stage)
    if len(first) == 1:
        return dict.fromkeys(first, "region")
    return {shape: f"region_{region_id(stage)}" for shape, stage in first.items()}
