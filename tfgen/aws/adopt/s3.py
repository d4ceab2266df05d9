"""S3 buckets and objects that a broken run left behind."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from tfgen.aws.adopt.evidence import created_since, has_tags
from tfgen.aws.adopt.planned import PlannedResource, text
from tfgen.aws.session import Aws

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


def find_bucket(aws: Aws, resource: PlannedResource, since: datetime) -> str | None:
    """Finds a bucket of this account by its name, region, time and tags.

    Nobody else's bucket is found, whoever in the world has one of that name: only the account's
    own are listed.

    Import ID: the name
    (https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/s3_bucket#import).
    """
    name = text(resource, "bucket")
    if name is None:
        return None
    s3 = aws.client("s3", resource.region)
    pages = s3.get_paginator("list_buckets").paginate(Prefix=name, BucketRegion=resource.region)
    for bucket in (bucket for page in pages for bucket in page["Buckets"]):
        if bucket["Name"] == name:
            ours = created_since(bucket["CreationDate"], since)
            return name if ours and has_tags(resource, _tags(s3, name), or_none=True) else None
    return None


def find_object(aws: Aws, resource: PlannedResource, since: datetime) -> str | None:
    """Finds an object by its key and time in the planned bucket, which is ours.

    Import ID: bucket and key, with a slash
    (https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/s3_object#import).
    """
    bucket, key = text(resource, "bucket"), text(resource, "key")
    if bucket is None or key is None:
        return None
    s3 = aws.client("s3", resource.region)
    try:
        pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=key)
        times = {
            each["Key"]: each["LastModified"] for page in pages for each in page.get("Contents", [])
        }
    except s3.exceptions.NoSuchBucket:
        return None
    return f"{bucket}/{key}" if key in times and created_since(times[key], since) else None


def _tags(s3: S3Client, bucket: str) -> dict[str, str]:
    from botocore.exceptions import ClientError

    try:
        tags = s3.get_bucket_tagging(Bucket=bucket)["TagSet"]
    except ClientError:  # NoSuchTagSet, the one that is not an error of tfgen's already
        return {}
    return {tag["Key"]: tag["Value"] for tag in tags}
