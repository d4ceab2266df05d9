"""What has no region: roles, zones with their records, and health checks."""

from __future__ import annotations

from typing import Any

from tests.removal.noted import Noted
from tfgen.aws.session import Aws


def _roles(aws: Aws, region: str, notes: Noted) -> None:
    client = aws.client("iam", region)
    for page in client.get_paginator("list_roles").paginate():
        for role in page["Roles"]:
            name = role["RoleName"]
            notes.call(role["RoleId"], f"role {name}")
            inline = client.list_role_policies(RoleName=name)["PolicyNames"]
            attached = client.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
            notes.add(
                "iam",
                "role",
                name,
                **role,
                policies={
                    each: client.get_role_policy(RoleName=name, PolicyName=each)["PolicyDocument"]
                    for each in inline
                },
                attached=[each["PolicyArn"] for each in attached],
                tags=client.list_role_tags(RoleName=name)["Tags"],
            )
    for policies in client.get_paginator("list_policies").paginate(Scope="Local"):
        for policy in policies["Policies"]:
            notes.add("iam", "policy", policy["PolicyName"], **policy)


def _zones(aws: Aws, region: str, notes: Noted) -> None:
    client = aws.client("route53", region)
    for checks in client.get_paginator("list_health_checks").paginate():
        for check in checks["HealthChecks"]:
            about = check["HealthCheckConfig"]
            name = f"{about.get('FullyQualifiedDomainName')}"
            notes.call(check["Id"], f"health check of {name}")
            tags: Any = client.list_tags_for_resource(
                ResourceType="healthcheck", ResourceId=check["Id"]
            )
            notes.add("route53", "health check", name, **about, tags=tags["ResourceTagSet"]["Tags"])
    for page in client.get_paginator("list_hosted_zones").paginate():
        for zone in page["HostedZones"]:
            name = zone["Name"].rstrip(".")
            id_ = zone["Id"].rpartition("/")[2]
            notes.call(id_, f"zone {name}")
            notes.add("route53", "zone", name, config=zone["Config"])
            pages = client.get_paginator("list_resource_record_sets")
            for records in pages.paginate(HostedZoneId=id_):
                for record in records["ResourceRecordSets"]:
                    if record["Type"] not in {"NS", "SOA"}:
                        set_ = record.get("SetIdentifier", "")
                        key = f"{record['Type']} {record['Name']} {set_}".rstrip()
                        notes.add("route53", "record", key, **record)


READERS = (_roles, _zones)
