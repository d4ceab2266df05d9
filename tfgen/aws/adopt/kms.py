"""KMS keys and aliases that a broken run left behind."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from tfgen.aws.adopt.evidence import created_since, has_tags, the_only
from tfgen.aws.adopt.planned import PlannedResource, text
from tfgen.aws.session import Aws

if TYPE_CHECKING:
    from mypy_boto3_kms import KMSClient


def find_key(aws: Aws, resource: PlannedResource, since: datetime) -> str | None:
    """Finds an enabled key by its description, time and tags; a key has no name of its own.

    Import ID: the key's ID
    (https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/kms_key#import).
    """
    description = text(resource, "description")
    if description is None:
        return None
    kms = aws.client("kms", resource.region)
    found = []
    for key_id in _key_ids(kms):
        key = kms.describe_key(KeyId=key_id)["KeyMetadata"]
        if (
            key.get("KeyManager") == "CUSTOMER"
            and key.get("KeyState") == "Enabled"
            and key.get("Description") == description
            and created_since(key["CreationDate"], since)
            and has_tags(resource, _tags(kms, key_id))
        ):
            found.append(key_id)
    return the_only(resource, found)


def find_alias(aws: Aws, resource: PlannedResource, _since: datetime) -> str | None:
    """Finds an alias by its name among those of the planned key, which is ours.

    Import ID: the alias with its ``alias/`` prefix
    (https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/kms_alias#import).
    """
    name, key = text(resource, "name"), text(resource, "target_key_id")
    if name is None or key is None:
        return None
    kms = aws.client("kms", resource.region)
    pages = kms.get_paginator("list_aliases").paginate(KeyId=key)
    try:
        names = {alias["AliasName"] for page in pages for alias in page["Aliases"]}
    except kms.exceptions.NotFoundException:
        return None
    return name if name in names else None


def _key_ids(kms: KMSClient) -> Iterator[str]:
    for page in kms.get_paginator("list_keys").paginate():
        for key in page["Keys"]:
            yield key["KeyId"]


def _tags(kms: KMSClient, key_id: str) -> dict[str, str]:
    pages = kms.get_paginator("list_resource_tags").paginate(KeyId=key_id)
    return {tag["TagKey"]: tag["TagValue"] for page in pages for tag in page["Tags"]}
