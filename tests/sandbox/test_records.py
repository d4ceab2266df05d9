"""Route 53: a batch happens as a whole, and what exists is not created again."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest
from moto.route53.models import Route53Backend

from tests.sandbox.conftest import REGION
from tfgen.aws.session import Aws
from tfgen.errors import TfgenError
from tfgen.sandbox.patches.records import patch
from tfgen.sandbox.seed import ensure_zone

if TYPE_CHECKING:
    from mypy_boto3_route53 import Route53Client

NAME = "api.example.com"


@pytest.fixture
def client(aws: Aws) -> Route53Client:
    return aws.client("route53", REGION)


@pytest.fixture
def zone(endpoint: str) -> str:
    return ensure_zone(endpoint, "example.com")


def record(name: str = NAME, type_: str = "A", value: str = "192.0.2.1", **routing: Any) -> Any:
    fields = {"Name": name, "Type": type_, "TTL": 60, "ResourceRecords": [{"Value": value}]}
    return fields | routing


def change(client: Route53Client, zone: str, *changes: tuple[str, Any]) -> None:
    batch: Any = {
        "Changes": [{"Action": action, "ResourceRecordSet": each} for action, each in changes]
    }
    client.change_resource_record_sets(HostedZoneId=zone, ChangeBatch=batch)


def records(client: Route53Client, zone: str) -> list[tuple[str, str, str | None]]:
    listed = client.list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]
    return [
        (each["Name"], each["Type"], each.get("SetIdentifier"))
        for each in listed
        if each["Type"] not in {"NS", "SOA"}
    ]


def test_a_record_that_exists_is_not_created_again(client: Route53Client, zone: str) -> None:
    change(client, zone, ("CREATE", record()))
    message = (
        r"InvalidChangeBatch: \[Tried to create resource record set "
        r"\[name='api.example.com.', type='A'\] but it already exists\]"
    )
    for again in (record(), record(value="192.0.2.2"), record("API.example.com.")):
        with pytest.raises(TfgenError, match=message):
            change(client, zone, ("CREATE", again))
    change(client, zone, ("UPSERT", record(value="192.0.2.2")))
    assert records(client, zone) == [("api.example.com.", "A", None)]


def test_a_batch_happens_as_a_whole(client: Route53Client, zone: str) -> None:
    change(client, zone, ("CREATE", record()))
    with pytest.raises(TfgenError, match="already exists"):
        change(client, zone, ("CREATE", record("new.example.com")), ("CREATE", record()))
    assert records(client, zone) == [("api.example.com.", "A", None)]


def test_batches_that_come_at_once_are_taken_one_after_the_other() -> None:
    """In this process, because a batch has to last until another one has come."""
    patch()
    backend = Route53Backend("us-east-1", "123456789012")
    zone = backend.create_hosted_zone("example.com", private_zone=False)
    other = Thread(target=lambda: create("other.example.com"))

    def create(*names: str) -> None:
        backend.change_resource_record_sets(zone.id, Batch(names))

    class Batch(list[Any]):
        def __init__(self, names: tuple[str, ...]) -> None:
            each = [{"Action": "CREATE", "ResourceRecordSet": record(name)} for name in names]
            super().__init__(each)

        def __iter__(self) -> Iterator[Any]:
            for index, each in enumerate(super().__iter__()):
                if index and not other.ident:
                    other.start()
                    # It ends here if nothing holds it back.
                    other.join(1)
                yield each

    create("one.example.com", "two.example.com")
    other.join()
    assert {each.name for each in zone.rrsets if each.type == "A"} == {
        "one.example.com.",
        "two.example.com.",
        "other.example.com.",
    }


def test_a_set_identifier_names_one_record(client: Route53Client, zone: str) -> None:
    first = record(SetIdentifier="us", Weight=0)
    second = record(type_="AAAA", value="2001:db8::1", SetIdentifier="us", Weight=0)
    change(client, zone, ("CREATE", first), ("CREATE", second))
    with pytest.raises(TfgenError, match="set-identifier='us'"):
        change(client, zone, ("CREATE", first))
    change(client, zone, ("DELETE", first))
    assert records(client, zone) == [("api.example.com.", "AAAA", "us")]


def test_only_what_is_there_is_deleted(client: Route53Client, zone: str) -> None:
    change(client, zone, ("CREATE", record()))
    with pytest.raises(TfgenError, match="it was not found"):
        change(client, zone, ("DELETE", record("new.example.com")))
    with pytest.raises(TfgenError, match="do not match the current values"):
        change(client, zone, ("DELETE", record(value="192.0.2.9")))
    change(client, zone, ("DELETE", record()))
    assert records(client, zone) == []


def test_a_record_changes_its_set_identifier_and_its_policy_in_one_batch(
    client: Route53Client, zone: str
) -> None:
    old = record(SetIdentifier="us", Region="us-west-2")
    new = record(SetIdentifier="blue", Weight=10)
    change(client, zone, ("CREATE", old))
    change(client, zone, ("DELETE", old), ("CREATE", new))
    assert records(client, zone) == [("api.example.com.", "A", "blue")]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({}, {"SetIdentifier": "a", "Weight": 1}),
        ({"SetIdentifier": "a", "Region": "us-west-2"}, {"SetIdentifier": "b", "Weight": 1}),
        (
            {"SetIdentifier": "a", "Region": "us-west-2"},
            {"SetIdentifier": "b", "Region": "us-west-2"},
        ),
        (
            {"SetIdentifier": "a", "Failover": "PRIMARY"},
            {"SetIdentifier": "b", "Failover": "PRIMARY"},
        ),
        (
            {"SetIdentifier": "a", "GeoLocation": {"CountryCode": "*"}},
            {"SetIdentifier": "b", "GeoLocation": {"CountryCode": "*"}},
        ),
    ],
)
def test_what_does_not_go_together(
    client: Route53Client, zone: str, first: dict[str, Any], second: dict[str, Any]
) -> None:
    change(client, zone, ("CREATE", record(**first)))
    with pytest.raises(TfgenError, match="as other RRSets exist with the same name and type"):
        change(client, zone, ("CREATE", record(**second)))
    change(client, zone, ("CREATE", record(type_="TXT", value='"a"', **second)))


def test_a_cname_is_alone_and_not_at_the_apex(client: Route53Client, zone: str) -> None:
    change(client, zone, ("CREATE", record()))
    with pytest.raises(TfgenError, match="a conflicting RRSet of type A"):
        change(client, zone, ("CREATE", record(type_="CNAME", value="a.example.com")))
    with pytest.raises(TfgenError, match="not permitted at apex"):
        change(client, zone, ("CREATE", record("example.com", "CNAME", "a.example.com")))


def test_an_alias_within_the_zone_needs_its_target(client: Route53Client, zone: str) -> None:
    alias = {
        "Name": "www.example.com",
        "Type": "A",
        "AliasTarget": {"HostedZoneId": zone, "DNSName": NAME, "EvaluateTargetHealth": False},
    }
    with pytest.raises(TfgenError, match="that target was not found"):
        change(client, zone, ("CREATE", alias))
    change(client, zone, ("CREATE", record()), ("CREATE", alias))


def test_a_zone_keeps_its_own_records_and_takes_no_others(client: Route53Client, zone: str) -> None:
    (own,) = [
        each
        for each in client.list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]
        if each["Type"] == "NS"
    ]
    with pytest.raises(TfgenError, match="must keep its own NS and SOA"):
        change(client, zone, ("DELETE", own))
    for name in ("api.example.org", "badexample.com"):
        with pytest.raises(TfgenError, match="is not permitted in zone"):
            change(client, zone, ("CREATE", record(name)))


def test_a_health_check_must_exist(client: Route53Client, zone: str) -> None:
    with pytest.raises(client.exceptions.NoSuchHealthCheck):
        change(client, zone, ("CREATE", record(SetIdentifier="a", Weight=1, HealthCheckId="none")))
    assert records(client, zone) == []


def test_an_asterisk_is_listed_as_its_octal_code(client: Route53Client, zone: str) -> None:
    """A name that sorts between the two does not hide either."""
    change(client, zone, ("CREATE", record("*.example.com")), ("CREATE", record("1.example.com")))
    assert ("\\052.example.com.", "A", None) in records(client, zone)
    for name in ("*.example.com", "\\052.example.com"):
        listed = client.list_resource_record_sets(HostedZoneId=zone, StartRecordName=name)
        assert listed["ResourceRecordSets"][0]["Name"] == "\\052.example.com."
    with pytest.raises(TfgenError, match="already exists"):
        change(client, zone, ("CREATE", record("\\052.example.com")))
    change(client, zone, ("DELETE", record("*.example.com")))
    assert records(client, zone) == [("1.example.com.", "A", None)]
    change(client, zone, ("DELETE", record("1.example.com")))
