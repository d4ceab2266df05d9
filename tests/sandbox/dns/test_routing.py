"""Which record answers, by policy and health."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.sandbox.dns.zone import (
    API,
    LONDON,
    OREGON,
    ask,
    latency,
    target_in,
    values,
    weighted,
    zones_of,
)
from tfgen.latency import round_trip_ms
from tfgen.places import Place, find_place
from tfgen.sandbox.dns.model import Location, Policy, RecordSet, Status
from tfgen.sandbox.dns.resolver import resolve

TWO = zones_of(latency("us-west-2"), latency("eu-west-2"))


@pytest.mark.parametrize(
    ("place", "region"),
    [
        ("london", "eu-west-2"),
        ("oregon", "us-west-2"),
        ("tokyo", "us-west-2"),
        ("sao paulo", "us-west-2"),
        ("nairobi", "eu-west-2"),
        ("51.5,-0.13", "eu-west-2"),
    ],
)
def test_the_nearest_region_answers(place: str, region: str) -> None:
    found = ask(TWO, place=find_place(place))
    assert (found.status, found.region, found.target) == (Status.FOUND, region, target_in(region))
    assert [(answer.name, answer.type, answer.ttl) for answer in found.answers] == [(API, "A", 60)]


def test_the_decision_is_explained() -> None:
    decision = ask(TWO).decision
    assert decision is not None
    assert decision.policy is Policy.LATENCY
    near, far = decision.candidates
    assert (near.record.region, near.chosen, near.why) == ("eu-west-2", True, "nearest")
    assert (far.record.region, far.chosen, far.why) == ("us-west-2", False, "farther")
    assert near.latency_ms == round_trip_ms(LONDON, "eu-west-2")
    assert far.latency_ms == round_trip_ms(LONDON, "us-west-2")


def test_an_unhealthy_region_does_not_answer() -> None:
    found = ask(TWO, sick=("eu-west-2",))
    assert found.region == "us-west-2"
    assert found.decision is not None
    assert [(one.why, one.healthy) for one in found.decision.candidates] == [
        ("unhealthy", False),
        ("nearest healthy", True),
    ]


def test_all_unhealthy_is_all_healthy() -> None:
    found = ask(TWO, sick=("eu-west-2", "us-west-2"))
    assert found.region == "eu-west-2"
    assert found.decision is not None
    assert found.decision.candidates[0].why == "all are unhealthy, so all count as healthy"
    assert not found.decision.candidates[0].healthy


def test_a_region_that_we_do_not_know_is_the_farthest() -> None:
    found = ask(zones_of(latency("xx-new-1"), latency("us-west-2")))
    assert found.region == "us-west-2"
    assert found.decision is not None
    assert found.decision.candidates[1].latency_ms is None


def test_weights_are_shares() -> None:
    zones = zones_of(weighted(1, 3), weighted(2, 1), weighted(3, 0))
    drawn = Counter(
        values(resolve(zones, API, "A", LONDON, lambda _: True))[0] for _ in range(4000)
    )
    assert set(drawn) == {"192.0.2.1", "192.0.2.2"}
    # Six standard deviations around 3,000.
    assert 2835 < drawn["192.0.2.1"] < 3165


@pytest.mark.parametrize(
    ("weights", "sick", "lot", "answer", "others"),
    [
        ((1, 1), (), 1, 2, ["drawn another"]),
        ((1, 1), ("1",), 0, 2, ["unhealthy"]),
        ((1, 0), (), 1, 1, ["weight 0"]),
        ((1, 0), ("1",), 0, 2, ["unhealthy"]),
        ((0, 0), (), 1, 2, ["drawn another"]),
        ((1, 0), ("1", "2"), 0, 1, ["unhealthy"]),
        ((1, 0, 0), ("1", "2"), 0, 3, ["unhealthy", "unhealthy"]),
    ],
)
def test_weight_and_health(
    weights: tuple[int, ...], sick: tuple[str, ...], lot: int, answer: int, others: list[str]
) -> None:
    zones = zones_of(*(weighted(at + 1, weight) for at, weight in enumerate(weights)))
    found = ask(zones, sick=sick, lot=lot)
    assert values(found) == [f"192.0.2.{answer}"]
    assert found.decision is not None
    assert [one.why for one in found.decision.candidates if not one.chosen] == others


def failover(role: str, number: int) -> RecordSet:
    return RecordSet(
        API,
        "A",
        ttl=60,
        values=(f"192.0.2.{number}",),
        set_identifier=role,
        failover=role,
        health_check=role,
    )


@pytest.mark.parametrize(
    ("sick", "answer"),
    [
        ((), "192.0.2.1"),
        (("PRIMARY",), "192.0.2.2"),
        (("SECONDARY",), "192.0.2.1"),
        (("PRIMARY", "SECONDARY"), "192.0.2.1"),
    ],
)
def test_failover(sick: tuple[str, ...], answer: str) -> None:
    zones = zones_of(failover("SECONDARY", 2), failover("PRIMARY", 1))
    assert values(ask(zones, sick=sick)) == [answer]


def located(name: str, **location: str) -> RecordSet:
    return RecordSet(
        API,
        "TXT",
        ttl=60,
        values=(f'"{name}"',),
        set_identifier=name,
        location=Location(**location),
        health_check=name,
    )


LOCATIONS = (
    located("everybody", country="*"),
    located("europe", continent="EU"),
    located("britain", country="GB"),
    located("america", country="US"),
    located("texas", country="US", subdivision="TX"),
)


@pytest.mark.parametrize(
    ("place", "sick", "answer"),
    [
        ("london", (), "britain"),
        ("london", ("britain",), "europe"),
        ("london", ("britain", "europe"), "everybody"),
        ("london", ("britain", "europe", "everybody"), "britain"),
        ("paris", (), "europe"),
        ("houston", (), "texas"),
        ("seattle", (), "america"),
        ("tokyo", (), "everybody"),
    ],
)
def test_geolocation(place: str, sick: tuple[str, ...], answer: str) -> None:
    found = ask(zones_of(*LOCATIONS), type_="TXT", place=find_place(place), sick=sick)
    assert values(found) == [f'"{answer}"']


def test_no_location_fits() -> None:
    found = ask(zones_of(*LOCATIONS[1:]), type_="TXT", place=find_place("tokyo"))
    assert (found.status, found.answers) == (Status.NO_DATA, ())
    assert found.decision is not None
    assert {one.why for one in found.decision.candidates} == {"for clients elsewhere"}


def multivalue(number: int) -> RecordSet:
    return RecordSet(
        API,
        "A",
        ttl=60,
        values=(f"192.0.2.{number}",),
        set_identifier=str(number),
        multivalue=True,
        health_check=str(number),
    )


@pytest.mark.parametrize(("sick", "many"), [(0, 8), (4, 6), (10, 8)])
def test_multivalue_answers_with_up_to_eight_healthy_ones(sick: int, many: int) -> None:
    zones = zones_of(*(multivalue(number) for number in range(10)))
    unhealthy = tuple(map(str, range(sick)))
    found = ask(zones, sick=unhealthy)
    assert len(values(found)) == many
    if sick < 10:
        assert not {f"192.0.2.{number}" for number in unhealthy} & set(values(found))


def test_a_simple_record_answers_though_it_is_unhealthy() -> None:
    record = RecordSet(API, "A", ttl=60, values=("192.0.2.1",), health_check="one")
    assert values(ask(zones_of(record), sick=("one",))) == ["192.0.2.1"]


def test_places_need_no_city() -> None:
    somewhere = Place("at sea", 45.0, -130.0, OREGON.country)
    assert ask(TWO, place=somewhere).region == "us-west-2"
