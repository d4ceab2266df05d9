"""What exists in the simulated account, and what was there before the app."""

from __future__ import annotations

import re

import pytest

from tests.sandbox.conftest import REGION
from tfgen.aws.session import Aws
from tfgen.errors import TfgenError
from tfgen.sandbox.inventory import Resource, inventory
from tfgen.sandbox.seed import ensure_zone

OTHER_REGION = "us-west-2"
POLICY = """{
  "Version": "2012-10-17",
  "Statement": {"Effect": "Allow", "Action": "logs:PutLogEvents", "Resource": "*"}
}"""


def test_an_empty_account(endpoint: str, aws: Aws) -> None:
    aws.client("kms", REGION).list_aliases()  # makes moto know AWS's own keys
    assert inventory(endpoint, [REGION, OTHER_REGION]) == []


def test_everything_is_found_once(endpoint: str, aws: Aws, role: str, bundle: bytes) -> None:
    for region in (REGION, OTHER_REGION):
        aws.client("logs", region).create_log_group(logGroupName="/aws/lambda/app")
        aws.client("lambda", region).create_function(
            FunctionName="app",
            Role=role,
            Runtime="python3.13",
            Handler="app.handler",
            Code={"ZipFile": bundle},
            Publish=True,
        )
    kms = aws.client("kms", REGION)
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    kms.create_alias(AliasName="alias/app", TargetKeyId=key)
    api = aws.client("apigateway", REGION)
    rest_api = api.create_rest_api(name="app")["id"]
    acm = aws.client("acm", REGION)
    certificate = acm.request_certificate(DomainName="api.example.com")["CertificateArn"]
    api.create_domain_name(domainName="api.example.com", regionalCertificateArn=certificate)
    aws.client("s3", REGION).create_bucket(
        Bucket="app", CreateBucketConfiguration={"LocationConstraint": "eu-west-2"}
    )
    aws.client("sqs", REGION).create_queue(QueueName="app")
    aws.client("ssm", REGION).put_parameter(Name="/app/token", Value="x", Type="String")
    aws.client("secretsmanager", REGION).create_secret(Name="app", SecretString="x")
    aws.client("iam", REGION).create_user(UserName="app")
    aws.client("lambda", REGION).publish_layer_version(LayerName="app", Content={"ZipFile": bundle})
    aws.client("iam", REGION).create_policy(PolicyName="app", PolicyDocument=POLICY)
    route53 = aws.client("route53", REGION)
    zone = route53.create_hosted_zone(Name="example.com", CallerReference="1")["HostedZone"]["Id"]
    check = route53.create_health_check(
        CallerReference="1",
        HealthCheckConfig={"Type": "HTTPS", "FullyQualifiedDomainName": "x.example.com"},
    )["HealthCheck"]["Id"]
    latency_record(aws, zone, REGION)
    latency_record(aws, zone, OTHER_REGION)

    assert inventory(endpoint, [OTHER_REGION, REGION]) == [
        Resource("acm", "certificate", REGION, certificate),
        Resource("apigateway", "REST API", REGION, rest_api),
        Resource("apigateway", "domain name", REGION, "api.example.com"),
        Resource("iam", "policy", "global", "app"),
        Resource("iam", "role", "global", "app"),
        Resource("iam", "user", "global", "app"),
        Resource("kms", "alias", REGION, "alias/app"),
        Resource("kms", "key", REGION, key),
        Resource("lambda", "function", REGION, "app"),
        Resource("lambda", "function", OTHER_REGION, "app"),
        Resource("lambda", "layer", REGION, "app"),
        Resource("logs", "log group", REGION, "/aws/lambda/app"),
        Resource("logs", "log group", OTHER_REGION, "/aws/lambda/app"),
        Resource("route53", "health check", "global", check),
        Resource("route53", "hosted zone", "global", "example.com"),
        Resource("route53", "record", "global", f"A api.example.com {REGION}"),
        Resource("route53", "record", "global", f"A api.example.com {OTHER_REGION}"),
        Resource("s3", "bucket", REGION, "app"),
        Resource("secretsmanager", "secret", REGION, "app"),
        Resource("sqs", "queue", REGION, "app"),
        Resource("ssm", "parameter", REGION, "/app/token"),
    ]


def latency_record(aws: Aws, zone: str, region: str) -> None:
    aws.client("route53", REGION).change_resource_record_sets(
        HostedZoneId=zone,
        ChangeBatch={
            "Changes": [
                {
                    "Action": "CREATE",
                    "ResourceRecordSet": {
                        "Name": "api.example.com",
                        "Type": "A",
                        "SetIdentifier": region,
                        "Region": "eu-west-2" if region == REGION else "us-west-2",
                        "TTL": 60,
                        "ResourceRecords": [{"Value": "192.0.2.1"}],
                    },
                }
            ]
        },
    )


def test_a_key_that_waits_for_its_deletion_is_gone(endpoint: str, aws: Aws) -> None:
    kms = aws.client("kms", REGION)
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    assert len(inventory(endpoint, [REGION])) == 1
    kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    assert inventory(endpoint, [REGION]) == []


def test_without_regions_it_looks_where_somebody_was(endpoint: str, aws: Aws) -> None:
    aws.client("logs", "ap-northeast-1").create_log_group(logGroupName="/far")
    assert inventory(endpoint) == [Resource("logs", "log group", "ap-northeast-1", "/far")]


def test_more_than_one_page(endpoint: str, aws: Aws) -> None:
    logs = aws.client("logs", REGION)
    names = [f"/group/{number:03}" for number in range(120)]
    for name in names:
        logs.create_log_group(logGroupName=name)
    assert [each.id for each in inventory(endpoint, [REGION])] == names


def test_no_sandbox() -> None:
    with pytest.raises(TfgenError, match="does not answer"):
        inventory("http://127.0.0.1:9")


@pytest.mark.parametrize("name", ["example.com", "Example.COM", "example.com."])
def test_a_zone_is_seeded_once(endpoint: str, aws: Aws, name: str) -> None:
    zone = ensure_zone(endpoint, "example.com")
    assert re.fullmatch(r"[A-Z0-9]+", zone)
    assert ensure_zone(endpoint, name) == zone
    assert inventory(endpoint, [REGION]) == [
        Resource("route53", "hosted zone", "global", "example.com", seeded=True)
    ]
    described = aws.client("route53", REGION).get_hosted_zone(Id=zone)["HostedZone"]
    assert described["Name"] == "example.com."


def test_a_zone_that_the_app_made_is_left_as_it_is(endpoint: str, aws: Aws) -> None:
    route53 = aws.client("route53", REGION)
    made = route53.create_hosted_zone(Name="example.com", CallerReference="terraform-1")
    assert made["HostedZone"]["Id"].endswith(ensure_zone(endpoint, "example.com"))
    assert [each.seeded for each in inventory(endpoint, [REGION])] == [False]


def test_a_zone_above_or_below_is_another(endpoint: str) -> None:
    zones = {
        ensure_zone(endpoint, name) for name in ("example.com", "dev.example.com", "aexample.com")
    }
    assert len(zones) == 3


def test_a_private_zone_is_not_the_one(endpoint: str, aws: Aws) -> None:
    private = aws.client("route53", REGION).create_hosted_zone(
        Name="example.com",
        CallerReference="1",
        VPC={"VPCRegion": "eu-west-2", "VPCId": "vpc-1"},
        HostedZoneConfig={"PrivateZone": True},
    )["HostedZone"]["Id"]
    assert not private.endswith(ensure_zone(endpoint, "example.com"))
