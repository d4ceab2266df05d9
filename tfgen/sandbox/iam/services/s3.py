"""S3: its actions are seldom called as its operations.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html
https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
"""

from __future__ import annotations

import re
from typing import Final

from tfgen.sandbox.iam.account import ACCOUNT
from tfgen.sandbox.iam.calls import Call
from tfgen.sandbox.iam.evaluation import Access
from tfgen.sandbox.iam.policy import Policy, Principal, parse_policy

# The actions on an object whose operation is called otherwise.
_OBJECT: Final = {
    "AbortMultipartUpload": "AbortMultipartUpload",
    "CompleteMultipartUpload": "PutObject",
    "CreateMultipartUpload": "PutObject",
    "HeadObject": "GetObject",
    "ListParts": "ListMultipartUploadParts",
    "SelectObjectContent": "GetObject",
    "UploadPart": "PutObject",
    "UploadPartCopy": "PutObject",
    "CopyObject": "PutObject",
}
# The same on a bucket.
_BUCKET: Final = {
    "DeleteBucketCors": "PutBucketCORS",
    "DeleteBucketEncryption": "PutEncryptionConfiguration",
    "DeleteBucketLifecycle": "PutLifecycleConfiguration",
    "DeleteBucketOwnershipControls": "PutBucketOwnershipControls",
    "DeleteBucketReplication": "PutReplicationConfiguration",
    "DeleteBucketTagging": "PutBucketTagging",
    "DeletePublicAccessBlock": "PutBucketPublicAccessBlock",
    "GetBucketAccelerateConfiguration": "GetAccelerateConfiguration",
    "GetBucketEncryption": "GetEncryptionConfiguration",
    "GetBucketLifecycle": "GetLifecycleConfiguration",
    "GetBucketLifecycleConfiguration": "GetLifecycleConfiguration",
    "GetBucketNotificationConfiguration": "GetBucketNotification",
    "GetBucketReplication": "GetReplicationConfiguration",
    "GetObjectLockConfiguration": "GetBucketObjectLockConfiguration",
    "GetPublicAccessBlock": "GetBucketPublicAccessBlock",
    "HeadBucket": "ListBucket",
    "ListMultipartUploads": "ListBucketMultipartUploads",
    "ListObjectVersions": "ListBucketVersions",
    "ListObjects": "ListBucket",
    "ListObjectsV2": "ListBucket",
    "PutBucketAccelerateConfiguration": "PutAccelerateConfiguration",
    "PutBucketEncryption": "PutEncryptionConfiguration",
    "PutBucketLifecycle": "PutLifecycleConfiguration",
    "PutBucketLifecycleConfiguration": "PutLifecycleConfiguration",
    "PutBucketNotificationConfiguration": "PutBucketNotification",
    "PutBucketReplication": "PutReplicationConfiguration",
    "PutObjectLockConfiguration": "PutBucketObjectLockConfiguration",
    "PutPublicAccessBlock": "PutBucketPublicAccessBlock",
}
_OF_VERSIONS: Final = frozenset({"DeleteObject", "GetObject", "GetObjectAcl", "GetObjectTagging"})
_KEY: Final = re.compile(r"<Key>(.*?)</Key>", re.DOTALL)


def accesses(call: Call, caller: Principal) -> list[Access] | None:
    """Returns what a request to S3 does."""
    del caller
    operation = call.operation or ""
    if operation == "ListBuckets":
        return [Access("s3:ListAllMyBuckets", "*")]
    bucket = call.text("Bucket")
    if bucket is None:
        return None
    policy = _policy(bucket)
    resource = f"arn:aws:s3:::{bucket}"
    if operation == "DeleteObjects":
        keys = _KEY.findall(call.text("Delete") or "")
        return [Access("s3:DeleteObject", f"{resource}/{key}", policy=policy) for key in keys]
    if (key := call.text("Key")) is None:
        context = {
            f"s3:{name}": (value,)
            for name in ("prefix", "delimiter", "max-keys")
            if (value := call.text(name)) is not None
        }
        return [Access(f"s3:{_BUCKET.get(operation, operation)}", resource, context, policy)]
    action = _OBJECT.get(operation, operation)
    if action in _OF_VERSIONS and call.text("versionId") is not None:
        action = re.sub("Object", "ObjectVersion", action, count=1)
    done = [Access(f"s3:{action}", f"{resource}/{key}", policy=policy)]
    if (source := call.text("CopySource")) is not None:
        name = source.lstrip("/").partition("?")[0]
        origin = _policy(name.partition("/")[0])
        done.append(Access("s3:GetObject", f"arn:aws:s3:::{name}", policy=origin))
    return done


def _policy(bucket: str) -> Policy | None:
    from moto.s3.models import s3_backends

    found = s3_backends[ACCOUNT]["aws"].buckets.get(bucket)
    document: str | bytes | None = None if found is None else found.policy
    if not document:
        return None
    return parse_policy(document.decode() if isinstance(document, bytes) else document)
