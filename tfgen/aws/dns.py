"""Names and records as Route 53 writes them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from mypy_boto3_route53 import Route53Client
    from mypy_boto3_route53.type_defs import ResourceRecordSetOutputTypeDef

# Everything but a-z, 0-9, hyphen, underscore and dot comes back as a backslash and three octal
# digits: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DomainNameFormat.html
_OCTAL: Final = re.compile(r"\\([0-7]{3})")


def plain(name: str) -> str:
    """Returns a domain name in lower case, unescaped and without its final dot."""
    unescaped = _OCTAL.sub(lambda digits: chr(int(digits.group(1), 8)), name)
    return unescaped.lower().removesuffix(".")


def records_of(
    route53: Route53Client, zone_id: str, name: str
) -> list[ResourceRecordSetOutputTypeDef]:
    """Returns the records of one name.

    Route 53 lists a zone in order from where it is told, 300 at a time; a name has at most two for
    each region (https://docs.aws.amazon.com/Route53/latest/APIReference/API_ListResourceRecordSets.html).

    Args:
        route53: the client.
        zone_id: the zone's ID.
        name: as `plain` returns it.
    """
    listed = route53.list_resource_record_sets(HostedZoneId=zone_id, StartRecordName=name)
    return [record for record in listed["ResourceRecordSets"] if plain(record["Name"]) == name]
