"""CloudWatch log groups that a broken run left behind."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tfgen.aws.adopt.evidence import created_since, has_tags
from tfgen.aws.adopt.planned import PlannedResource, text
from tfgen.aws.session import Aws

if TYPE_CHECKING:
    from mypy_boto3_logs import CloudWatchLogsClient
    from mypy_boto3_logs.type_defs import LogGroupTypeDef


def find_log_group(aws: Aws, resource: PlannedResource, since: datetime) -> str | None:
    """Finds a log group by its name, time and tags.

    One that Lambda made by itself, because the function ran before, has no tags and is left to
    `tfgen.aws.adopt.existing`.

    Import ID: the name
    (https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/cloudwatch_log_group#import).
    """
    name = text(resource, "name")
    if name is None:
        return None
    logs = aws.client("logs", resource.region)
    group = _group(logs, name)
    if group is None:
        return None
    created = datetime.fromtimestamp(group["creationTime"] / 1000, UTC)
    found = created_since(created, since) and has_tags(resource, _tags(logs, group))
    return name if found else None


def group_tags(aws: Aws, region: str, name: str) -> Mapping[str, str] | None:
    """Returns the tags of a log group, or None if there is no such group."""
    logs = aws.client("logs", region)
    group = _group(logs, name)
    return None if group is None else _tags(logs, group)


def _group(logs: CloudWatchLogsClient, name: str) -> LogGroupTypeDef | None:
    pages = logs.get_paginator("describe_log_groups").paginate(logGroupNamePrefix=name)
    groups = (group for page in pages for group in page["logGroups"])
    return next((group for group in groups if group["logGroupName"] == name), None)


def _tags(logs: CloudWatchLogsClient, group: LogGroupTypeDef) -> Mapping[str, str]:
    # ListTagsForResource wants the ARN without the suffix that means "and its streams".
    return logs.list_tags_for_resource(resourceArn=group["arn"].removesuffix(":*"))["tags"]
