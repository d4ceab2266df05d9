"""DynamoDB tables that a broken run left behind."""

from __future__ import annotations

from datetime import datetime

from tfgen.aws.adopt.evidence import as_planned, created_since, has_tags
from tfgen.aws.adopt.planned import PlannedResource, text
from tfgen.aws.session import Aws


def find_table(aws: Aws, resource: PlannedResource, since: datetime) -> str | None:
    """Finds a table by its name, keys, time and tags; a table has its tags from the beginning.

    Its replicas need not be there: what is missing is added to what was imported.

    Import ID: the name
    (https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/dynamodb_table#import).
    """
    name = text(resource, "name")
    if name is None:
        return None
    dynamodb = aws.client("dynamodb", resource.region)
    try:
        table = dynamodb.describe_table(TableName=name)["Table"]
    except dynamodb.exceptions.ResourceNotFoundException:
        return None
    keys = {key["KeyType"]: key["AttributeName"] for key in table["KeySchema"]}
    pages = dynamodb.get_paginator("list_tags_of_resource").paginate(ResourceArn=table["TableArn"])
    actual = {tag["Key"]: tag["Value"] for page in pages for tag in page["Tags"]}
    found = (
        created_since(table["CreationDateTime"], since)
        and as_planned(resource, {"hash_key": keys["HASH"], "range_key": keys.get("RANGE")})
        and has_tags(resource, actual)
    )
    return name if found else None
