"""What an app is in the account."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from botocore.loaders import Loader

from tfgen.aws import readback
from tfgen.aws.session import Aws
from tfgen.errors import TfgenError
from tfgen.regions import DNS_SUFFIXES, REGIONS

if TYPE_CHECKING:
    from mypy_boto3_route53.type_defs import ResourceRecordSetTypeDef

REGION = "eu-west-2"
NAME = "hello-production"
DOMAIN = "api.example.com"


def make_function(aws: Aws) -> None:
    aws.client("iam", REGION).create_role(RoleName="hello", AssumeRolePolicyDocument="{}")
    bundle = io.BytesIO()
    with zipfile.ZipFile(bundle, "w") as archive:
        archive.writestr("app.py", "def handler(event, context): return {}")
    client = aws.client("lambda", REGION)
    client.create_function(
        FunctionName=NAME,
        Role="arn:aws:iam::123456789012:role/hello",
        Runtime="python3.13",
        Handler="app.handler",
        Code={"ZipFile": bundle.getvalue()},
        Publish=True,
    )
    client.create_alias(FunctionName=NAME, Name="live", FunctionVersion="1")


def make_api(aws: Aws) -> str:
    client = aws.client("apigateway", REGION)
    api = client.create_rest_api(name=NAME)["id"]
    root = client.get_resources(restApiId=api)["items"][0]["id"]
    client.put_method(restApiId=api, resourceId=root, httpMethod="ANY", authorizationType="NONE")
    client.put_integration(restApiId=api, resourceId=root, httpMethod="ANY", type="MOCK")
    deployment = client.create_deployment(restApiId=api)["id"]
    client.create_stage(restApiId=api, stageName="live", deploymentId=deployment)
    return api


def make_zone(aws: Aws, reference: str = "1") -> str:
    zone = aws.client("route53", REGION).create_hosted_zone(
        Name="example.com", CallerReference=reference
    )
    return zone["HostedZone"]["Id"].rpartition("/")[2]


def test_function(aws: Aws) -> None:
    make_function(aws)
    read = readback.read_function(aws, REGION, NAME)
    assert (read.region, read.name, read.alias) == (REGION, NAME, "live")
    assert (read.version, read.runtime) == ("1", "python3.13")
    assert abs(read.last_modified - datetime.now(UTC)) < timedelta(minutes=1)


def test_function_without_the_alias(aws: Aws) -> None:
    make_function(aws)
    with pytest.raises(TfgenError) as raised:
        readback.read_function(aws, REGION, NAME, "next")
    assert raised.value.message == f"there is no function {NAME} with an alias next in {REGION}"
    assert raised.value.hint == "run `tfgen apply` first"


def test_url(aws: Aws) -> None:
    api = make_api(aws)
    assert readback.read_url(aws, REGION, NAME) == (
        f"https://{api}.execute-api.eu-west-2.amazonaws.com/live"
    )


def test_url_in_another_partition_has_its_domain(aws: Aws) -> None:
    client = aws.client("apigateway", "cn-north-1")
    api = client.create_rest_api(name=NAME)["id"]
    root = client.get_resources(restApiId=api)["items"][0]["id"]
    client.put_method(restApiId=api, resourceId=root, httpMethod="ANY", authorizationType="NONE")
    client.put_integration(restApiId=api, resourceId=root, httpMethod="ANY", type="MOCK")
    client.create_deployment(restApiId=api, stageName="live")
    assert readback.read_url(aws, "cn-north-1", NAME) == (
        f"https://{api}.execute-api.cn-north-1.amazonaws.com.cn/live"
    )


def test_every_partition_has_its_domain() -> None:
    partitions = Loader().load_data("endpoints")["partitions"]
    domains = {partition["partition"]: partition["dnsSuffix"] for partition in partitions}
    used = {info.partition for info in REGIONS.values()}
    assert {name: domains[name] for name in used} == dict(DNS_SUFFIXES)


def test_url_without_an_api_or_a_stage(aws: Aws) -> None:
    with pytest.raises(TfgenError, match=f"there is no REST API {NAME} in {REGION}"):
        readback.read_url(aws, REGION, NAME)
    make_api(aws)
    with pytest.raises(TfgenError, match=f"the REST API {NAME} in {REGION} has no stage next"):
        readback.read_url(aws, REGION, NAME, "next")


def test_url_of_two_apis(aws: Aws) -> None:
    first, second = sorted([make_api(aws), make_api(aws)])
    with pytest.raises(TfgenError, match=f"more than one REST API {NAME} .*: {first}, {second}"):
        readback.read_url(aws, REGION, NAME)


def make_record(aws: Aws, zone_id: str, record: ResourceRecordSetTypeDef) -> None:
    aws.client("route53", REGION).change_resource_record_sets(
        HostedZoneId=zone_id,
        ChangeBatch={"Changes": [{"Action": "CREATE", "ResourceRecordSet": record}]},
    )


def latency_record(region: str) -> ResourceRecordSetTypeDef:
    return {
        "Name": DOMAIN,
        "Type": "A",
        "SetIdentifier": region,
        "Region": region,  # type: ignore[typeddict-item]  # the stubs list every region by name
        "AliasTarget": {
            "DNSName": f"d-1.execute-api.{region}.amazonaws.com",
            "HostedZoneId": "Z2OJLYMUO9EFXC",
            "EvaluateTargetHealth": True,
        },
    }


def test_latency_records(aws: Aws) -> None:
    zone_id = make_zone(aws)
    check_id = aws.client("route53", REGION).create_health_check(
        CallerReference="1",
        HealthCheckConfig={
            "Type": "HTTPS",
            "FullyQualifiedDomainName": "abc.execute-api.us-west-2.amazonaws.com",
            "Port": 443,
            "ResourcePath": "/live/_health",
            "RequestInterval": 10,
            "FailureThreshold": 2,
        },
    )["HealthCheck"]["Id"]
    make_record(aws, zone_id, {**latency_record("us-west-2"), "HealthCheckId": check_id})
    make_record(aws, zone_id, latency_record("eu-west-2"))
    london, oregon = readback.read_latency_records(aws, REGION, "example.com", DOMAIN)
    assert london == readback.LatencyRecord(
        name=DOMAIN,
        type="A",
        set_identifier="eu-west-2",
        region="eu-west-2",
        target="d-1.execute-api.eu-west-2.amazonaws.com",
        evaluate_target_health=True,
        health_check=None,
    )
    assert oregon.region == "us-west-2"
    assert oregon.health_check == readback.HealthCheck(
        id=check_id,
        url="https://abc.execute-api.us-west-2.amazonaws.com:443/live/_health",
        interval=10,
        failure_threshold=2,
    )


def test_records_that_do_not_go_by_latency_are_left_out(aws: Aws) -> None:
    text: ResourceRecordSetTypeDef = {
        "Name": DOMAIN,
        "Type": "TXT",
        "TTL": 300,
        "ResourceRecords": [{"Value": '"hello"'}],
    }
    make_record(aws, make_zone(aws), text)
    assert readback.read_latency_records(aws, REGION, "example.com", DOMAIN) == []


def test_latency_records_of_no_zone_or_of_two(aws: Aws) -> None:
    with pytest.raises(TfgenError, match="there is no public hosted zone"):
        readback.read_latency_records(aws, REGION, "example.com", DOMAIN)
    first, second = sorted([make_zone(aws), make_zone(aws, "2")])
    with pytest.raises(TfgenError, match=f"more than one public hosted zone .*{first}, {second}"):
        readback.read_latency_records(aws, REGION, "example.com", DOMAIN)


@pytest.mark.parametrize(("endpoint_type", "home"), [("REGIONAL", REGION), ("EDGE", "us-east-1")])
def test_certificate(aws: Aws, endpoint_type: str, home: str) -> None:
    arn = aws.client("acm", home).request_certificate(DomainName=DOMAIN, ValidationMethod="DNS")[
        "CertificateArn"
    ]
    gateway = aws.client("apigateway", REGION)
    if endpoint_type == "EDGE":
        gateway.create_domain_name(domainName=DOMAIN, certificateArn=arn)
    else:
        gateway.create_domain_name(
            domainName=DOMAIN,
            regionalCertificateArn=arn,
            endpointConfiguration={"types": ["REGIONAL"]},
        )
    read = readback.read_certificate(aws, REGION, DOMAIN)
    assert (read.region, read.domain, read.arn) == (REGION, DOMAIN, arn)
    assert read.status in {"ISSUED", "PENDING_VALIDATION"}


def test_certificate_without_a_domain(aws: Aws) -> None:
    with pytest.raises(TfgenError, match=f"there is no custom domain {DOMAIN} in {REGION}"):
        readback.read_certificate(aws, REGION, DOMAIN)
