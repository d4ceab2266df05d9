"""The KMS keys that tables are encrypted by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from moto.dynamodb.models.table import Table


def check_key(account: str, region: str, key: str | None) -> None:
    """Refuses a key that DynamoDB could not use.

    Args:
        account: the account's ID.
        region: the table's.
        key: ID, ARN, alias or alias's ARN; None is a key that AWS has.

    Raises:
        JsonRESTError: there is no such key in that region.
    """
    from moto.dynamodb.exceptions import MockValidationException
    from moto.kms.models import kms_backends

    if key is None:
        return
    kms = kms_backends[account][region]
    elsewhere = key.startswith("arn:") and key.split(":")[3] != region
    known = not elsewhere and kms.any_id_to_key_id(key) in kms.keys
    if not known:
        raise MockValidationException(f"KMS validation error: {key} is no key in {region}")


def encrypt(table: Table, wanted: Mapping[str, Any]) -> None:
    """Encrypts a table anew.

    Args:
        table: it has been made.
        wanted: the ``SSESpecification``; without a key it is the one that AWS manages.
    """
    from moto.kms.models import kms_backends

    check_key(table.account_id, table.region_name, wanted.get("KMSMasterKeyId"))
    specification = dict(wanted)
    if specification.get("Enabled") and "KMSMasterKeyId" not in specification:
        kms = kms_backends[table.account_id][table.region_name]
        specification["KMSMasterKeyId"] = kms.describe_key("alias/aws/dynamodb").arn
    table.sse_specification = specification
