"""Where things are in a rendered root module."""

from __future__ import annotations

from collections.abc import Sequence

from tfgen.app import App, Domain, Region


def region_id(region: str) -> str:
    """Returns the name of a region in resource addresses: ``us-west-2`` is ``us_west_2``."""
    return region.replace("-", "_")


def table_module(table: str) -> str:
    """Returns the name of the module that makes a table: ``items`` is ``items_table``."""
    return f"{table.replace('-', '_')}_table"


def table_addresses(app: App) -> list[str]:
    """Returns the addresses of the modules that make the tables of a stage."""
    return [f"module.{table_module(table.name)}" for table in app.database.tables]


def record_name(domain: Domain, region: Region) -> str:
    """Returns the name of the records that send a domain's clients to a region.

    With failover it is the region's part: the records stay when the regions change theirs.
    """
    if domain.routing == "failover" and region.failover:
        return region.failover
    return region_id(region.name)


def record_addresses(app: App, region: str) -> list[str]:
    """Returns the addresses of the records that send the app's clients to a region.

    Args:
        app: one stage of an app.
        region: the name of one of its regions.

    Returns:
        An empty list without a domain.
    """
    domain = app.api.domain
    if domain is None:
        return []
    return [
        f"aws_route53_record.{record_name(domain, each)}"
        for each in app.regions
        if each.name == region
    ]


def region_addresses(app: App, regions: Sequence[str]) -> list[str]:
    """Returns the addresses of all that belongs to some regions: their modules and their records.

    Args:
        app: one stage of an app.
        regions: names of regions of the app.
    """
    domain = app.api.domain
    addresses = []
    for region in (each for each in app.regions if each.name in regions):
        name = region_id(region.name)
        addresses.append(f"module.{name}")
        if domain is None:
            continue
        addresses += record_addresses(app, region.name)
        if region.domain:
            addresses.append(f"aws_route53_record.{name}_validation")
            addresses.append(f"aws_route53_record.{name}_domain")
        if domain.health_check:
            addresses.append(f"aws_route53_health_check.{name}")
            addresses.append(f"aws_cloudwatch_metric_alarm.{name}_health")
    return addresses


def key_addresses(regions: Sequence[str]) -> list[str]:
    """Returns the addresses of the app's own keys, and of the aliases that they are known by.

    Args:
        regions: the regions of the keys.
    """
    return [
        f"module.{region_id(region)}.module.function.{resource}.this"
        for region in regions
        for resource in ("aws_kms_key", "aws_kms_alias")
    ]


def account_role_name(app: App, region: str) -> str:
    """Returns the name of the role with which API Gateway writes logs, if a stage makes one.

    Args:
        app: the stage.
        region: the role's region.
    """
    return f"{app.full_name}-apigateway-{region}"


def account_role_addresses(region: str) -> tuple[str, str, str]:
    """Returns the addresses of what gives API Gateway a role to write logs with.

    Args:
        region: the region.

    Returns:
        The account's setting, the role, and the attachment of its policy.
    """
    module = f"module.{region_id(region)}.module.api"
    return (
        f"{module}.aws_api_gateway_account.this",
        f"{module}.aws_iam_role.account",
        f"{module}.aws_iam_role_policy_attachment.account",
    )


def is_below(address: str, parents: Sequence[str]) -> bool:
    """Says whether a resource is one of some resources, or in one of some modules.

    Args:
        address: of a resource, with its instance key if it has one.
        parents: addresses of resources and modules, without instance keys.
    """
    return any(
        address == parent or address.startswith((f"{parent}.", f"{parent}[")) for parent in parents
    )
