"""The tables and the security policies of a stage as its state has them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, Literal

from tfgen.app import EndpointType, Index, Projection, StreamView, TableEncryption
from tfgen.changes import DeployedPolicy, DeployedReplica, DeployedTable
from tfgen.regions import REGIONS
from tfgen.render.addresses import region_id

if TYPE_CHECKING:
    from tfgen.terraform.state import Instance

TABLE: Final = "aws_dynamodb_table"
# In the module of a table.
RESOURCE: Final = f"_table.{TABLE}.this"
_FUNCTION: Final = "module.{}.module.function.{}.{}"

# In the module of a region.
_POLICIES: Final[Mapping[str, Literal["api", "domain"]]] = {
    "module.api.aws_api_gateway_rest_api.this": "api",
    "module.domain.aws_api_gateway_domain_name.this": "domain",
    "module.domain.aws_api_gateway_domain_name.edge": "domain",
}
POLICY_TYPES: Final = frozenset(address.split(".")[-2] for address in _POLICIES)

_VIEWS: Final[Mapping[str, StreamView]] = {
    "KEYS_ONLY": "keys",
    "NEW_IMAGE": "new",
    "OLD_IMAGE": "old",
    "NEW_AND_OLD_IMAGES": "new_and_old",
}


def is_table(address: str, kind: str) -> bool:
    """Says whether a resource is a table of the config, and none of the user's own."""
    return kind == TABLE and address.count(".") == 3 and address.endswith(RESOURCE)


def home_of(table: Mapping[str, Any]) -> str:
    """Returns the region that a table was made in."""
    return str(table["arn"]).split(":")[3]


def deployed_tables(found: Sequence[Instance]) -> list[DeployedTable]:
    """Returns the tables among the resources and data sources of a state."""
    keys = _keys(found)
    return [_table(each, keys) for each in found if is_table(each.address, each.type)]


def deployed_policies(found: Sequence[Instance]) -> list[DeployedPolicy]:
    """Returns the security policies among the resources of a state, by region."""
    by_address = {
        f"module.{region_id(region)}.{address}": (kind, region)
        for address, kind in _POLICIES.items()
        for region in REGIONS
    }
    policies = []
    for each in found:
        if each.address in by_address:
            kind, region = by_address[each.address]
            [configuration] = each.attributes["endpoint_configuration"]
            endpoint: EndpointType = "edge" if configuration["types"] == ["EDGE"] else "regional"
            # Releases of the provider that do not know the policy of an API do not say it.
            name = each.attributes.get("security_policy") or ""
            trusted = bool(each.attributes.get("mutual_tls_authentication"))
            policies.append(DeployedPolicy(kind, region, name, endpoint, trusted))
    return policies


def _table(found: Instance, keys: Mapping[str, tuple[str | None, str]]) -> DeployedTable:
    table = found.attributes
    home = home_of(table)
    replicas: Sequence[Mapping[str, Any]] = table.get("replica") or []
    witnesses = table.get("global_table_witness") or []
    strong = any(each.get("consistency_mode") == "STRONG" for each in replicas)
    view = _VIEWS.get(table.get("stream_view_type") or "")
    return DeployedTable(
        module=found.address.split(".")[1],
        name=table["name"],
        home=home,
        hash_key=table.get("hash_key", ""),
        range_key=table.get("range_key") or None,
        attributes={each["name"]: each["type"] for each in table.get("attribute") or []},
        local_indexes={
            each["name"]: Index(None, each["range_key"], _projection(each))
            for each in table.get("local_secondary_index") or []
        },
        ttl=_time_to_live(table),
        stream=view if table.get("stream_enabled") else None,
        replicas=tuple(
            DeployedReplica(each["region_name"], bool(each.get("deletion_protection_enabled")))
            for each in sorted(replicas, key=lambda each: str(each["region_name"]))
        ),
        consistency="strong" if strong else "eventual",
        witness=witnesses[0]["region_name"] if witnesses else None,
        encryption=_encryption(table, keys.get(home)),
        keys={region: said for region, (said, _) in keys.items()},
    )


def _projection(index: Mapping[str, Any]) -> Projection:
    match index["projection_type"]:
        case "ALL":
            return "all"
        case "KEYS_ONLY":
            return "keys"
        case _:
            return tuple(index["non_key_attributes"])


def _time_to_live(table: Mapping[str, Any]) -> str | None:
    for block in table.get("ttl") or []:
        if block.get("enabled"):
            return str(block["attribute_name"])
    return None


def _encryption(table: Mapping[str, Any], key: tuple[str | None, str] | None) -> TableEncryption:
    for block in table.get("server_side_encryption") or []:
        if block.get("enabled"):
            # DynamoDB's own key in the account has no ARN here, or one that is not the app's.
            ours = key is not None and block.get("kms_key_arn") == key[1]
            return "app" if ours else "aws_managed"
    return "aws_owned"


def _keys(found: Sequence[Instance]) -> dict[str, tuple[str | None, str]]:
    """Returns the key of each region's function: what the config called it, and its ARN."""
    by_address = {each.address: each.attributes for each in found}
    keys: dict[str, tuple[str | None, str]] = {}
    for region in REGIONS:
        own = by_address.get(_FUNCTION.format(region_id(region), "aws_kms_key", "this"))
        given = by_address.get(_FUNCTION.format(region_id(region), "data.aws_kms_key", "given"))
        if given is not None:
            keys[region] = (given["key_id"], given["arn"])
        elif own is not None:
            keys[region] = (None, own["arn"])
    return keys
