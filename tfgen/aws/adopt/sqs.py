"""SQS queues that a broken run left behind."""

from __future__ import annotations

from datetime import UTC, datetime

from tfgen.aws.adopt.evidence import created_since, has_tags
from tfgen.aws.adopt.planned import PlannedResource, text
from tfgen.aws.session import Aws


def find_queue(aws: Aws, resource: PlannedResource, since: datetime) -> str | None:
    """Finds a queue by its name, time and tags.

    Import ID: the URL
    (https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/sqs_queue#import).
    """
    name = text(resource, "name")
    if name is None:
        return None
    sqs = aws.client("sqs", resource.region)
    pages = sqs.get_paginator("list_queues").paginate(QueueNamePrefix=name)
    for url in (url for page in pages for url in page.get("QueueUrls", [])):
        if url.rpartition("/")[2] != name:
            continue
        said = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["CreatedTimestamp"])
        created = datetime.fromtimestamp(float(said["Attributes"]["CreatedTimestamp"]), UTC)
        tags = sqs.list_queue_tags(QueueUrl=url).get("Tags", {})
        return url if created_since(created, since) and has_tags(resource, tags) else None
    return None
