"""Places by city, region and coordinates, and what is said about others."""

from __future__ import annotations

import pytest

from tfgen.errors import ExitCode, TfgenError
from tfgen.places import countries, distance_km, find_place, place_of_region
from tfgen.regions import REGIONS


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("london", "London, United Kingdom"),
        ("  LONDON ", "London, United Kingdom"),
        ("london,ca", "London, ON, Canada"),
        ("London, Ontario", "London, ON, Canada"),
        ("london, uk", "London, United Kingdom"),
        ("portland", "Portland, OR, United States"),
        ("portland, us", "Portland, OR, United States"),
        ("portland,me", "Portland, ME, United States"),
        ("Portland, Maine, USA", "Portland, ME, United States"),
        ("sao paulo", "São Paulo, Brazil"),
        ("São Paulo", "São Paulo, Brazil"),
        ("sa\u0303o paulo", "São Paulo, Brazil"),
        ("zurich", "Zürich, Switzerland"),
        ("st louis", "St. Louis, MO, United States"),
        ("Saint Louis", "St. Louis, MO, United States"),
        ("new york", "New York City, NY, United States"),
        ("łódź", "Łódź, Poland"),
        ("lodz", "Łódź, Poland"),
        ("bombay", "Mumbai, India"),
        ("frankfurt", "Frankfurt am Main, Germany"),
        ("perth, western australia", "Perth, WA, Australia"),
        ("tokyo", "Tokyo, Japan"),
        ("singapore", "Singapore, Singapore"),
        ("oregon", "us-west-2 (Oregon)"),
        ("Northern Virginia", "us-east-1 (Northern Virginia)"),
        ("virginia", "us-east-1 (Northern Virginia)"),
        ("ireland", "eu-west-1 (Ireland)"),
        ("EU-West-2", "eu-west-2 (London)"),
        ("51.5,-0.13", "51.5, -0.13"),
        (" +51.5 , 0 ", "51.5, 0"),
    ],
)
def test_found(text: str, name: str) -> None:
    assert find_place(text).name == name


def test_a_region_is_where_it_is() -> None:
    place = find_place("oregon")
    assert place == place_of_region("us-west-2")
    assert (place.latitude, place.longitude, place.country) == (45.84, -119.70, "US")
    assert all(place_of_region(name).country for name in REGIONS)


def test_coordinates_have_the_country_of_the_nearest_city() -> None:
    place = find_place("30.3,-97.7")
    assert (place.country, place.state) == ("US", "TX")
    assert find_place("-90,180").latitude == -90


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("londn", "`london,gb`"),
        ("lndon, uk", "`london,gb`"),
        ("sao  paolo", "`são paulo,br`"),
        ("oregn", "`oregon`"),
        ("us-west-9", "`us-west-2`"),
        ("portland,fr", "`portland,or,us` or `portland,me,us`"),
        ("japan", "`tokyo,jp`"),
    ],
)
def test_unknown_with_near_matches(text: str, hint: str) -> None:
    with pytest.raises(TfgenError) as error:
        find_place(text)
    assert error.value.message == f"There is no place `{text}`"
    assert error.value.exit_code is ExitCode.USAGE
    assert error.value.hint is not None
    assert hint in error.value.hint
    for suggestion in error.value.hint.split("?", maxsplit=1)[0].split("`")[1::2]:
        assert find_place(suggestion).name


@pytest.mark.parametrize("text", ["", " ", ",", "xyzzyx", "東京", "1,2,3", "nan,nan"])
def test_unknown_and_nothing_near(text: str) -> None:
    with pytest.raises(TfgenError, match="There is no place") as error:
        find_place(text)
    assert error.value.exit_code is ExitCode.USAGE
    assert error.value.hint is not None
    assert "a place is a large city, an AWS region, or `lat,lon`" in error.value.hint


@pytest.mark.parametrize("text", ["90.1,0", "-91,0", "0,180.5", "200,300"])
def test_coordinates_off_the_earth(text: str) -> None:
    with pytest.raises(TfgenError, match=f"There are no coordinates `{text}`") as error:
        find_place(text)
    assert error.value.exit_code is ExitCode.USAGE


def test_countries() -> None:
    assert len(countries()) > 240
    assert {country.continent for country in countries().values()} == {
        "AF", "AN", "AS", "EU", "NA", "OC", "SA",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("start", "end", "km"),
    [
        ((0, 0), (0, 0), 0),
        ((0, 0), (0, 180), 20015),
        ((90, 0), (0, 77), 10008),
        ((0, 179), (0, -179), 222),
        # London to New York, as atlases have it.
        ((51.51, -0.13), (40.71, -74.01), 5570),
    ],
)
def test_distance(start: tuple[float, float], end: tuple[float, float], km: float) -> None:
    assert distance_km(start, end) == pytest.approx(km, abs=1)
    assert distance_km(end, start) == pytest.approx(km, abs=1)
