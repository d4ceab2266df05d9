"""From a name to an answer: zones, types, aliases, CNAMEs, wildcards."""

from __future__ import annotations

import pytest

from tests.sandbox.dns.zone import API, SOA, ask, latency, target_in, values, weighted, zones_of
from tfgen.sandbox.dns.model import Alias, RecordSet, Status, Zone, Zones

EDGE = "d111.cloudfront.net"


def record(name: str, type_: str, *values_: str) -> RecordSet:
    return RecordSet(name, type_, ttl=300, values=values_)


def alias(name: str, target: str, *, evaluate: bool = True, **more: str) -> RecordSet:
    return RecordSet(name, "A", alias=Alias(target, evaluate_target_health=evaluate), **more)  # type: ignore[arg-type]


ZONES = zones_of(
    record("example.com", "TXT", '"v=spf1 -all"'),
    record("www.example.com", "CNAME", "API.example.com."),
    record("blog.example.com", "CNAME", "blogs.example.net"),
    record("a.b.example.com", "A", "192.0.2.7"),
    record("*.apps.example.com", "A", "192.0.2.8"),
    record("one.apps.example.com", "TXT", '"one"'),
    alias("edge.example.com", EDGE, evaluate=False),
    alias("bucket.example.com", "s3-website-us-east-1.amazonaws.com"),
    alias("same.example.com", "a.b.example.com"),
    alias("loop.example.com", "loop2.example.com"),
    alias("loop2.example.com", "loop.example.com"),
    record("round.example.com", "CNAME", "round.example.com"),
    latency("us-west-2"),
    latency("eu-west-2"),
    **{EDGE: "us-east-1"},
)


@pytest.mark.parametrize(
    ("name", "type_", "status"),
    [
        ("example.com", "TXT", Status.FOUND),
        ("EXAMPLE.com.", "txt", Status.FOUND),
        ("example.com", "A", Status.NO_DATA),
        ("b.example.com", "A", Status.NO_DATA),
        ("no.example.com", "A", Status.NO_NAME),
        ("deep.a.b.example.com", "A", Status.NO_NAME),
        ("x.apps.example.com", "A", Status.FOUND),
        ("x.y.apps.example.com", "A", Status.FOUND),
        ("x.apps.example.com", "MX", Status.NO_DATA),
        ("one.apps.example.com", "A", Status.NO_DATA),
        ("x.one.apps.example.com", "A", Status.NO_NAME),
        ("example.org", "A", Status.NOT_OURS),
        ("notexample.com", "A", Status.NOT_OURS),
        ("loop.example.com", "A", Status.LOOP),
        ("round.example.com", "A", Status.LOOP),
    ],
)
def test_status(name: str, type_: str, status: Status) -> None:
    found = ask(ZONES, name, type_)
    assert found.status is status
    assert found.name == name.rstrip(".").lower()
    if status in {Status.NO_DATA, Status.NO_NAME}:
        assert found.soa == SOA


def test_a_cname_leads_on_to_the_region() -> None:
    found = ask(ZONES, "www.example.com")
    assert [(one.name, one.type) for one in found.answers] == [
        ("www.example.com", "CNAME"),
        (API, "A"),
    ]
    assert found.region == "eu-west-2"
    assert found.decision is not None
    assert len(found.decision.candidates) == 2


def test_a_cname_that_leads_away_is_the_answer() -> None:
    found = ask(ZONES, "blog.example.com")
    assert (found.status, values(found)) == (Status.FOUND, ["blogs.example.net"])
    assert (found.target, found.region) == ("blogs.example.net", None)


def test_a_cname_can_be_asked_for() -> None:
    found = ask(ZONES, "www.example.com", "CNAME")
    assert values(found) == ["API.example.com."]
    assert len(found.answers) == 1


def test_the_gateway_has_no_ipv6_address() -> None:
    both = RecordSet(API, "AAAA", alias=Alias(target_in("us-west-2")))
    found = ask(zones_of(both), API, "AAAA")
    assert (found.status, found.region) == (Status.NO_DATA, "us-west-2")


def test_an_edge_domain_is_in_the_region_where_it_was_made() -> None:
    found = ask(ZONES, "edge.example.com")
    assert (found.target, found.region) == (EDGE, "us-east-1")


def test_an_alias_to_what_is_not_simulated_has_no_address() -> None:
    found = ask(ZONES, "bucket.example.com")
    assert (found.status, found.region) == (Status.NO_DATA, None)
    assert found.target == "s3-website-us-east-1.amazonaws.com"


def test_an_alias_in_the_zone_answers_in_its_own_name() -> None:
    found = ask(ZONES, "same.example.com")
    assert [(one.name, one.values, one.ttl) for one in found.answers] == [
        ("same.example.com", ("192.0.2.7",), 300)
    ]


def test_execute_api_hosts_need_no_zone() -> None:
    found = ask(ZONES, "abc123.execute-api.ap-northeast-1.amazonaws.com")
    assert (found.status, found.region) == (Status.FOUND, "ap-northeast-1")
    assert found.decision is None


def test_the_longest_zone_answers() -> None:
    inner = Zone("Z2", "api.example.com", (record("api.example.com", "A", "192.0.2.9"),))
    found = ask(Zones((*ZONES.zones, inner)), API)
    assert values(found) == ["192.0.2.9"]


@pytest.mark.parametrize(
    ("sick", "region"),
    [((), "eu-west-2"), (("1",), "eu-west-2"), (("1", "2"), "us-west-2")],
)
def test_an_alias_is_as_healthy_as_its_target(sick: tuple[str, ...], region: str) -> None:
    europe = "eu.example.com"
    zones = zones_of(
        alias(API, europe, set_identifier="eu-west-2", region="eu-west-2"),
        latency("us-west-2", check=False),
        *(
            RecordSet(
                europe,
                "A",
                alias=Alias(target_in("eu-west-2")),
                set_identifier=number,
                weight=1,
                health_check=number,
            )
            for number in ("1", "2")
        ),
    )
    assert ask(zones, sick=sick).region == region


def test_without_target_health_an_alias_is_healthy() -> None:
    zones = zones_of(
        alias(API, "eu.example.com", evaluate=False, set_identifier="e", region="eu-west-2"),
        latency("us-west-2", check=False),
        RecordSet("eu.example.com", "A", alias=Alias(target_in("eu-west-2")), health_check="1"),
    )
    assert ask(zones, sick=("1",)).region == "eu-west-2"


def test_target_health_of_a_loop_ends() -> None:
    zones = zones_of(alias(API, "b.example.com"), alias("b.example.com", API))
    assert ask(zones).status is Status.LOOP


def test_the_first_choice_between_several_is_the_decision() -> None:
    zones = zones_of(alias("top.example.com", API), weighted(1, 1), weighted(2, 1))
    found = ask(zones, "top.example.com")
    assert len(found.decisions) == 2
    assert found.decision == found.decisions[1]


def test_a_zone_holds_no_name_of_another() -> None:
    (zone,) = ZONES.zones
    assert zone.at("example.org") is None
    assert zone.at("notexample.com") is None
    assert zone.at("com") is None
