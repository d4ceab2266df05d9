"""Where things are in a rendered root module."""

from __future__ import annotations

from collections.abc import Sequence

from tfgen.app import App


def region_id(region: str) -> str:
    """Returns the name of a region in resource addresses: ``us-west-2`` is ``us_west_2``."""
    return region.replace("-", "_")


def region_addresses(app: App, regions: Sequence[str]) -> list[str]:
    """Returns the addresses of all that belongs to some regions: their modules and their records.

    Args:
        app: one stage of an app.
        regions: names of regions of the app.
    """
    addresses = []
    for region in regions:
        name = region_id(region)
        addresses.append(f"module.{name}")
        if app.api.domain:
            addresses.append(f"aws_route53_record.{name}")
            if app.api.domain.health_check:
                addresses.append(f"aws_route53_health_check.{name}")
    return addresses


def is_below(address: str, parents: Sequence[str]) -> bool:
    """Says whether a resource is one of some resources, or in one of some modules.

    Args:
        address: of a resource, with its instance key if it has one.
        parents: addresses of resources and modules, without instance keys.
    """
    return any(
        address == parent or address.startswith((f"{parent}.", f"{parent}[")) for parent in parents
    )
