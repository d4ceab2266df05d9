"""S3 and SQS: the buckets that bundles go through, and the queues of failed events.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html
https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsqs.html
"""

from __future__ import annotations

from tfgen.app import Code
from tfgen.iam.deploy.keys import BY_SERVICES
from tfgen.iam.deploy.target import Scope, Table, Target, Where, in_regions, needs
from tfgen.iam.names import Names


def _bucket(names: Names) -> str:
    name = f"{names.app.full_name}-artifacts-{names.account}-{names.region}"
    return f"arn:{names.partition}:s3:::{name}"


def _by_bucket(where: Where) -> bool:
    codes = (region.function.code for region in where.app.regions)
    return any(isinstance(code, Code) and code.delivery == "s3" for code in codes)


def _buckets(where: Where) -> Scope:
    return Scope(tuple(map(_bucket, where.regions)) if _by_bucket(where) else ())


def _objects(where: Where) -> Scope:
    return Scope(tuple(f"{arn}/*" for arn in _buckets(where).resources))


def _with_queue(where: Where) -> tuple[Names, ...]:
    return where.those(region.name for region in where.app.regions if region.function.dead_letter)


BUCKETS = Target("Buckets", "s3", _buckets)
OBJECTS = Target("Bundles", "s3", _objects)
# To list has no resource level.
ALL_BUCKETS = Target("ListBuckets", "s3", lambda where: Scope(("*",) if _by_bucket(where) else ()))
QUEUES = Target(
    "Queues",
    "sqs",
    lambda where: Scope(tuple(names.dead_letter_queue() for names in _with_queue(where))),
)
# To list has no resource level.
ALL_QUEUES = Target("ListQueues", "sqs", lambda where: in_regions(_with_queue(where)))

ACTIONS: Table = {
    "aws_s3_bucket": (
        needs(
            BUCKETS,
            create="CreateBucket PutBucketTagging TagResource",
            # The provider reads all that a bucket can have.
            read="GetAccelerateConfiguration GetBucketAcl GetBucketCORS GetBucketLocation "
            "GetBucketLogging GetBucketObjectLockConfiguration GetBucketPolicy "
            "GetBucketRequestPayment GetBucketTagging GetBucketVersioning GetBucketWebsite "
            "GetEncryptionConfiguration GetLifecycleConfiguration GetReplicationConfiguration "
            "ListBucket ListTagsForResource",
            update="UntagResource",
            delete="DeleteBucket ListBucketVersions",
            adopt="GetBucketTagging",
        ),
        needs(OBJECTS, delete="DeleteObject DeleteObjectVersion"),
        needs(ALL_BUCKETS, adopt="ListAllMyBuckets"),
    ),
    "aws_s3_bucket_lifecycle_configuration": (
        needs(BUCKETS, create="PutLifecycleConfiguration", read="GetLifecycleConfiguration"),
    ),
    "aws_s3_bucket_ownership_controls": (
        needs(BUCKETS, create="PutBucketOwnershipControls", read="GetBucketOwnershipControls"),
    ),
    "aws_s3_bucket_policy": (
        needs(
            BUCKETS, create="PutBucketPolicy", read="GetBucketPolicy", delete="DeleteBucketPolicy"
        ),
    ),
    "aws_s3_bucket_public_access_block": (
        needs(BUCKETS, create="PutBucketPublicAccessBlock", read="GetBucketPublicAccessBlock"),
    ),
    "aws_s3_bucket_server_side_encryption_configuration": (
        needs(BUCKETS, create="PutEncryptionConfiguration", read="GetEncryptionConfiguration"),
    ),
    "aws_s3_bucket_versioning": (
        needs(BUCKETS, create="PutBucketVersioning", read="GetBucketVersioning"),
    ),
    "aws_s3_object": (
        needs(
            OBJECTS,
            create="PutObject AbortMultipartUpload",
            # Lambda takes the bundle from there as whoever configures the function.
            read="GetObject GetObjectTagging GetObjectVersion",
            delete="DeleteObject DeleteObjectVersion",
        ),
        needs(BUCKETS, delete="ListBucketVersions", adopt="ListBucket"),
        # https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html#require-sse-kms
        *(needs(keys, create="GenerateDataKey", read="Decrypt") for keys in BY_SERVICES),
    ),
    "aws_sqs_queue": (
        needs(
            QUEUES,
            create="CreateQueue TagQueue",
            read="GetQueueAttributes GetQueueUrl ListQueueTags",
            update="SetQueueAttributes UntagQueue",
            delete="DeleteQueue",
        ),
        needs(ALL_QUEUES, adopt="ListQueues"),
    ),
}
