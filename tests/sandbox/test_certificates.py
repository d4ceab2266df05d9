"""ACM: a certificate is issued by its DNS record, and by nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import pytest

from tests.sandbox.conftest import REGION
from tfgen.aws.session import Aws
from tfgen.sandbox.seed import ensure_zone

if TYPE_CHECKING:
    from mypy_boto3_acm import ACMClient
    from mypy_boto3_acm.type_defs import ResourceRecordTypeDef

OTHER_REGION = "us-west-2"


@pytest.fixture
def client(aws: Aws) -> ACMClient:
    return aws.client("acm", REGION)


def request(client: ACMClient, *names: str) -> str:
    requested = client.request_certificate(
        DomainName=names[0], SubjectAlternativeNames=names, ValidationMethod="DNS"
    )
    return requested["CertificateArn"]


def wanted(client: ACMClient, certificate: str) -> list[ResourceRecordTypeDef]:
    described = client.describe_certificate(CertificateArn=certificate)["Certificate"]
    return [option["ResourceRecord"] for option in described["DomainValidationOptions"]]


def state(client: ACMClient, certificate: str) -> str:
    return client.describe_certificate(CertificateArn=certificate)["Certificate"]["Status"]


def change(
    aws: Aws,
    zone: str,
    record: ResourceRecordTypeDef,
    action: Literal["UPSERT", "DELETE"] = "UPSERT",
    value: str | None = None,
) -> None:
    aws.client("route53", REGION).change_resource_record_sets(
        HostedZoneId=zone,
        ChangeBatch={
            "Changes": [
                {
                    "Action": action,
                    "ResourceRecordSet": {
                        "Name": record["Name"],
                        "Type": "CNAME",
                        "TTL": 300,
                        "ResourceRecords": [{"Value": value or record["Value"]}],
                    },
                }
            ]
        },
    )


def test_no_record_no_certificate(client: ACMClient) -> None:
    certificate = request(client, "api.example.com")
    assert state(client, certificate) == "PENDING_VALIDATION"


def test_the_record_issues_the_certificate_at_once(
    aws: Aws, endpoint: str, client: ACMClient
) -> None:
    certificate = request(client, "api.example.com")
    zone = ensure_zone(endpoint, "example.com")
    change(aws, zone, wanted(client, certificate)[0])
    assert state(client, certificate) == "ISSUED"


def test_one_record_serves_the_certificates_of_all_regions(
    aws: Aws, endpoint: str, client: ACMClient
) -> None:
    other_client = aws.client("acm", OTHER_REGION)
    certificate = request(client, "api.example.com")
    other = request(other_client, "api.example.com")
    assert wanted(client, certificate) == wanted(other_client, other)
    change(aws, ensure_zone(endpoint, "example.com"), wanted(client, certificate)[0])
    assert state(client, certificate) == state(other_client, other) == "ISSUED"


def test_every_name_needs_its_record(aws: Aws, endpoint: str, client: ACMClient) -> None:
    certificate = request(client, "api.example.com", "www.example.com")
    zone = ensure_zone(endpoint, "example.com")
    first, second = wanted(client, certificate)
    change(aws, zone, first)
    assert state(client, certificate) == "PENDING_VALIDATION"
    change(aws, zone, second)
    assert state(client, certificate) == "ISSUED"


def test_the_record_must_say_what_was_asked_for(aws: Aws, endpoint: str, client: ACMClient) -> None:
    certificate = request(client, "api.example.com")
    zone = ensure_zone(endpoint, "example.com")
    change(aws, zone, wanted(client, certificate)[0], value="other.acm-validations.aws.")
    assert state(client, certificate) == "PENDING_VALIDATION"


def test_a_certificate_stays_issued_when_the_record_goes(
    aws: Aws, endpoint: str, client: ACMClient
) -> None:
    certificate = request(client, "api.example.com")
    zone = ensure_zone(endpoint, "example.com")
    record = wanted(client, certificate)[0]
    change(aws, zone, record)
    assert state(client, certificate) == "ISSUED"
    change(aws, zone, record, "DELETE")
    assert state(client, certificate) == "ISSUED"
