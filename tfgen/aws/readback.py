"""What an app is in the account: read back from AWS, not from the state."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from tfgen.aws.dns import plain, records_of
from tfgen.aws.session import Aws
from tfgen.errors import TfgenError
from tfgen.regions import DNS_SUFFIXES, REGIONS

if TYPE_CHECKING:
    from mypy_boto3_route53 import Route53Client

_APPLY: Final = "run `tfgen apply` first"


@dataclass(frozen=True, slots=True)
class DeployedFunction:
    """The version of a function that an alias serves.

    Attributes:
        version: the published version's number, as Lambda writes it.
        last_modified: when that version was published.
    """

    region: str
    name: str
    alias: str
    version: str
    runtime: str
    last_modified: datetime


@dataclass(frozen=True, slots=True)
class HealthCheck:
    """A Route 53 health check.

    Attributes:
        interval: seconds between two checks.
        failure_threshold: consecutive failures after which it is unhealthy.
    """

    id: str
    url: str
    interval: int
    failure_threshold: int


@dataclass(frozen=True, slots=True)
class LatencyRecord:
    """A latency alias record.

    Attributes:
        type: ``A`` or ``AAAA``.
        target: the host name that it is an alias of, without a final dot.
    """

    name: str
    type: str
    set_identifier: str
    region: str
    target: str
    evaluate_target_health: bool
    health_check: HealthCheck | None


@dataclass(frozen=True, slots=True)
class Certificate:
    """The certificate that a custom domain serves in a region.

    Attributes:
        status: as ACM names it, for example ``ISSUED`` or ``PENDING_VALIDATION``.
    """

    region: str
    domain: str
    arn: str
    status: str


def read_function(aws: Aws, region: str, name: str, alias: str = "live") -> DeployedFunction:
    """Reads the version that an alias of a function serves.

    Raises:
        TfgenError: there is no such function or alias, or AWS cannot be asked.
    """
    client = aws.client("lambda", region)
    try:
        served = client.get_function_configuration(FunctionName=name, Qualifier=alias)
        version = client.get_alias(FunctionName=name, Name=alias)["FunctionVersion"]
    except client.exceptions.ResourceNotFoundException as error:
        raise TfgenError(
            f"there is no function {name} with an alias {alias} in {region}", hint=_APPLY
        ) from error
    return DeployedFunction(
        region=region,
        name=name,
        alias=alias,
        version=version,
        runtime=served.get("Runtime", ""),
        last_modified=datetime.fromisoformat(served["LastModified"]),
    )


def read_url(aws: Aws, region: str, api: str, stage: str = "live") -> str:
    """Reads the URL of a REST API on its own execute-api host.

    Raises:
        TfgenError: there is not exactly one such API, it has no such stage, or AWS cannot be asked.
    """
    client = aws.client("apigateway", region)
    pages = client.get_paginator("get_rest_apis").paginate()
    ids = [item["id"] for page in pages for item in page["items"] if item["name"] == api]
    if not ids:
        raise TfgenError(f"there is no REST API {api} in {region}", hint=_APPLY)
    if len(ids) > 1:
        raise TfgenError(
            f"there is more than one REST API {api} in {region}: {', '.join(sorted(ids))}",
            hint="delete those that nothing uses",
        )
    try:
        client.get_stage(restApiId=ids[0], stageName=stage)
    except client.exceptions.NotFoundException as error:
        raise TfgenError(
            f"the REST API {api} in {region} has no stage {stage}", hint=_APPLY
        ) from error
    suffix = DNS_SUFFIXES[REGIONS[region].partition]
    return f"https://{ids[0]}.execute-api.{region}.{suffix}/{stage}"


def read_latency_records(aws: Aws, region: str, zone: str, domain: str) -> list[LatencyRecord]:
    """Reads the latency alias records of a domain, in the order of their regions and types.

    Args:
        aws: the account.
        region: any region of the account's partition.
        zone: the name of the public hosted zone.
        domain: the name of the records.

    Raises:
        TfgenError: there is not exactly one such zone, or AWS cannot be asked.
    """
    route53 = aws.client("route53", region)
    zone_id = _public_zone(route53, zone)
    records = []
    for record in records_of(route53, zone_id, plain(domain)):
        target = record.get("AliasTarget")
        if target is None or "Region" not in record:
            continue
        check_id = record.get("HealthCheckId")
        records.append(
            LatencyRecord(
                name=plain(record["Name"]),
                type=record["Type"],
                set_identifier=record.get("SetIdentifier", ""),
                region=record["Region"],
                target=plain(target["DNSName"]),
                evaluate_target_health=target["EvaluateTargetHealth"],
                health_check=_health_check(route53, check_id) if check_id else None,
            )
        )
    return sorted(records, key=lambda record: (record.region, record.type))


def read_certificate(aws: Aws, region: str, domain: str) -> Certificate:
    """Reads the certificate that a custom domain serves in a region.

    Raises:
        TfgenError: there is no such custom domain, or AWS cannot be asked.
    """
    gateway = aws.client("apigateway", region)
    try:
        name = gateway.get_domain_name(domainName=domain)
    except gateway.exceptions.NotFoundException as error:
        raise TfgenError(f"there is no custom domain {domain} in {region}", hint=_APPLY) from error
    arn = name.get("regionalCertificateArn") or name["certificateArn"]
    # An edge domain's certificate is in us-east-1, wherever the domain is: the ARN knows.
    acm = aws.client("acm", arn.split(":")[3])
    detail = acm.describe_certificate(CertificateArn=arn)["Certificate"]
    return Certificate(region=region, domain=domain, arn=arn, status=detail["Status"])


def _public_zone(route53: Route53Client, name: str) -> str:
    ids = [
        zone["Id"].rpartition("/")[2]
        for page in route53.get_paginator("list_hosted_zones").paginate()
        for zone in page["HostedZones"]
        if plain(zone["Name"]) == plain(name) and not zone.get("Config", {}).get("PrivateZone")
    ]
    if not ids:
        raise TfgenError(f"there is no public hosted zone {name}", hint=_APPLY)
    if len(ids) > 1:
        raise TfgenError(
            f"there is more than one public hosted zone {name}: {', '.join(sorted(ids))}",
            hint="delete those that the domain is not delegated to",
        )
    return ids[0]


def _health_check(route53: Route53Client, check_id: str) -> HealthCheck:
    config = route53.get_health_check(HealthCheckId=check_id)["HealthCheck"]["HealthCheckConfig"]
    host, path = config.get("FullyQualifiedDomainName", ""), config.get("ResourcePath", "")
    return HealthCheck(
        id=check_id,
        url=f"{config['Type'].partition('_')[0].lower()}://{host}:{config.get('Port', '')}{path}",
        interval=config.get("RequestInterval", 30),
        failure_threshold=config.get("FailureThreshold", 3),
    )
