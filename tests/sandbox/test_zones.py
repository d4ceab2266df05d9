"""Route 53: the AWS provider does not wait, and everybody else gets the whole answer."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from tests.sandbox.conftest import REGION
from tfgen.aws.session import Aws
from tfgen.sandbox.seed import common_parent, ensure_zone, ensure_zone_with_id, is_seeded

if TYPE_CHECKING:
    from mypy_boto3_route53 import Route53Client

PROVIDER = "terraform-provider-aws/5.100.0 (+https://registry.terraform.io/providers/hashicorp/aws)"


@pytest.fixture
def client(aws: Aws) -> Route53Client:
    return aws.client("route53", REGION)


def pretend_to_be_the_provider(client: Route53Client) -> None:
    def sign(request: Any, **_: object) -> None:
        request.headers["User-Agent"] = f"APN/1.0 HashiCorp/1.0 Terraform/1.11.4 {PROVIDER}"

    client.meta.events.register("before-sign.route53", sign)


def changes(client: Route53Client) -> list[dict[str, Any]]:
    """Makes a zone and a record and removes both; returns what Route 53 said to each."""
    created: Any = client.create_hosted_zone(Name="example.com", CallerReference=str(time.time()))
    zone = created["HostedZone"]["Id"]
    said = [created]
    for action in ("CREATE", "DELETE"):
        batch: Any = {
            "Changes": [
                {
                    "Action": action,
                    "ResourceRecordSet": {
                        "Name": "www.example.com",
                        "Type": "A",
                        "TTL": 60,
                        "ResourceRecords": [{"Value": "192.0.2.1"}],
                    },
                }
            ]
        }
        said.append(client.change_resource_record_sets(HostedZoneId=zone, ChangeBatch=batch))
    said.append(client.delete_hosted_zone(Id=zone))
    return said


def test_a_change_is_everywhere_at_once(client: Route53Client) -> None:
    for said in changes(client):
        assert said["ChangeInfo"]["Status"] == "INSYNC"
        assert client.get_change(Id=said["ChangeInfo"]["Id"])["ChangeInfo"]["Status"] == "INSYNC"


def test_the_provider_gets_nothing_to_wait_for(client: Route53Client) -> None:
    pretend_to_be_the_provider(client)
    said = changes(client)
    assert len(said) == 4
    assert not any("ChangeInfo" in each for each in said)
    assert said[0]["HostedZone"]["Name"] == "example.com."
    assert said[0]["DelegationSet"]["NameServers"]


def test_a_zone_has_the_id_that_the_config_names(endpoint: str, client: Route53Client) -> None:
    for _ in range(2):
        ensure_zone_with_id(endpoint, "Z0123456789ABCDEFGHIJ", "example.com")
    [zone] = client.list_hosted_zones()["HostedZones"]
    assert zone["Id"] == "/hostedzone/Z0123456789ABCDEFGHIJ"
    assert zone["Name"] == "example.com."
    assert is_seeded(zone)
    records = client.list_resource_record_sets(HostedZoneId="Z0123456789ABCDEFGHIJ")
    assert {record["Type"] for record in records["ResourceRecordSets"]} == {"NS", "SOA"}
    client.delete_hosted_zone(Id="Z0123456789ABCDEFGHIJ")
    assert client.list_hosted_zones()["HostedZones"] == []


def test_whoever_assumes_a_role_is_in_the_same_account(endpoint: str) -> None:
    zone = ensure_zone(endpoint, "example.com")
    other = Aws(endpoint, "arn:aws:iam::210987654321:role/dns").client("route53", REGION)
    assert [each["Id"] for each in other.list_hosted_zones()["HostedZones"]] == [
        f"/hostedzone/{zone}"
    ]


@pytest.mark.parametrize(
    ("names", "parent"),
    [
        (["api.example.com"], "example.com"),
        (["example.com"], "example.com"),
        (["example.com", "api.example.com"], "example.com"),
        (["a.example.com", "b.example.com"], "example.com"),
        (["a.dev.example.com", "b.dev.example.com"], "dev.example.com"),
        (["api.example.com", "api.example.com"], "example.com"),
        (["aexample.com", "example.com"], "aexample.com"),
        (["a.example.com", "a.example.org"], "example.com"),
    ],
)
def test_the_name_of_a_zone_that_has_all_domains(names: list[str], parent: str) -> None:
    assert common_parent(names) == parent


def test_those_who_take_a_zone_to_exist_at_the_same_time_take_the_same(
    endpoint: str, client: Route53Client
) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: ensure_zone(endpoint, "example.com"), range(8)))
    assert len(set(found)) == 1
    assert len(client.list_hosted_zones()["HostedZones"]) == 1


def test_a_caller_reference_is_good_for_one_zone(client: Route53Client) -> None:
    client.create_hosted_zone(Name="example.com", CallerReference="once")
    with pytest.raises(client.exceptions.HostedZoneAlreadyExists):
        client.create_hosted_zone(Name="example.org", CallerReference="once")
