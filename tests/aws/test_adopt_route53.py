"""Zones, records and health checks that a broken run left behind."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest

from tfgen.aws.adopt import PlannedResource, find_existing
from tfgen.aws.session import Aws
from tfgen.errors import TfgenError

if TYPE_CHECKING:
    from mypy_boto3_route53.type_defs import HealthCheckConfigTypeDef, ResourceRecordSetUnionTypeDef

REGION = "us-east-1"
TAGS = {"team": "edge"}
HOST = "abc123.execute-api.eu-west-2.amazonaws.com"
TARGET = {"name": "d-1.execute-api.eu-west-2.amazonaws.com", "zone_id": "ZJ5UAJN8Y3Z2Q"}

_numbers = count(1)


def planned(kind: str, **values: Any) -> PlannedResource:
    return PlannedResource(f"{kind}.this", kind, REGION, values)


def reference(prefix: str = "", age: timedelta = timedelta()) -> str:
    """Makes a caller reference as Terraform's plugin SDK does."""
    made = datetime.now(UTC) - age
    return f"{prefix}terraform-{made:%Y%m%d%H%M%S}{made.microsecond // 100:04}{next(_numbers):08x}"


def make_zone(aws: Aws, caller: str, comment: str = "Managed by Terraform", **tags: str) -> str:
    route53 = aws.client("route53", REGION)
    zone = route53.create_hosted_zone(
        Name="example.com", CallerReference=caller, HostedZoneConfig={"Comment": comment}
    )["HostedZone"]
    if tags:
        route53.change_tags_for_resource(
            ResourceType="hostedzone",
            ResourceId=zone["Id"].rpartition("/")[2],
            AddTags=[{"Key": key, "Value": value} for key, value in tags.items()],
        )
    return zone["Id"].rpartition("/")[2]


def make_check(aws: Aws, caller: str, path: str = "/live/_health", **tags: str) -> str:
    route53 = aws.client("route53", REGION)
    config: HealthCheckConfigTypeDef = {
        "Type": "HTTPS",
        "FullyQualifiedDomainName": HOST,
        "Port": 443,
        "ResourcePath": path,
        "RequestInterval": 30,
        "FailureThreshold": 3,
    }
    check = route53.create_health_check(CallerReference=caller, HealthCheckConfig=config)
    if tags:
        route53.change_tags_for_resource(
            ResourceType="healthcheck",
            ResourceId=check["HealthCheck"]["Id"],
            AddTags=[{"Key": key, "Value": value} for key, value in tags.items()],
        )
    return check["HealthCheck"]["Id"]


def make_record(aws: Aws, zone_id: str, record: ResourceRecordSetUnionTypeDef) -> None:
    aws.client("route53", REGION).change_resource_record_sets(
        HostedZoneId=zone_id,
        ChangeBatch={"Changes": [{"Action": "CREATE", "ResourceRecordSet": record}]},
    )


def latency_record(region: str, kind: str = "A", name: str = "api.example.com") -> Any:
    return {
        "Name": name,
        "Type": kind,
        "SetIdentifier": region,
        "Region": region,
        "AliasTarget": {
            "DNSName": TARGET["name"],
            "HostedZoneId": TARGET["zone_id"],
            "EvaluateTargetHealth": True,
        },
    }


def record_plan(zone_id: str, **changed: Any) -> PlannedResource:
    values = {
        "zone_id": zone_id,
        "name": "api.example.com",
        "type": "A",
        "set_identifier": "eu-west-2",
        "alias": [TARGET | {"evaluate_target_health": True}],
        "latency_routing_policy": [{"region": "eu-west-2"}],
        "health_check_id": None,
        "records": None,
        "ttl": None,
    }
    return planned("aws_route53_record", **(values | changed))


ZONE = planned(
    "aws_route53_zone", name="example.com", comment="Managed by Terraform", tags_all=TAGS
)
CHECK = planned(
    "aws_route53_health_check",
    type="HTTPS",
    fqdn=HOST,
    port=443,
    resource_path="/live/_health",
    request_interval=30,
    tags_all=TAGS,
)


def test_zone_is_found(aws: Aws, before: datetime) -> None:
    zone_id = make_zone(aws, reference(), **TAGS)
    assert find_existing(aws, ZONE, before) == zone_id


def test_zone_whose_run_broke_before_it_was_tagged_is_found(aws: Aws, before: datetime) -> None:
    zone_id = make_zone(aws, reference())
    assert find_existing(aws, ZONE, before) == zone_id


@pytest.mark.parametrize(
    ("caller", "comment", "tags"),
    [
        (reference(age=timedelta(hours=1)), "Managed by Terraform", TAGS),
        ("2026-01-01T00:00:00Z", "Managed by Terraform", TAGS),
        (reference(), "made by hand", TAGS),
        (reference(), "Managed by Terraform", {"team": "core"}),
    ],
    ids=["too old", "not made by Terraform", "another comment", "other tags"],
)
def test_zone_of_somebody_else_is_not_found(
    aws: Aws, before: datetime, caller: str, comment: str, tags: dict[str, str]
) -> None:
    make_zone(aws, caller, comment, **tags)
    assert find_existing(aws, ZONE, before) is None


def test_two_zones_are_an_error(aws: Aws, before: datetime) -> None:
    first, second = sorted([make_zone(aws, reference()), make_zone(aws, reference())])
    with pytest.raises(TfgenError, match=f"{first}, {second}"):
        find_existing(aws, ZONE, before)


@pytest.mark.parametrize("prefix", ["", "hello-"])
def test_health_check_is_found(aws: Aws, before: datetime, prefix: str) -> None:
    make_check(aws, reference(), path="/other", **TAGS)
    check_id = make_check(aws, reference(prefix), **TAGS)
    assert find_existing(aws, CHECK, before) == check_id


def test_health_check_whose_run_broke_before_it_was_tagged_is_found(
    aws: Aws, before: datetime
) -> None:
    check_id = make_check(aws, reference())
    assert find_existing(aws, CHECK, before) == check_id


@pytest.mark.parametrize(
    ("caller", "tags"),
    [
        (reference(age=timedelta(hours=1)), TAGS),
        ("3f2b7a10-made-by-hand", TAGS),
        (reference(), {"team": "core"}),
    ],
    ids=["too old", "not made by Terraform", "other tags"],
)
def test_health_check_of_somebody_else_is_not_found(
    aws: Aws, before: datetime, caller: str, tags: dict[str, str]
) -> None:
    make_check(aws, caller, **tags)
    assert find_existing(aws, CHECK, before) is None


def test_two_health_checks_are_an_error(aws: Aws, before: datetime) -> None:
    first, second = sorted([make_check(aws, reference()), make_check(aws, reference())])
    with pytest.raises(TfgenError, match=f"{first}, {second}"):
        find_existing(aws, CHECK, before)


def test_latency_record_is_found_among_its_siblings(aws: Aws, before: datetime) -> None:
    zone_id = make_zone(aws, reference())
    for region in ("us-west-2", "eu-west-2"):
        for kind in ("A", "AAAA"):
            make_record(aws, zone_id, latency_record(region, kind))
    found = find_existing(aws, record_plan(zone_id), before)
    assert found == f"{zone_id}_api.example.com_A_eu-west-2"


def test_record_named_within_its_zone_is_found(aws: Aws, before: datetime) -> None:
    zone_id = make_zone(aws, reference())
    make_record(aws, zone_id, latency_record("eu-west-2"))
    found = find_existing(aws, record_plan(zone_id, name="api"), before)
    assert found == f"{zone_id}_api_A_eu-west-2"


def test_wildcard_record_is_found(aws: Aws, before: datetime) -> None:
    zone_id = make_zone(aws, reference())
    make_record(aws, zone_id, latency_record("eu-west-2", name="*.example.com"))
    found = find_existing(aws, record_plan(zone_id, name="*.example.com"), before)
    assert found == f"{zone_id}_*.example.com_A_eu-west-2"


WEIGHTED = {"latency_routing_policy": [], "weighted_routing_policy": [{"weight": 0}]}
FAILOVER = {"latency_routing_policy": [], "failover_routing_policy": [{"type": "PRIMARY"}]}
GEOLOCATION = {
    "latency_routing_policy": [],
    "geolocation_routing_policy": [{"continent": "", "country": "US", "subdivision": "WA"}],
}


@pytest.mark.parametrize(
    ("said", "plan", "others"),
    [
        ({"Weight": 0}, WEIGHTED, [FAILOVER, {}]),
        ({"Failover": "PRIMARY"}, FAILOVER, [WEIGHTED, GEOLOCATION]),
        (
            {"GeoLocation": {"CountryCode": "US", "SubdivisionCode": "WA"}},
            GEOLOCATION,
            [
                FAILOVER,
                GEOLOCATION | {"geolocation_routing_policy": [{"country": "US"}]},
                {"latency_routing_policy": []},
            ],
        ),
    ],
    ids=["weighted", "failover", "geolocation"],
)
def test_record_of_any_policy_is_found_by_it(
    aws: Aws, before: datetime, said: Any, plan: dict[str, Any], others: list[dict[str, Any]]
) -> None:
    zone_id = make_zone(aws, reference())
    record = latency_record("eu-west-2")
    del record["Region"]
    make_record(aws, zone_id, record | said)
    found = find_existing(aws, record_plan(zone_id, **plan), before)
    assert found == f"{zone_id}_api.example.com_A_eu-west-2"
    for other in others:
        assert find_existing(aws, record_plan(zone_id, **other), before) is None


@pytest.mark.parametrize(
    "changed",
    [
        {"alias": [TARGET | {"name": "d-2.execute-api.eu-west-2.amazonaws.com"}]},
        {"alias": [{"zone_id": TARGET["zone_id"], "evaluate_target_health": True}]},
        {"alias": [TARGET | {"zone_id": "Z2FDTNDATAQYW2"}]},
        {"latency_routing_policy": [{"region": "us-west-2"}]},
        {"health_check_id": "11111111-2222-3333-4444-555555555555"},
        {"set_identifier": "us-west-2"},
        {"type": "AAAA"},
        {"name": "www.example.com"},
        {"alias": [], "records": ["192.0.2.1"], "ttl": 300},
    ],
    ids=[
        "another target",
        "target yet to come",
        "another target zone",
        "another region",
        "another health check",
        "another set identifier",
        "another type",
        "another name",
        "not an alias",
    ],
)
def test_record_that_says_something_else_is_not_found(
    aws: Aws, before: datetime, changed: dict[str, Any]
) -> None:
    zone_id = make_zone(aws, reference())
    make_record(aws, zone_id, latency_record("eu-west-2"))
    assert find_existing(aws, record_plan(zone_id, **changed), before) is None


def test_validation_record_is_found_by_its_value(aws: Aws, before: datetime) -> None:
    zone_id = make_zone(aws, reference())
    name, value = "_a1.api.example.com.", "_b2.acm-validations.aws."
    make_record(
        aws,
        zone_id,
        {"Name": name, "Type": "CNAME", "TTL": 300, "ResourceRecords": [{"Value": value}]},
    )

    def plan(records: list[str]) -> PlannedResource:
        return planned(
            "aws_route53_record",
            zone_id=zone_id,
            name=name,
            type="CNAME",
            ttl=300,
            records=records,
            set_identifier=None,
            alias=[],
            latency_routing_policy=[],
        )

    assert find_existing(aws, plan([value]), before) == f"{zone_id}__a1.api.example.com_CNAME"
    assert find_existing(aws, plan(["_other.acm-validations.aws."]), before) is None


@pytest.mark.parametrize("resource", [ZONE, CHECK, record_plan("Z00000000000000000000")])
def test_nothing_is_found_in_an_empty_account(
    aws: Aws, before: datetime, resource: PlannedResource
) -> None:
    assert find_existing(aws, resource, before) is None


@pytest.mark.parametrize(
    "kind", ["aws_route53_zone", "aws_route53_health_check", "aws_route53_record"]
)
def test_what_depends_on_the_unknown_is_not_searched(aws: Aws, before: datetime, kind: str) -> None:
    assert find_existing(aws, planned(kind), before) is None
