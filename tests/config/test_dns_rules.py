"""Domains, zones and routing: what is refused, where, and with which hint."""

from __future__ import annotations

import pytest

from tests.config.test_resolve import HEAD, app_of, refusal
from tfgen.app import Zone
from tfgen.config.load import loads
from tfgen.errors import TfgenError
from tfgen.resolve import resolve_all

TWO = "regions:\n  us-west-2: {}\n  eu-west-2: {}\n"
ZONE = "api:\n  zone: example.com\n  domain: a.example.com\n"


def routed(policy: str, west: str, london: str, rest: str = "") -> str:
    """Returns a config with a routing policy in line 6 and the regions' parts in 8 and 9."""
    return (
        f"{ZONE}  routing: {policy}\n"
        f"regions:\n  us-west-2: {{routing: {west}}}\n  eu-west-2: {{routing: {london}}}\n{rest}"
    )


@pytest.mark.parametrize(
    ("text", "line", "message", "hint"),
    [
        (
            TWO
            + "api:\n  zone: example.com\n  domain:\n    - a.example.com\n    - a.example.org\n",
            10,
            "`a.example.org` is not inside the zone `example.com`",
            "`a.example.com`",
        ),
        (
            TWO
            + "api:\n  zone: example.com\n  domain:\n    - a.example.com\n    - a.example.com\n",
            10,
            "`a.example.com` is there twice",
            "remove one",
        ),
        (
            TWO + "api:\n  zone: example.com\n  domain: [example.com, us-west-2.example.com]\n"
            "  region_domains: true\n",
            9,
            "`us-west-2.example.com` is there twice",
            "remove one",
        ),
        (
            TWO + 'api:\n  zone: example.com\n  domain: "*.example.com"\n  region_domains: true\n',
            9,
            "`api.region_domains` needs a domain that is no wildcard, and `*.example.com` is one",
            'add a name, such as `domain: ["*.example.com", "example.com"]`',
        ),
        (
            TWO + 'api:\n  zone: example.com\n  domain: ["*.example.com"]\n'
            "  disable_execute_api: true\n",
            9,
            "`api.disable_execute_api` needs a domain that is no wildcard",
            "or remove `disable_execute_api:`",
        ),
        (
            "regions: {us-west-2: }\napi:\n  zone: example.com\n  region_domains: true\n"
            '  domain: [a.example.com, "*.us-west-2.a.example.com"]\n',
            7,
            "`*.us-west-2.a.example.com` and `us-west-2.a.example.com` have one validation record",
            "leave the wildcard out",
        ),
        (
            "regions: {us-west-2: }\napi: {zone: example.com}\nstages:\n"
            '  a: {api: {domain: "*.example.com"}}\n  b: {api: {domain: example.com}}\n',
            7,
            "The stages `a` and `b` share the validation record of `example.com`",
            "give both names to one stage",
        ),
        (
            TWO + f"{ZONE}  health_check:\n    regions: [us-east-1, us-east-1, eu-west-1]\n",
            10,
            "Route 53 checks from 3 different regions at least",
            "add others of ap-northeast-1",
        ),
        (
            "regions: {cn-north-1: {}}\n"
            f"{ZONE}  health_check:\n    regions: [us-east-1, us-west-2, eu-west-1]\n",
            8,
            "Route 53 does not let the partition `aws-cn` choose who checks",
            "leave `regions:` out",
        ),
        (
            TWO + f"api: {{zone: example.com, domain: {'a' * 54}.example.com}}\n",
            6,
            "has 66 characters; a certificate's name may have 64",
            "shorter by 2",
        ),
        (
            TWO + f"api:\n  zone: example.com\n  domain: {'a' * 50}.example.com\n"
            "  disable_execute_api: true\n",
            9,
            "has 72 characters",
            "shorter by 8",
        ),
        (
            ZONE + "  zone_role_arn: arn:aws-cn:iam::123456789012:role/dns\n" + TWO,
            6,
            "is in the partition `aws-cn`, the app in `aws`",
            "assume",
        ),
        (
            ZONE + "  region_domains: true\nregions: {us-west-2: }\n"
            "stages:\n  a: {api: {endpoint: edge}}\n",
            6,
            "has no effect on an edge endpoint",
            "regional",
        ),
        (
            ZONE + "regions: {us-gov-west-1: {}}\n",
            5,
            "no public hosted zones in the partition `aws-us-gov`",
            "leave `domain:` and `zone:` out",
        ),
        (TWO + "api: {routing: weighted}\n", 6, "`api.routing` has no effect without", "domain"),
        (
            "regions:\n  us-west-2:\n    routing: {weight: 1}\n",
            5,
            "`regions.us-west-2.routing.weight` has no effect without `api.domain`",
            "remove `weight:`",
        ),
        (
            routed("latency", "{weight: 1}", "{}"),
            8,
            "routing.weight` has no effect while `api.routing` is `latency`",
            "set `routing: weighted`",
        ),
        (
            routed("weighted", "{weight: 1, failover: primary}", "{weight: 1}"),
            8,
            "routing.failover` has no effect while `api.routing` is `weighted`",
            "set `routing: failover`",
        ),
        (
            routed("failover", "{failover: primary}", '{locations: ["*"], failover: secondary}'),
            9,
            "routing.locations` has no effect",
            "set `routing: geolocation`",
        ),
        (
            routed("weighted", "{weight: 1}", "{}"),
            9,
            "needs the weight of `eu-west-2`",
            "eu-west-2: {routing: {weight: 10}}",
        ),
        (routed("weighted", "{weight: 0}", "{weight: 0}"), 9, "weights of all regions are 0", "1"),
        (
            routed("failover", "{failover: primary}", "{failover: secondary}", "  ca-west-1: {}\n"),
            6,
            "is between two regions, and the app has 3 regions",
            "two regions",
        ),
        (
            ZONE + "  routing: failover\nregions: {us-west-2: {routing: {failover: primary}}}\n",
            6,
            "is between two regions, and the app has 1 region",
            "two regions",
        ),
        (
            routed("failover", "{failover: primary}", "{failover: primary}"),
            9,
            "exactly one primary region, and both regions are",
            "secondary",
        ),
        (
            routed("failover", "{failover: primary}", "{}"),
            9,
            "exactly one secondary region, and no region is",
            "secondary",
        ),
        (
            routed("failover", "{failover: primary}", "{failover: secondary}").replace(
                "  routing: failover\n", "  routing: failover\n  health_check: false\n"
            ),
            7,
            "needs a health check",
            "remove `health_check: false`",
        ),
        (
            routed("geolocation", '{locations: ["*"]}', "{}"),
            9,
            "needs the locations that `eu-west-2` serves",
            "locations",
        ),
        (
            routed("geolocation", "{locations: [US]}", "{locations: [GB]}"),
            6,
            "No region serves clients whose location is not listed",
            '"*"',
        ),
        (
            routed("geolocation", '{locations: ["*"]}', '{locations: ["*"]}'),
            8,
            "The location `*` is served by `eu-west-2` already",
            "one region for each location",
        ),
        (
            routed("geolocation", '{locations: ["*", GB]}', "{locations: [GB]}"),
            8,
            "The location `GB` is served by `eu-west-2` already",
            "remove one",
        ),
        (
            routed("geolocation", '{locations: ["*"]}', "{locations: [UK]}"),
            9,
            "There is no country `UK`",
            "`GB`",
        ),
        (
            routed("geolocation", '{locations: ["*"]}', "{locations: [EH]}"),
            9,
            "knows no addresses in `EH` (Western Sahara)",
            "`continent:AF`",
        ),
        (
            routed("geolocation", '{locations: ["*"]}', "{locations: [CA-ON]}"),
            9,
            "states of the United States only, not `CA-ON`",
            "`CA`",
        ),
        (
            routed("geolocation", '{locations: ["*"]}', "{locations: [US-ZZ]}"),
            9,
            "There is no state `US-ZZ`",
            "US-WA",
        ),
        (
            ZONE + "regions:\n  me-west-1: {}\n",
            7,
            "Route 53 has no latency records for `me-west-1`",
            "another region",
        ),
        (
            ZONE + "regions:\n  ap-southeast-6: {}\nterraform: {aws_provider: 5}\n",
            7,
            "AWS provider 5 has no latency records for `ap-southeast-6`",
            "`aws_provider: 6`",
        ),
        (
            TWO + "api:\n  zone: example.com\n  region_domains: true\nstages:\n"
            "  a: {api: {domain: example.com}}\n"
            "  b: {api: {domain: [b.example.com, eu-west-2.example.com]}}\n",
            11,
            "The stages `a` and `b` share the domain `eu-west-2.example.com`",
            "a domain of its own",
        ),
    ],
)
def test_rules(text: str, line: int, message: str, hint: str) -> None:
    error = refusal(text)
    assert message in error.message
    assert error.place == f"tfgen.yaml:{line}"
    assert hint in (error.hint or "")


def test_a_location_that_is_none_is_explained_without_a_pattern() -> None:
    with pytest.raises(TfgenError) as error:
        loads(HEAD + routed("geolocation", "{locations: [Europe]}", "{}"))
    assert error.value.message.endswith("cannot be 'Europe'")
    assert "`continent:EU`" in (error.value.hint or "")


@pytest.mark.parametrize("provider", [5, 6])
def test_a_region_without_latency_records_can_have_others(provider: int) -> None:
    text = routed("weighted", "{weight: 1}", "{weight: 1}").replace("eu-west-2", "ap-southeast-6")
    app = app_of(f"{text}terraform: {{aws_provider: {provider}}}\n")
    assert [region.weight for region in app.regions] == [1, 1]


def test_a_zone_is_named_or_identified() -> None:
    role = "arn:aws:iam::123456789012:role/dns"
    named = app_of(ZONE + TWO).api.domain
    assert named
    assert named.zone == Zone("example.com", None, create=False, role_arn=None)
    given = app_of(
        ZONE.replace("example.com\n", "Z0123456789\n", 1) + f"  zone_role_arn: {role}\n" + TWO
    ).api.domain
    assert given
    assert given.zone == Zone(None, "Z0123456789", create=False, role_arn=role)


@pytest.mark.parametrize(
    ("api", "regions", "expected"),
    [
        ("region_domains: true", ["us-west-2"], ["us-west-2.a.example.com"]),
        ("health_check: {}", ["us-west-2"], [None]),
        ("disable_execute_api: true", ["us-west-2"], [None]),
        (
            "disable_execute_api: true\n  health_check: {}",
            ["us-west-2"],
            ["us-west-2.a.example.com"],
        ),
        (
            "disable_execute_api: true\n  health_check: false",
            ["us-west-2", "eu-west-2"],
            ["eu-west-2.a.example.com", "us-west-2.a.example.com"],
        ),
    ],
)
def test_regions_have_domains_where_nothing_else_leads_to_one_of_them(
    api: str, regions: list[str], expected: list[str | None]
) -> None:
    listed = "".join(f"  {region}: {{}}\n" for region in regions)
    app = app_of(f"{ZONE}  {api}\nregions:\n{listed}")
    assert [region.domain for region in app.regions] == expected


def test_a_stage_without_a_domain_takes_the_routing_back() -> None:
    text = TWO + (
        "api: {domain: a.example.com, zone: example.com, routing: latency, region_domains: true}\n"
        "stages:\n  a: {}\n"
        "  b: {api: {domain: null, zone: null, routing: latency, region_domains: false}}\n"
    )
    first, second = resolve_all(loads(HEAD + text))
    assert first.api.domain
    assert second.api.domain is None
