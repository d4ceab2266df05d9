"""What an account is taken to hold before the app: put into the simulated one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tfgen.aws.dns import plain
from tfgen.aws.session import Aws
from tfgen.sandbox.environment import DEFAULT_REGION

if TYPE_CHECKING:
    from mypy_boto3_route53.type_defs import HostedZoneTypeDef

# Route 53 keeps the caller reference of a zone for good, Terraform never sets one like it, and the
# zone needs no mark of ours anywhere else.
_REFERENCE: Final = "tfgen-sandbox-seed:"


def ensure_zone(endpoint: str, name: str) -> str:
    """Makes sure that a public hosted zone exists that the config only looks up.

    Args:
        endpoint: the sandbox's URL.
        name: the zone's domain name.

    Returns:
        The zone's ID.

    Raises:
        TfgenError: the sandbox does not answer.
    """
    route53 = Aws(endpoint).client("route53", DEFAULT_REGION)
    wanted = plain(name)
    for zone in route53.list_hosted_zones_by_name(DNSName=wanted)["HostedZones"]:
        if plain(zone["Name"]) == wanted and not zone["Config"]["PrivateZone"]:
            return zone_id(zone)
    created = route53.create_hosted_zone(
        Name=wanted,
        CallerReference=f"{_REFERENCE}{wanted}",
        HostedZoneConfig={"Comment": "Taken to exist before the app", "PrivateZone": False},
    )
    return zone_id(created["HostedZone"])


def is_seeded(zone: HostedZoneTypeDef) -> bool:
    """Returns whether `ensure_zone` made a zone.

    Args:
        zone: as Route 53 describes it.
    """
    return zone["CallerReference"].startswith(_REFERENCE)


def zone_id(zone: HostedZoneTypeDef) -> str:
    """Returns a zone's ID without the path that Route 53 puts in front.

    Args:
        zone: as Route 53 describes it.
    """
    return zone["Id"].rpartition("/")[2]
