"""Hosted zones, records and health checks that a broken run left behind."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, Literal

from tfgen.aws.adopt.evidence import agrees, as_planned, created_since, has_tags, the_only
from tfgen.aws.adopt.planned import PlannedResource, block, text, texts
from tfgen.aws.dns import plain, records_of
from tfgen.aws.session import Aws

if TYPE_CHECKING:
    from mypy_boto3_route53 import Route53Client
    from mypy_boto3_route53.type_defs import (
        HealthCheckConfigOutputTypeDef,
        ResourceRecordSetOutputTypeDef,
    )

# Zones and health checks do not tell their time, but the reference that their creator had to make
# up does: Terraform's is "terraform-", UTC to a tenth of a millisecond and a counter of 8 hex
# digits, after `reference_name` and a dash if there is one.
# https://pkg.go.dev/github.com/hashicorp/terraform-plugin-sdk/v2/helper/id#PrefixedUniqueId
_TERRAFORM_REFERENCE: Final = re.compile(r"(?:^|-)terraform-(\d{14})\d{4}[0-9a-f]{8}$")


def find_zone(aws: Aws, resource: PlannedResource, since: datetime) -> str | None:
    """Finds a public zone by its name, comment, tags and the time in its caller reference.

    Import ID: the zone's ID
    (https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/route53_zone#import).
    """
    name = text(resource, "name")
    if name is None:
        return None
    route53 = aws.client("route53", resource.region)
    found = []
    for page in route53.get_paginator("list_hosted_zones").paginate():
        for zone in page["HostedZones"]:
            zone_id = zone["Id"].rpartition("/")[2]
            config = zone.get("Config", {})
            if (
                plain(zone["Name"]) == plain(name)
                and not config.get("PrivateZone")
                and as_planned(resource, {"comment": config.get("Comment")})
                and _made_by_terraform_since(zone["CallerReference"], since)
                and has_tags(resource, _tags(route53, "hostedzone", zone_id), or_none=True)
            ):
                found.append(zone_id)
    return the_only(resource, found)


def find_health_check(aws: Aws, resource: PlannedResource, since: datetime) -> str | None:
    """Finds a health check by what it checks, its tags and the time in its caller reference.

    Import ID: the health check's ID
    (https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/route53_health_check#import).
    """
    if text(resource, "fqdn") is None:
        return None
    route53 = aws.client("route53", resource.region)
    found = [
        check["Id"]
        for page in route53.get_paginator("list_health_checks").paginate()
        for check in page["HealthChecks"]
        if _checks_as_planned(resource, check["HealthCheckConfig"])
        and _made_by_terraform_since(check["CallerReference"], since)
        and has_tags(resource, _tags(route53, "healthcheck", check["Id"]), or_none=True)
    ]
    return the_only(resource, found)


def find_record(aws: Aws, resource: PlannedResource, _since: datetime) -> str | None:
    """Finds a record by its zone, name, type and set identifier, if it says what is planned.

    Route 53 tells no time, so what a record says is all the evidence there is.

    Import ID: zone, name, type and set identifier if there is one, with underscores
    (https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/route53_record#import).
    """
    zone_id, name = text(resource, "zone_id"), text(resource, "name")
    kind = text(resource, "type")
    if zone_id is None or name is None or kind is None:
        return None
    route53 = aws.client("route53", resource.region)
    try:
        zone = plain(route53.get_hosted_zone(Id=zone_id)["HostedZone"]["Name"])
    except route53.exceptions.NoSuchHostedZone:
        return None
    wanted = plain(name)
    # As the provider does: a name that does not end in the zone's is relative to it.
    full = wanted if wanted.endswith(zone) else f"{wanted}.{zone}"
    identifier = text(resource, "set_identifier")
    for record in records_of(route53, zone_id, full):
        if (
            record["Type"] == kind
            and agrees(identifier, record.get("SetIdentifier"))
            and _says_as_planned(resource, record)
        ):
            parts = (zone_id, wanted, kind, identifier)
            return "_".join(part for part in parts if part is not None)
    return None


def _made_by_terraform_since(reference: str, since: datetime) -> bool:
    made = _TERRAFORM_REFERENCE.search(reference)
    if made is None:
        return False
    created = datetime.strptime(made.group(1), "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    return created_since(created, since)


def _checks_as_planned(resource: PlannedResource, config: HealthCheckConfigOutputTypeDef) -> bool:
    return as_planned(
        resource,
        {
            "type": config["Type"],
            "fqdn": config.get("FullyQualifiedDomainName"),
            "port": config.get("Port"),
            "resource_path": config.get("ResourcePath"),
            "request_interval": config.get("RequestInterval"),
        },
    )


def _says_as_planned(resource: PlannedResource, record: ResourceRecordSetOutputTypeDef) -> bool:
    target = record.get("AliasTarget")
    if target is not None:
        alias = block(resource, "alias")
        leads_there = alias.get("zone_id") == target["HostedZoneId"] and (
            plain(str(alias.get("name", ""))) == plain(target["DNSName"])
        )
    else:
        actual = frozenset(entry["Value"] for entry in record.get("ResourceRecords", []))
        leads_there = texts(resource, "records") == actual
    return (
        leads_there
        and _is_routed_as_planned(resource, record)
        and as_planned(
            resource,
            {"ttl": record.get("TTL"), "health_check_id": record.get("HealthCheckId")},
        )
    )


def _is_routed_as_planned(
    resource: PlannedResource, record: ResourceRecordSetOutputTypeDef
) -> bool:
    place = record.get("GeoLocation", {})
    says = {
        ("latency", "region"): record.get("Region"),
        # A weight of 0 is a weight, and AWS tells it apart from none.
        ("weighted", "weight"): str(record["Weight"]) if "Weight" in record else None,
        ("failover", "type"): record.get("Failover"),
        ("geolocation", "continent"): place.get("ContinentCode"),
        ("geolocation", "country"): place.get("CountryCode"),
        ("geolocation", "subdivision"): place.get("SubdivisionCode"),
    }
    return all(
        agrees(_setting(resource, f"{policy}_routing_policy", name), actual)
        for (policy, name), actual in says.items()
    )


def _setting(resource: PlannedResource, policy: str, name: str) -> str | None:
    value = block(resource, policy).get(name)
    return None if value is None else str(value)


def _tags(
    route53: Route53Client, kind: Literal["hostedzone", "healthcheck"], identifier: str
) -> dict[str, str]:
    answer = route53.list_tags_for_resource(ResourceType=kind, ResourceId=identifier)
    return {tag["Key"]: tag.get("Value", "") for tag in answer["ResourceTagSet"].get("Tags", [])}
