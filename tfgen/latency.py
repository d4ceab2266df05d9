"""How long a round trip between a client and a region takes, estimated from where they are.

``BASE_MS + STRETCH * (length of the way) / 100 km``: light in glass needs 1 ms for 100 km and back;
cables are longer than the way, and a round trip costs something however short it is. The way is the
great circle inside a part of the world and between neighboring ones, and otherwise leads through
the places where the cables lead: from South America to Europe by way of Virginia, from Europe to
Tokyo by way of Suez and Singapore.

The two numbers are fitted to published figures of AWS regions; `docs/concepts/latency.md` names
the figures and the error, and tests hold both to the data.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, auto
from itertools import pairwise
from typing import Final, TypeAlias

from tfgen.places import Place, countries, distance_km, place_of_region

BASE_MS: Final = 16.0
STRETCH: Final = 1.35
_KM_PER_MS: Final = 100.0

_Point: TypeAlias = tuple[float, float]

_VIRGINIA: Final = (39.04, -77.49)
_CALIFORNIA: Final = (37.34, -121.89)
_LONDON: Final = (51.51, -0.13)
_MARSEILLE: Final = (43.30, 5.38)
_SUEZ: Final = (29.97, 32.53)
_MUMBAI: Final = (19.07, 72.88)
_SINGAPORE: Final = (1.29, 103.85)
_DAKAR: Final = (14.69, -17.44)


class _Part(Enum):
    """A part of the world inside which cables lead everywhere."""

    NORTH_AMERICA = auto()
    SOUTH_AMERICA = auto()
    EUROPE = auto()
    AFRICA = auto()
    EAST_AFRICA = auto()
    MIDDLE_EAST = auto()
    SOUTH_ASIA = auto()
    EAST_ASIA = auto()
    OCEANIA = auto()


_BY_CONTINENT: Final = {
    "AF": _Part.AFRICA,
    "AN": _Part.OCEANIA,
    "AS": _Part.EAST_ASIA,
    "EU": _Part.EUROPE,
    "NA": _Part.NORTH_AMERICA,
    "OC": _Part.OCEANIA,
    "SA": _Part.SOUTH_AMERICA,
}

# Where cables do not follow the continents: the Mediterranean's and the Silk Road's lead to Europe.
_BY_COUNTRY: Final[Mapping[str, _Part]] = {
    **dict.fromkeys(
        ("TR", "CY", "AM", "AZ", "GE", "KZ", "KG", "TJ", "TM", "UZ", "MA", "DZ", "TN", "LY"),
        _Part.EUROPE,
    ),
    **dict.fromkeys(
        ("AE", "BH", "EG", "IL", "IQ", "IR", "JO", "KW", "LB", "OM", "PS", "QA", "SA", "SY", "YE"),
        _Part.MIDDLE_EAST,
    ),
    **dict.fromkeys(("AF", "BD", "BT", "IN", "LK", "MV", "NP", "PK"), _Part.SOUTH_ASIA),
    **dict.fromkeys(
        ("BI", "DJ", "ER", "ET", "KE", "RW", "SD", "SO", "SS", "TZ", "UG"), _Part.EAST_AFRICA
    ),
}

_EASTWARD: Final = (_MARSEILLE, _SUEZ, _MUMBAI, _SINGAPORE)

# What is not here is direct.
_WAYS: Final[Mapping[tuple[_Part, _Part], tuple[_Point, ...]]] = {
    (_Part.SOUTH_AMERICA, _Part.EUROPE): (_VIRGINIA,),
    (_Part.SOUTH_AMERICA, _Part.AFRICA): (_VIRGINIA, _LONDON, _DAKAR),
    (_Part.SOUTH_AMERICA, _Part.EAST_AFRICA): (_VIRGINIA, _MARSEILLE, _SUEZ),
    (_Part.SOUTH_AMERICA, _Part.MIDDLE_EAST): (_VIRGINIA, _MARSEILLE, _SUEZ),
    (_Part.SOUTH_AMERICA, _Part.SOUTH_ASIA): (_VIRGINIA, _MARSEILLE, _SUEZ),
    (_Part.SOUTH_AMERICA, _Part.EAST_ASIA): (_CALIFORNIA,),
    (_Part.SOUTH_AMERICA, _Part.OCEANIA): (_CALIFORNIA,),
    (_Part.NORTH_AMERICA, _Part.AFRICA): (_LONDON, _DAKAR),
    (_Part.NORTH_AMERICA, _Part.EAST_AFRICA): (_MARSEILLE, _SUEZ),
    (_Part.NORTH_AMERICA, _Part.MIDDLE_EAST): (_MARSEILLE, _SUEZ),
    (_Part.NORTH_AMERICA, _Part.SOUTH_ASIA): (_MARSEILLE, _SUEZ),
    (_Part.EUROPE, _Part.AFRICA): (_DAKAR,),
    (_Part.EUROPE, _Part.EAST_AFRICA): (_MARSEILLE, _SUEZ),
    (_Part.EUROPE, _Part.MIDDLE_EAST): (_MARSEILLE, _SUEZ),
    (_Part.EUROPE, _Part.SOUTH_ASIA): (_MARSEILLE, _SUEZ),
    (_Part.EUROPE, _Part.EAST_ASIA): _EASTWARD,
    (_Part.EUROPE, _Part.OCEANIA): _EASTWARD,
    (_Part.AFRICA, _Part.MIDDLE_EAST): (_DAKAR, _MARSEILLE, _SUEZ),
    (_Part.AFRICA, _Part.SOUTH_ASIA): (_DAKAR, _MARSEILLE, _SUEZ),
    (_Part.AFRICA, _Part.EAST_ASIA): (_DAKAR, *_EASTWARD),
    (_Part.AFRICA, _Part.OCEANIA): (_DAKAR, *_EASTWARD),
    (_Part.EAST_AFRICA, _Part.EAST_ASIA): (_MUMBAI, _SINGAPORE),
    (_Part.EAST_AFRICA, _Part.OCEANIA): (_MUMBAI, _SINGAPORE),
    (_Part.MIDDLE_EAST, _Part.EAST_ASIA): (_MUMBAI, _SINGAPORE),
    (_Part.MIDDLE_EAST, _Part.OCEANIA): (_MUMBAI, _SINGAPORE),
    (_Part.SOUTH_ASIA, _Part.EAST_ASIA): (_SINGAPORE,),
    (_Part.SOUTH_ASIA, _Part.OCEANIA): (_SINGAPORE,),
}


def round_trip_ms(place: Place, region: str) -> float:
    """Returns the estimated round trip between a client and a region, in milliseconds.

    Args:
        place: where the client is.
        region: one of `tfgen.regions.REGIONS`.
    """
    return estimate_ms(place, place_of_region(region))


def estimate_ms(start: Place, end: Place) -> float:
    """Returns the estimated round trip between two places, in milliseconds."""
    return BASE_MS + STRETCH * way_km(start, end) / _KM_PER_MS


def way_km(start: Place, end: Place) -> float:
    """Returns the length of the way between two places, in kilometers."""
    points = (
        (start.latitude, start.longitude),
        *_between(_part_of(start), _part_of(end)),
        (end.latitude, end.longitude),
    )
    return sum(distance_km(one, next_) for one, next_ in pairwise(points))


def _between(start: _Part, end: _Part) -> tuple[_Point, ...]:
    if (start, end) in _WAYS:
        return _WAYS[start, end]
    return _WAYS.get((end, start), ())[::-1]


def _part_of(place: Place) -> _Part:
    return _BY_COUNTRY.get(place.country) or _BY_CONTINENT[countries()[place.country].continent]
