"""IAM roles and their policies that a broken run left behind."""

from __future__ import annotations

import json
from datetime import datetime

from tfgen.aws.adopt.evidence import created_since, has_tags
from tfgen.aws.adopt.planned import PlannedResource, text
from tfgen.aws.session import Aws


def find_role(aws: Aws, resource: PlannedResource, since: datetime) -> str | None:
    """Finds a role by its name, time and tags.

    Import ID: the name
    (https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/iam_role#import).
    """
    name = text(resource, "name")
    if name is None:
        return None
    iam = aws.client("iam", resource.region)
    try:
        role = iam.get_role(RoleName=name)["Role"]
    except iam.exceptions.NoSuchEntityException:
        return None
    actual = {tag["Key"]: tag["Value"] for tag in role.get("Tags", [])}
    found = created_since(role["CreateDate"], since) and has_tags(resource, actual)
    return name if found else None


def find_role_policy(aws: Aws, resource: PlannedResource, _since: datetime) -> str | None:
    """Finds an inline policy by its role, name and document; IAM tells no time for it.

    Import ID: role and policy, with a colon
    (https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/iam_role_policy#import).
    """
    role, name = text(resource, "role"), text(resource, "name")
    if role is None or name is None:
        return None
    iam = aws.client("iam", resource.region)
    try:
        document: object = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
    except iam.exceptions.NoSuchEntityException:
        return None
    planned = text(resource, "policy")
    found = planned is None or json.loads(planned) == document
    return f"{role}:{name}" if found else None


def find_role_policy_attachment(
    aws: Aws, resource: PlannedResource, _since: datetime
) -> str | None:
    """Finds a managed policy on its role; IAM tells no time for it.

    Import ID: the role's name and the policy's ARN, with a slash
    (https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/iam_role_policy_attachment#import).
    """
    role, policy = text(resource, "role"), text(resource, "policy_arn")
    if role is None or policy is None:
        return None
    iam = aws.client("iam", resource.region)
    try:
        pages = iam.get_paginator("list_attached_role_policies").paginate(RoleName=role)
        arns = {each["PolicyArn"] for page in pages for each in page["AttachedPolicies"]}
    except iam.exceptions.NoSuchEntityException:
        return None
    return f"{role}/{policy}" if policy in arns else None
