"""Where a client is: a city, an AWS region, or coordinates.

The tables of cities and countries come from GeoNames; their files say which rows and on which
terms. A name that several cities share means the most populous one, unless a country or a state
follows it.
"""

from __future__ import annotations

import csv
import difflib
import math
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from tfgen.errors import ExitCode, TfgenError
from tfgen.regions import REGIONS

_EARTH_RADIUS_KM: Final = 6371.0
_COORDINATES: Final = re.compile(r"\s*([-+]?\d+(?:\.\d+)?)\s*,\s*([-+]?\d+(?:\.\d+)?)\s*")

# Letters that Unicode does not decompose into a plain one and a mark.
_PLAIN: Final = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "æ": "ae", "œ": "oe", "þ": "th"}
    | {"\N{LATIN SMALL LETTER DOTLESS I}": "i"}
)
# Signs inside a word: apostrophes of all kinds (O'Fallon, Xi'an), and periods (St. Louis).
_INSIDE: Final = re.compile("['`.\u2018\u2019\u02bb\u02bc]")

_COUNTRY_ALIASES: Final = {"uk": "GB", "england": "GB", "usa": "US", "uae": "AE", "korea": "KR"}

# What people call a region beside the name that AWS gives it.
_REGION_ALIASES: Final = {"virginia": "us-east-1", "california": "us-west-1"}


@dataclass(frozen=True, slots=True)
class Country:
    """A country.

    Attributes:
        code: ISO 3166-1, for example ``GB``.
        continent: as Route 53 abbreviates it: AF, AN, AS, EU, NA, OC, SA.
        name: in English.
    """

    code: str
    continent: str
    name: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where a client is.

    Attributes:
        name: to show, for example ``London, United Kingdom``.
        latitude: degrees north.
        longitude: degrees east.
        country: ISO 3166-1; for coordinates, that of the nearest city that we know.
        state: of the United States, Canada and Australia, for example ``OR``; else empty.
    """

    name: str
    latitude: float
    longitude: float
    country: str
    state: str = ""


@dataclass(frozen=True, slots=True)
class _City:
    name: str
    place: Place


def find_place(text: str) -> Place:
    """Returns the place that a text names.

    Args:
        text: a city, with a country or a state if need be (``portland, us``), in any case and with
            or without accents; an AWS region, or what AWS names it after (``oregon``); or
            coordinates, ``51.5,-0.13``.

    Raises:
        TfgenError: there is no such place, or no such coordinates.
    """
    if match := _COORDINATES.fullmatch(text):
        return _of_coordinates(text, float(match[1]), float(match[2]))
    if (region := text.strip().lower()) in REGIONS:
        return place_of_region(region)
    name, *qualifiers = (_fold(part) for part in text.split(","))
    qualifiers = [qualifier for qualifier in qualifiers if qualifier]
    cities = _cities().get(name, ())
    for city in cities:
        if all(_is_in(city.place, qualifier) for qualifier in qualifiers):
            return city.place
    if not qualifiers and name in _region_places():
        return place_of_region(_region_places()[name])
    raise _unknown(text, name, cities)


def place_of_region(region: str) -> Place:
    """Returns where an AWS region is.

    Args:
        region: one of `tfgen.regions.REGIONS`.
    """
    info = REGIONS[region]
    return Place(f"{region} ({info.place})", info.latitude, info.longitude, info.country)


@cache
def countries() -> Mapping[str, Country]:
    """Returns all countries by their codes."""
    return {row["code"]: Country(**row) for row in _rows("countries.csv")}


def distance_km(start: tuple[float, float], end: tuple[float, float]) -> float:
    """Returns the distance along the earth, in kilometers.

    Args:
        start: latitude and longitude, degrees.
        end: the same.
    """
    latitude, other = math.radians(start[0]), math.radians(end[0])
    turn = math.radians(end[1] - start[1])
    haversine = (
        math.sin((other - latitude) / 2) ** 2
        + math.cos(latitude) * math.cos(other) * math.sin(turn / 2) ** 2
    )
    return 2 * _EARTH_RADIUS_KM * math.asin(min(1.0, math.sqrt(haversine)))


def _of_coordinates(text: str, latitude: float, longitude: float) -> Place:
    if abs(latitude) > 90 or abs(longitude) > 180:
        raise TfgenError(
            f"There are no coordinates `{text.strip()}`",
            hint="the latitude is between -90 and 90 and comes first; "
            "the longitude is between -180 and 180",
            exit_code=ExitCode.USAGE,
        )
    nearest = min(
        (city.place for cities in _cities().values() for city in cities),
        key=lambda place: distance_km((latitude, longitude), (place.latitude, place.longitude)),
    )
    name = f"{latitude:g}, {longitude:g}"
    return Place(name, latitude, longitude, nearest.country, nearest.state)


def _is_in(place: Place, qualifier: str) -> bool:
    country = countries()[place.country]
    state = states().get((place.country, place.state), "")
    names = {country.code.lower(), _fold(country.name), place.state.lower(), _fold(state)}
    return qualifier in names or _COUNTRY_ALIASES.get(qualifier) == country.code


def _unknown(text: str, name: str, namesakes: tuple[_City, ...]) -> TfgenError:
    """Returns the error that says what there is instead."""
    if namesakes:
        near = [_written(city) for city in namesakes]
    elif country := {_fold(country.name): code for code, country in countries().items()}.get(name):
        near = [
            _written(city)
            for cities in _cities().values()
            for city in cities
            if city.place.country == country
        ]
    else:
        known = {**dict.fromkeys(_region_places()), **dict.fromkeys(_cities())}
        words = difflib.get_close_matches(name, known, n=3, cutoff=0.7)
        near = [_written(_cities()[word][0]) if word in _cities() else word for word in words]
        near += difflib.get_close_matches(text.strip().lower(), REGIONS, n=1, cutoff=0.8)
    meant = " or ".join(f"`{one}`" for one in list(dict.fromkeys(near))[:3])
    general = "a place is a large city, an AWS region, or `lat,lon`"
    return TfgenError(
        f"There is no place `{text.strip()}`",
        hint=f"did you mean {meant}? Otherwise, {general}" if meant else general,
        exit_code=ExitCode.USAGE,
    )


def _written(city: _City) -> str:
    """Returns how to write a city so that it is found."""
    place = city.place
    return ",".join(part.lower() for part in (city.name, place.state, place.country) if part)


@cache
def _cities() -> Mapping[str, tuple[_City, ...]]:
    """Returns the cities by each of their folded names, the most populous first."""
    found: dict[str, list[_City]] = {}
    for row in _rows("cities.csv"):
        parts = (row["name"], row["state"], countries()[row["country"]].name)
        place = Place(
            ", ".join(part for part in parts if part),
            float(row["latitude"]),
            float(row["longitude"]),
            row["country"],
            row["state"],
        )
        city = _City(row["name"], place)
        # A city's own name goes before somebody else's other name, which the order keeps.
        for name in dict.fromkeys(map(_fold, (row["name"], *row["aliases"].split("|")))):
            if name:
                found.setdefault(name, []).append(city)
    return {name: tuple(cities) for name, cities in found.items()}


@cache
def _region_places() -> Mapping[str, str]:
    """Returns the regions by the folded name of what AWS names them after."""
    named = {_fold(info.place): name for name, info in REGIONS.items() if info.partition == "aws"}
    return named | _REGION_ALIASES


@cache
def states() -> Mapping[tuple[str, str], str]:
    """Returns the names of states and provinces by their country and code.

    Those of the United States are complete, with the District of Columbia.
    """
    return {(row["country"], row["code"]): row["name"] for row in _rows("states.csv")}


def _rows(name: str) -> list[dict[str, str]]:
    text = files("tfgen").joinpath("data", name).read_text(encoding="utf-8")
    return list(csv.DictReader(line for line in text.splitlines() if not line.startswith("#")))


def _fold(text: str) -> str:
    """Returns a name as it is compared: lower case, no marks, single spaces, `st` spelled out."""
    plain = _INSIDE.sub("", text.casefold()).translate(_PLAIN)
    decomposed = unicodedata.normalize("NFKD", plain)
    letters = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    words = re.split(r"[\W_]+", letters)
    return " ".join("saint" if word == "st" else word for word in words if word)
