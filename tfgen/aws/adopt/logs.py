"""CloudWatch log groups that a broken run left behind."""

from __future__ import annotations

from datetime import UTC, datetime

from tfgen.aws.adopt.evidence import created_since, has_tags
from tfgen.aws.adopt.planned import PlannedResource, text
from tfgen.aws.session import Aws


def find_log_group(aws: Aws, resource: PlannedResource, since: datetime) -> str | None:
    """Finds a log group by its name, time and tags.

    One that Lambda made by itself, because the function ran before, has no tags and is left alone.

    Import ID: the name
    (https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/cloudwatch_log_group#import).
    """
    name = text(resource, "name")
    if name is None:
        return None
    logs = aws.client("logs", resource.region)
    pages = logs.get_paginator("describe_log_groups").paginate(logGroupNamePrefix=name)
    for group in (group for page in pages for group in page["logGroups"]):
        if group["logGroupName"] != name:
            continue
        created = datetime.fromtimestamp(group["creationTime"] / 1000, UTC)
        # ListTagsForResource wants the ARN without the suffix that means "and its streams".
        arn = group["arn"].removesuffix(":*")
        actual = logs.list_tags_for_resource(resourceArn=arn)["tags"]
        return name if created_since(created, since) and has_tags(resource, actual) else None
    return None
