"""Route 53: the AWS provider does not wait, and everybody else gets the whole answer."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from tests.sandbox.conftest import REGION
from tfgen.aws.session import Aws

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
