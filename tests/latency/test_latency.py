"""The estimate is the best fit to the figures, and the page about it tells its error."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.latency.figures import errors_of, read_pairs, share_of_right_choices
from tfgen.latency import BASE_MS, STRETCH, estimate_ms, round_trip_ms
from tfgen.places import distance_km, find_place, place_of_region
from tfgen.regions import REGIONS

PAGE = Path(__file__).parents[2] / "docs" / "concepts" / "latency.md"
TABLES = ("cloudping", "ibm", "azure")


def best_fit(ways: list[tuple[float, float]]) -> tuple[float, float, float]:
    """Returns mean error, base and stretch that fit best, in steps of 1 ms and 0.01."""
    return min(
        (
            sum(abs(base + stretch * km / 10_000 - ms) for km, ms in ways) / len(ways),
            float(base),
            stretch / 100,
        )
        for base in range(31)
        for stretch in range(100, 200)
    )


def test_the_numbers_are_the_best_fit() -> None:
    ways = [(pair.way_km, pair.measured_ms) for pair in read_pairs("cloudping")]
    _, base, stretch = best_fit(ways)
    assert (base, stretch) == (BASE_MS, STRETCH)


@pytest.mark.parametrize("name", TABLES)
def test_the_page_tells_the_error(name: str) -> None:
    pairs = read_pairs(name)
    errors, (right, cost) = errors_of(pairs), share_of_right_choices(pairs)
    row = (
        rf"\| {name}\.csv \| {errors.pairs} \| {errors.median:.0f} ms \| {errors.p90:.0f} ms "
        rf"\| {errors.worst:.0f} ms \| {right * 100:.0f} % \| {cost:.0f} ms \|"
    )
    assert re.search(row, PAGE.read_text(encoding="utf-8")), row


def test_the_page_tells_the_worst_pairs() -> None:
    worst = sorted(read_pairs("cloudping"), key=lambda pair: -abs(pair.error_ms))[:4]
    page = PAGE.read_text(encoding="utf-8")
    for pair in worst:
        row = (
            f"| `{pair.start}` to `{pair.end}` "
            f"| {pair.measured_ms:.0f} ms | {pair.estimated_ms:.0f} ms |"
        )
        assert row in page, row


def test_the_page_tells_the_formula_and_what_the_ways_are_worth() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert f"{BASE_MS:.0f} ms + {STRETCH} * way / 100 km" in page
    direct = []
    for pair in read_pairs("cloudping"):
        start, end = find_place(pair.start), find_place(pair.end)
        points = ((start.latitude, start.longitude), (end.latitude, end.longitude))
        direct.append((distance_km(*points), pair.measured_ms))
    _, base, stretch = best_fit(direct)
    errors = sorted(abs(base + stretch * km / 100 - ms) for km, ms in direct)
    typical, p90, worst = errors[len(errors) // 2], errors[int(len(errors) * 0.9)], errors[-1]
    assert f"median {typical:.0f} ms, p90 {p90:.0f} ms, worst {worst:.0f} ms" in page


@pytest.mark.parametrize("name", TABLES)
def test_the_page_names_every_source(name: str) -> None:
    text = (Path(__file__).parent / f"{name}.csv").read_text(encoding="utf-8")
    page = PAGE.read_text(encoding="utf-8")
    (source, *_) = re.findall(r"https://[^\s),]+", text)
    assert source in page


@pytest.mark.parametrize(
    ("city", "nearest"),
    [
        ("london", "eu-west-2"),
        ("oregon", "us-west-2"),
        ("tokyo", "us-west-2"),
        ("sao paulo", "us-west-2"),
        ("mumbai", "eu-west-2"),
        ("cape town", "eu-west-2"),
    ],
)
def test_the_two_regions_of_the_walk_through(city: str, nearest: str) -> None:
    place = find_place(city)
    assert min(("us-west-2", "eu-west-2"), key=lambda name: round_trip_ms(place, name)) == nearest


def test_every_pair_of_regions_has_an_estimate() -> None:
    places = [place_of_region(name) for name in REGIONS]
    for here in places:
        for there in places:
            there_and_back = estimate_ms(here, there)
            assert BASE_MS <= there_and_back < 500
            assert there_and_back == pytest.approx(estimate_ms(there, here))
    assert estimate_ms(places[0], places[0]) == BASE_MS
