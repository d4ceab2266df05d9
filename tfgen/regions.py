"""The AWS regions: where they are and to which partition they belong.

Source: https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html and the
partition tables of botocore, against which the tests hold this table in both directions.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class RegionInfo:
    """An AWS region.

    Attributes:
        name: for example ``eu-west-2``.
        place: the city, state or country that AWS names it after.
        partition: for example ``aws`` or ``aws-cn``.
    """

    name: str
    place: str
    partition: str


_PLACES = {
    "aws": {
        "af-south-1": "Cape Town",
        "ap-east-1": "Hong Kong",
        "ap-east-2": "Taipei",
        "ap-northeast-1": "Tokyo",
        "ap-northeast-2": "Seoul",
        "ap-northeast-3": "Osaka",
        "ap-south-1": "Mumbai",
        "ap-south-2": "Hyderabad",
        "ap-southeast-1": "Singapore",
        "ap-southeast-2": "Sydney",
        "ap-southeast-3": "Jakarta",
        "ap-southeast-4": "Melbourne",
        "ap-southeast-5": "Malaysia",
        "ap-southeast-6": "New Zealand",
        "ap-southeast-7": "Thailand",
        "ca-central-1": "Montreal",
        "ca-west-1": "Calgary",
        "eu-central-1": "Frankfurt",
        "eu-central-2": "Zurich",
        "eu-north-1": "Stockholm",
        "eu-south-1": "Milan",
        "eu-south-2": "Spain",
        "eu-west-1": "Ireland",
        "eu-west-2": "London",
        "eu-west-3": "Paris",
        "il-central-1": "Tel Aviv",
        "me-central-1": "United Arab Emirates",
        "me-south-1": "Bahrain",
        "me-west-1": "Saudi Arabia",
        "mx-central-1": "Mexico",
        "sa-east-1": "São Paulo",
        "sa-west-1": "Chile",
        "us-east-1": "Northern Virginia",
        "us-east-2": "Ohio",
        "us-west-1": "Northern California",
        "us-west-2": "Oregon",
    },
    "aws-cn": {"cn-north-1": "Beijing", "cn-northwest-1": "Ningxia"},
    "aws-eusc": {"eusc-de-east-1": "Brandenburg"},
    "aws-us-gov": {"us-gov-east-1": "US-East", "us-gov-west-1": "US-West"},
}

REGIONS: Mapping[str, RegionInfo] = MappingProxyType(
    {
        name: RegionInfo(name, place, partition)
        for partition, places in _PLACES.items()
        for name, place in places.items()
    }
)

CONTROL_PLANE: Mapping[str, str] = MappingProxyType(
    {
        "aws": "us-east-1",
        "aws-cn": "cn-northwest-1",
        "aws-eusc": "eusc-de-east-1",
        "aws-us-gov": "us-gov-west-1",
    }
)
"""Partition → the region in which its global services (IAM, Route 53) have their endpoint."""


def suggest(name: str) -> str | None:
    """Returns the region that somebody who wrote ``name`` most likely meant, if there is one."""
    wanted = name.strip().lower().replace("_", "-")
    if wanted in REGIONS:
        return wanted
    by_place = {info.place.lower(): info.name for info in REGIONS.values()}
    if wanted in by_place:
        return by_place[wanted]
    close = difflib.get_close_matches(wanted, REGIONS, n=1, cutoff=0.7)
    return close[0] if close else None
