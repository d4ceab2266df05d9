"""The AWS regions: where they are, to which partition they belong, which have to be enabled.

Source of names and opt-in status:
https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html, and the
partition tables of botocore, against which the tests hold this table in both directions.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, TypeAlias


@dataclass(frozen=True, slots=True)
class RegionInfo:
    """An AWS region.

    Attributes:
        name: for example ``eu-west-2``.
        place: the city, state or country that AWS names it after.
        partition: for example ``aws`` or ``aws-cn``.
        city: where it is taken to be: AWS publishes no address, so this is the city of its name,
            or else the one that its data centers are known to be near, or the country's largest.
        country: ISO 3166-1 code, for example ``GB``.
        latitude: the city's, degrees north.
        longitude: the city's, degrees east.
        opt_in: whether an account has to enable it first.
    """

    name: str
    place: str
    partition: str
    city: str
    country: str
    latitude: float
    longitude: float
    opt_in: bool


_ENABLED: Final = False
_OPT_IN: Final = True

_Row: TypeAlias = tuple[str, str, str, float, float, bool]

_TABLE: Final[dict[str, dict[str, _Row]]] = {
    "aws": {
        "af-south-1": ("Cape Town", "Cape Town", "ZA", -33.93, 18.42, _OPT_IN),
        "ap-east-1": ("Hong Kong", "Hong Kong", "HK", 22.28, 114.17, _OPT_IN),
        "ap-east-2": ("Taipei", "Taipei", "TW", 25.05, 121.53, _OPT_IN),
        "ap-northeast-1": ("Tokyo", "Tokyo", "JP", 35.69, 139.69, _ENABLED),
        "ap-northeast-2": ("Seoul", "Seoul", "KR", 37.57, 126.98, _ENABLED),
        "ap-northeast-3": ("Osaka", "Osaka", "JP", 34.69, 135.50, _ENABLED),
        "ap-south-1": ("Mumbai", "Mumbai", "IN", 19.07, 72.88, _ENABLED),
        "ap-south-2": ("Hyderabad", "Hyderabad", "IN", 17.38, 78.46, _OPT_IN),
        "ap-southeast-1": ("Singapore", "Singapore", "SG", 1.29, 103.85, _ENABLED),
        "ap-southeast-2": ("Sydney", "Sydney", "AU", -33.87, 151.21, _ENABLED),
        "ap-southeast-3": ("Jakarta", "Jakarta", "ID", -6.21, 106.85, _OPT_IN),
        "ap-southeast-4": ("Melbourne", "Melbourne", "AU", -37.81, 144.96, _OPT_IN),
        "ap-southeast-5": ("Malaysia", "Kuala Lumpur", "MY", 3.14, 101.69, _OPT_IN),
        "ap-southeast-6": ("New Zealand", "Auckland", "NZ", -36.85, 174.76, _OPT_IN),
        "ap-southeast-7": ("Thailand", "Bangkok", "TH", 13.75, 100.50, _OPT_IN),
        "ca-central-1": ("Montreal", "Montreal", "CA", 45.51, -73.59, _ENABLED),
        "ca-west-1": ("Calgary", "Calgary", "CA", 51.05, -114.09, _OPT_IN),
        "eu-central-1": ("Frankfurt", "Frankfurt", "DE", 50.12, 8.68, _ENABLED),
        "eu-central-2": ("Zurich", "Zurich", "CH", 47.37, 8.55, _OPT_IN),
        "eu-north-1": ("Stockholm", "Stockholm", "SE", 59.33, 18.07, _ENABLED),
        "eu-south-1": ("Milan", "Milan", "IT", 45.46, 9.19, _OPT_IN),
        "eu-south-2": ("Spain", "Zaragoza", "ES", 41.66, -0.88, _OPT_IN),
        "eu-west-1": ("Ireland", "Dublin", "IE", 53.33, -6.25, _ENABLED),
        "eu-west-2": ("London", "London", "GB", 51.51, -0.13, _ENABLED),
        "eu-west-3": ("Paris", "Paris", "FR", 48.85, 2.35, _ENABLED),
        "il-central-1": ("Tel Aviv", "Tel Aviv", "IL", 32.08, 34.78, _OPT_IN),
        "me-central-1": ("United Arab Emirates", "Dubai", "AE", 25.08, 55.31, _OPT_IN),
        "me-south-1": ("Bahrain", "Manama", "BH", 26.23, 50.59, _OPT_IN),
        "me-west-1": ("Saudi Arabia", "Riyadh", "SA", 24.69, 46.72, _OPT_IN),
        "mx-central-1": ("Mexico", "Querétaro", "MX", 20.59, -100.39, _OPT_IN),
        "sa-east-1": ("São Paulo", "São Paulo", "BR", -23.55, -46.64, _ENABLED),
        "sa-west-1": ("Chile", "Santiago", "CL", -33.46, -70.65, _OPT_IN),
        "us-east-1": ("Northern Virginia", "Ashburn", "US", 39.04, -77.49, _ENABLED),
        "us-east-2": ("Ohio", "Columbus", "US", 39.96, -83.00, _ENABLED),
        "us-west-1": ("Northern California", "San Jose", "US", 37.34, -121.89, _ENABLED),
        "us-west-2": ("Oregon", "Boardman", "US", 45.84, -119.70, _ENABLED),
    },
    "aws-cn": {
        "cn-north-1": ("Beijing", "Beijing", "CN", 39.91, 116.40, _ENABLED),
        "cn-northwest-1": ("Ningxia", "Zhongwei", "CN", 37.50, 105.20, _ENABLED),
    },
    "aws-eusc": {
        "eusc-de-east-1": ("Brandenburg", "Potsdam", "DE", 52.40, 13.07, _ENABLED),
    },
    "aws-us-gov": {
        "us-gov-east-1": ("US-East", "Columbus", "US", 39.96, -83.00, _ENABLED),
        "us-gov-west-1": ("US-West", "Boardman", "US", 45.84, -119.70, _ENABLED),
    },
}

REGIONS: Mapping[str, RegionInfo] = MappingProxyType(
    {
        name: RegionInfo(name, place, partition, city, country, latitude, longitude, opt_in)
        for partition, table in _TABLE.items()
        for name, (place, city, country, latitude, longitude, opt_in) in table.items()
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

CHECKER_REGIONS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "aws": (
            "ap-northeast-1",
            "ap-southeast-1",
            "ap-southeast-2",
            "eu-west-1",
            "sa-east-1",
            "us-east-1",
            "us-west-1",
            "us-west-2",
        ),
    }
)
"""Partition → the regions that have Route 53's health checkers, where AWS says which they are
(https://docs.aws.amazon.com/Route53/latest/APIReference/API_HealthCheckConfig.html)."""

FEWEST_CHECKER_REGIONS: Final = 3
"""How many of them a health check has at least."""

DNS_SUFFIXES: Mapping[str, str] = MappingProxyType(
    {
        "aws": "amazonaws.com",
        "aws-cn": "amazonaws.com.cn",
        "aws-eusc": "amazonaws.eu",
        "aws-us-gov": "amazonaws.com",
    }
)
"""Partition → the domain of its endpoints (https://docs.aws.amazon.com/general/latest/gr/rande.html)."""


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
