"""The snapshots of moto hold what was created through the API."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import boto3
import moto
import pytest

from tests.sandbox.dns.zone import ask
from tfgen.places import find_place
from tfgen.sandbox.dns.checks import Check, Target, read_checks
from tfgen.sandbox.dns.model import Alias, Location, Policy, RecordSet, Status
from tfgen.sandbox.dns.snapshot import read_zones

if TYPE_CHECKING:
    from mypy_boto3_apigateway.literals import EndpointTypeType
    from mypy_boto3_route53 import Route53Client

API = "api.example.com"


@pytest.fixture
def route53() -> Iterator[Route53Client]:
    with moto.mock_aws():
        yield boto3.client("route53", region_name="us-east-1")


def make_zone(client: Route53Client, name: str, *records: Any, private: bool = False) -> str:
    more: Any = (
        {
            "HostedZoneConfig": {"PrivateZone": True},
            "VPC": {"VPCRegion": "us-east-1", "VPCId": "vpc-1"},
        }
        if private
        else {}
    )
    zone = client.create_hosted_zone(Name=name, CallerReference=name + str(private), **more)
    id_ = zone["HostedZone"]["Id"]
    if records:
        client.change_resource_record_sets(
            HostedZoneId=id_,
            ChangeBatch={
                "Changes": [{"Action": "UPSERT", "ResourceRecordSet": record} for record in records]
            },
        )
    return id_.rpartition("/")[2]


def make_domain(region: str, endpoint: EndpointTypeType) -> dict[str, str]:
    client: Any = boto3.client("apigateway", region_name=region)
    made: dict[str, str] = client.create_domain_name(
        domainName=API, endpointConfiguration={"types": [endpoint]}
    )
    return made


def latency(region: str, target: str, check: str) -> dict[str, Any]:
    return {
        "Name": API,
        "Type": "A",
        "SetIdentifier": region,
        "Region": region,
        "HealthCheckId": check,
        "AliasTarget": {
            "DNSName": target,
            "HostedZoneId": "Z2FDTNDATAQYW2",
            "EvaluateTargetHealth": True,
        },
    }


def test_what_an_app_deploys_is_resolved(route53: Route53Client) -> None:
    targets = {
        region: make_domain(region, "REGIONAL")["regionalDomainName"]
        for region in ("us-west-2", "eu-west-2")
    }
    zone = make_zone(
        route53, "example.com", *(latency(region, host, region) for region, host in targets.items())
    )
    zones = read_zones()
    (read,) = zones.zones
    assert (read.id, read.name) == (zone, "example.com")
    assert RecordSet(
        API,
        "A",
        alias=Alias(targets["eu-west-2"], evaluate_target_health=True),
        set_identifier="eu-west-2",
        region="eu-west-2",
        health_check="eu-west-2",
    ) in (read.at(API) or ())
    found = ask(zones, place=find_place("tokyo"))
    assert (found.target, found.region) == (targets["us-west-2"], "us-west-2")
    assert ask(zones, place=find_place("tokyo"), sick=("us-west-2",)).region == "eu-west-2"


def test_an_edge_domain_leads_to_its_region(route53: Route53Client) -> None:
    host = make_domain("us-east-1", "EDGE")["distributionDomainName"]
    record = latency("us-east-1", host, "none")
    simple = {key: record[key] for key in ("Name", "Type", "AliasTarget")}
    make_zone(route53, "example.com", simple)
    found = ask(read_zones())
    assert (found.status, found.target, found.region) == (Status.FOUND, host, "us-east-1")


def test_every_policy_is_read(route53: Route53Client) -> None:
    def record(type_: str, identifier: str, **more: Any) -> dict[str, Any]:
        values = [{"Value": '"a"'}]
        given = {"Name": f"{identifier}.example.com", "Type": type_, "TTL": 30}
        return {**given, "ResourceRecords": values, "SetIdentifier": identifier, **more}

    make_zone(
        route53,
        "example.com",
        record("TXT", "weighted", Weight=0),
        record("TXT", "failover", Failover="SECONDARY"),
        record("TXT", "geolocation", GeoLocation={"CountryCode": "US", "SubdivisionCode": "TX"}),
        record("TXT", "multivalue", MultiValueAnswer=True),
        {
            "Name": "*.wild.example.com",
            "Type": "MX",
            "TTL": 30,
            "ResourceRecords": [{"Value": "10 a.example.net"}, {"Value": "20 b.example.net"}],
        },
    )
    (zone,) = read_zones().zones
    read = {record.set_identifier: record for record in zone.records if record.set_identifier}
    assert {name: record.policy for name, record in read.items()} == {
        "weighted": Policy.WEIGHTED,
        "failover": Policy.FAILOVER,
        "geolocation": Policy.GEOLOCATION,
        "multivalue": Policy.MULTIVALUE,
    }
    assert (read["weighted"].weight, read["weighted"].ttl) == (0, 30)
    assert read["failover"].failover == "SECONDARY"
    assert read["geolocation"].location == Location(None, "US", "TX")
    assert read["multivalue"].values == ('"a"',)
    wild = zone.record("*.wild.example.com", "MX")
    assert wild is not None
    assert wild.values == ("10 a.example.net", "20 b.example.net")
    soa = zone.record("example.com", "SOA")
    assert soa is not None
    assert soa.ttl == 900


def test_private_zones_do_not_answer(route53: Route53Client) -> None:
    make_zone(route53, "example.com", private=True)
    assert read_zones().zones == ()


def test_health_checks_are_read(route53: Route53Client) -> None:
    def make(**config: Any) -> str:
        made = route53.create_health_check(CallerReference=str(config), HealthCheckConfig=config)  # type: ignore[arg-type]
        return made["HealthCheck"]["Id"]

    https = make(
        Type="HTTPS",
        FullyQualifiedDomainName="a.example.com",
        Port=443,
        ResourcePath="/live/_health",
        RequestInterval=10,
        FailureThreshold=2,
    )
    tcp = make(Type="TCP", IPAddress="192.0.2.1", Port=25, Inverted=True, Disabled=True)
    found = make(
        Type="HTTP_STR_MATCH",
        FullyQualifiedDomainName="b.example.com",
        SearchString="fine",
    )
    both = make(Type="CALCULATED", ChildHealthChecks=[https, tcp], HealthThreshold=1)
    alarm = make(Type="CLOUDWATCH_METRIC")
    assert {check.id: check for check in read_checks()} == {
        https: Check(
            https, Target("HTTPS", "a.example.com", None, 443, "/live/_health", None), 10, 2
        ),
        tcp: Check(
            tcp, Target("TCP", None, "192.0.2.1", 25, "", None), inverted=True, disabled=True
        ),
        found: Check(found, Target("HTTP_STR_MATCH", "b.example.com", None, 80, "/", "fine")),
        both: Check(both, None, children=(https, tcp), children_needed=1),
        alarm: Check(alarm, None),
    }
    route53.update_health_check(HealthCheckId=https, ResourcePath="/other", FailureThreshold=5)
    route53.delete_health_check(HealthCheckId=alarm)
    after = {check.id: check for check in read_checks()}
    assert alarm not in after
    target = after[https].target
    assert target is not None
    assert (target.path, after[https].threshold) == ("/other", 5)
