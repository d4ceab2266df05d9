"""Tables as the root module makes them, and as each region's function uses them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tfgen.app import App, Index, Projection, Region, Scaling, StreamView, Table, TableUse
from tfgen.render.addresses import region_id, table_module
from tfgen.render.features import follows_stream
from tfgen.render.hcl import Expression, Value
from tfgen.render.views.values import alike, merged

_STREAMS: Mapping[StreamView, str] = {
    "keys": "KEYS_ONLY",
    "new": "NEW_IMAGE",
    "old": "OLD_IMAGE",
    "new_and_old": "NEW_AND_OLD_IMAGES",
}


@dataclass(frozen=True, slots=True)
class TableView:
    """The module call of one table.

    Attributes:
        id: the name of the module.
        key: what the config calls the table.
        home: the region that it is made in.
    """

    id: str
    key: str
    name: Value
    home: str
    home_id: str
    settings: Mapping[str, Value]


def table_views(app: App) -> list[TableView]:
    """Returns the tables that a stage makes."""
    home = app.database.home
    return [
        TableView(
            id=table_module(table.name),
            key=table.name,
            name=Expression(f'"${{local.name}}-{table.name}"'),
            home=home,
            home_id=region_id(home),
            settings=_settings(app, table),
        )
        for table in app.database.tables
    ]


def shared_tables(app: App) -> dict[str, Value]:
    """Returns what the functions of all regions use, by its variable."""
    return alike([_uses(region) for region in app.regions])


def region_tables(app: App, region: Region) -> Value:
    """Returns what the function of a region uses, in terms of ``local.tables``."""
    return merged("local.tables", shared_tables(app), _uses(region))


def _uses(region: Region) -> dict[str, Value]:
    return {use.variable: _use(use) for use in region.tables}


def _use(use: TableUse) -> Value:
    name: Value = use.full_name
    if use.made_here:
        # By way of the module, so that the function comes after the table and its replicas.
        name = Expression(f"module.{table_module(use.name)}.name")
    said: dict[str, Value] = {"name": name, "access": use.access}
    flags = {"indexes": use.indexes, "stream": follows_stream(use)}
    return said | {flag: True for flag, value in flags.items() if value}


def _settings(app: App, table: Table) -> dict[str, Value]:
    """Returns the settings of a table that are not the defaults of the variable."""
    keys: dict[str, Value] = {"hash_key": table.hash_key}
    if table.range_key:
        keys["range_key"] = table.range_key
    said: dict[str, Value] = {
        "attributes": table.attributes,
        "indexes": {name: _index(index) for name, index in table.indexes.items()},
        "local_indexes": {name: _index(index) for name, index in table.local_indexes.items()},
        "ttl": _time_to_live(table),
        **_capacity(table),
        "stream": _STREAMS[table.stream] if table.stream else None,
        "encryption": _encryption(table, app.database.home),
        "replicas": {region: _replica(app, table, region) for region in table.replicas},
        **_strong(app, table),
    }
    if not table.deletion_protection:
        said["deletion_protection"] = False
    if not table.point_in_time_recovery:
        said["point_in_time_recovery"] = False
    return keys | {name: value for name, value in said.items() if value not in (None, {})}


def _time_to_live(table: Table) -> Value:
    if table.ttl is None:
        return None
    said: dict[str, Value] = {"attribute": table.ttl.attribute}
    return said if table.ttl.enabled else said | {"enabled": False}


def _index(index: Index) -> dict[str, Value]:
    said: dict[str, Value] = {"hash_key": index.hash_key, "range_key": index.range_key}
    return {name: value for name, value in said.items() if value} | _projection(index.projection)


def _projection(projection: Projection) -> dict[str, Value]:
    match projection:
        case "all":
            return {}
        case "keys":
            return {"projection": "KEYS_ONLY"}
    return {"projection": "INCLUDE", "attributes": list(projection)}


def _capacity(table: Table) -> dict[str, Value]:
    billing = table.billing
    if billing is None:
        return {}
    capacity: dict[str, Value] = {}
    scaling: dict[str, Value] = {}
    for units, said in (("read", billing.read), ("write", billing.write)):
        if isinstance(said, Scaling):
            capacity[units] = said.min
            scaling[units] = {"max": said.max, "target": said.target}
        else:
            capacity[units] = said
    return {"capacity": capacity, "scaling": scaling}


def _encryption(table: Table, region: str) -> Value:
    match table.encryption:
        case "aws_owned":
            return None
        case "aws_managed":
            return Expression("{}")
        case "app":
            return {"kms_key_arn": _key(region)}


def _replica(app: App, table: Table, region: str) -> Value:
    said: dict[str, Value] = {}
    if table.encryption == "app":
        said["kms_key_arn"] = _key(region)
    leaves = any(each.name == region and not each.in_dns for each in app.regions)
    if leaves and app.terraform.aws_provider == 6:
        # It could not be deleted otherwise.
        said["deletion_protection"] = False
    return said or Expression("{}")


def _strong(app: App, table: Table) -> dict[str, Value]:
    if table.consistency == "eventual" or app.terraform.aws_provider == 5:
        return {}
    return {"consistency": "STRONG", "witness": table.witness}


def _key(region: str) -> Expression:
    return Expression(f"module.{region_id(region)}.key_arn")
