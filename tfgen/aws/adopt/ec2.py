"""Rules of security groups that a broken run left behind."""

from __future__ import annotations

from datetime import datetime

from tfgen.aws.adopt.evidence import as_planned, has_tags
from tfgen.aws.adopt.planned import PlannedResource, text
from tfgen.aws.session import Aws


def find_ingress_rule(aws: Aws, resource: PlannedResource, _since: datetime) -> str | None:
    """Finds a rule that lets one security group into another, by all that it says.

    A group has no two rules for the same source and ports, and AWS does not say when one was made:
    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AuthorizeSecurityGroupIngress.html

    Import ID: the rule's ID
    (https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/vpc_security_group_ingress_rule#import).
    """
    group, source = (
        text(resource, name) for name in ("security_group_id", "referenced_security_group_id")
    )
    if group is None or source is None:
        return None
    ec2 = aws.client("ec2", resource.region)
    pages = ec2.get_paginator("describe_security_group_rules").paginate(
        Filters=[{"Name": "group-id", "Values": [group]}]
    )
    for page in pages:
        for rule in page["SecurityGroupRules"]:
            said = {
                "referenced_security_group_id": rule.get("ReferencedGroupInfo", {}).get("GroupId"),
                "ip_protocol": rule.get("IpProtocol"),
                "from_port": rule.get("FromPort"),
                "to_port": rule.get("ToPort"),
                "description": rule.get("Description"),
            }
            tags = {tag["Key"]: tag["Value"] for tag in rule.get("Tags", [])}
            if (
                not rule.get("IsEgress")
                and as_planned(resource, said)
                and has_tags(resource, tags, or_none=True)
            ):
                return rule["SecurityGroupRuleId"]
    return None
