"""Keys that a config names are there before the app, as they would be in the real account."""

from __future__ import annotations

import pytest

from tests.sandbox.conftest import REGION
from tfgen.aws.session import Aws
from tfgen.sandbox.inventory import inventory
from tfgen.sandbox.seed import ensure_key

ID = "0f6e2a4c-1b7d-4e55-9a53-6a1d0d6f7b21"
ARN = f"arn:aws:kms:{REGION}:123456789012"


@pytest.mark.parametrize("name", ["alias/company", f"{ARN}:alias/company", f"{ARN}:key/{ID}"])
def test_a_key_is_seeded_once_and_is_not_the_apps(endpoint: str, aws: Aws, name: str) -> None:
    kms = aws.client("kms", REGION)
    ensure_key(endpoint, REGION, name)
    ensure_key(endpoint, REGION, name)
    key = kms.describe_key(KeyId=name)["KeyMetadata"]
    assert (key["KeyState"], key["KeySpec"], key["KeyUsage"]) == (
        "Enabled",
        "SYMMETRIC_DEFAULT",
        "ENCRYPT_DECRYPT",
    )
    assert [each["KeyId"] for each in kms.list_keys()["Keys"]] == [key["KeyId"]]
    assert inventory(endpoint, [REGION]) == []


def test_a_key_that_is_named_by_its_arn_has_its_id_and_works(endpoint: str, aws: Aws) -> None:
    name = f"{ARN}:key/{ID}"
    ensure_key(endpoint, REGION, name)
    kms = aws.client("kms", REGION)
    assert kms.describe_key(KeyId=ID)["KeyMetadata"]["Arn"] == name
    sealed = kms.encrypt(KeyId=name, Plaintext=b"value")
    assert sealed["KeyId"] == name
    opened = kms.decrypt(CiphertextBlob=sealed["CiphertextBlob"], KeyId=name)
    assert opened["Plaintext"] == b"value"


def test_a_key_that_somebody_made_is_left_as_it_is(endpoint: str, aws: Aws) -> None:
    kms = aws.client("kms", REGION)
    made = kms.create_key()["KeyMetadata"]["KeyId"]
    kms.create_alias(AliasName="alias/company", TargetKeyId=made)
    ensure_key(endpoint, REGION, "alias/company")
    assert [each["KeyId"] for each in kms.list_keys()["Keys"]] == [made]
    assert [each.id for each in inventory(endpoint, [REGION])] == ["alias/company", made]
