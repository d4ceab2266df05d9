"""Names and records as Route 53 writes them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from mypy_boto3_route53 import Route53Client
    from mypy_boto3_route53.type_defs import ResourceRecordSetOutputTypeDef

# Everything but a-z, 0-9, hyphen, underscore and dot comes back as a backslash and three octal
# digits: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DomainNameFormat.html
_OCTAL: Final = re.compile(r"\\([0-7]{3})")


@dataclass(frozen=True, slots=True)
class Record:
    """What tells a record of a zone from all others.

    Attributes:
        name: as `plain` returns it.
        type: for example ``A``.
        set_identifier: of a record that is one of several; empty if it is alone.
    """

    name: str
    type: str
    set_identifier: str = ""


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


def all_records(route53: Route53Client, zone_id: str) -> list[Record]:
    """Returns the records of a zone.

    Args:
        route53: the client.
        zone_id: the zone's ID.
    """
    pages = route53.get_paginator("list_resource_record_sets").paginate(HostedZoneId=zone_id)
    return [
        Record(plain(each["Name"]), each["Type"], each.get("SetIdentifier", ""))
        for page in pages
        for each in page["ResourceRecordSets"]
    ]
