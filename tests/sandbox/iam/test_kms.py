"""KMS: who may use a key, and what a ciphertext is bound to."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import pytest

from tests.sandbox.conftest import REGION
from tests.sandbox.iam.people import Person, failure, key_policy, owner, refused
from tfgen.aws.session import Aws

if TYPE_CHECKING:
    from mypy_boto3_kms import KMSClient

CONTEXT = {"app": "hello", "stage": "production", "region": REGION, "name": "DB"}
ANOTHER = CONTEXT | {"name": "TOKEN"}


@pytest.fixture
def kms(endpoint: str) -> KMSClient:
    client: KMSClient = owner(endpoint, "kms")
    return client


def make(kms: KMSClient, *statements: Any) -> str:
    """Makes a key; without statements, with the policy that a key has by default."""
    policy = key_policy(*statements or ({"Action": "kms:*"},))
    return kms.create_key(Policy=policy)["KeyMetadata"]["Arn"]


def encrypt(kms: KMSClient, key: str, text: str = "secret", **context: str) -> bytes:
    done = kms.encrypt(KeyId=key, Plaintext=text.encode(), EncryptionContext=context)
    return done["CiphertextBlob"]


def test_the_right_of_a_function(aws: Aws, kms: KMSClient) -> None:
    key, other = make(kms), make(kms)
    wanted = {f"kms:EncryptionContext:{name}": value for name, value in CONTEXT.items()}
    person = Person(
        aws,
        "ann",
        {
            "Action": "kms:Decrypt",
            "Resource": key,
            "Condition": {
                "StringEquals": wanted,
                "ForAllValues:StringEquals": {"kms:EncryptionContextKeys": list(CONTEXT)},
            },
        },
    )
    mine = person.client("kms")
    blob = encrypt(kms, key, **CONTEXT)
    assert mine.decrypt(CiphertextBlob=blob, EncryptionContext=CONTEXT)["Plaintext"] == b"secret"
    said = refused(
        mine.decrypt, CiphertextBlob=encrypt(kms, key, **ANOTHER), EncryptionContext=ANOTHER
    )
    assert said == (
        f"User: {person.arn} is not authorized to perform: kms:Decrypt on resource: {key} "
        "because no identity-based policy allows the kms:Decrypt action"
    )
    longer = CONTEXT | {"more": "x"}
    refused(mine.decrypt, CiphertextBlob=encrypt(kms, key, **longer), EncryptionContext=longer)
    refused(mine.decrypt, CiphertextBlob=encrypt(kms, key))
    blob = encrypt(kms, other, **CONTEXT)
    refused(mine.decrypt, CiphertextBlob=blob, EncryptionContext=CONTEXT)
    refused(mine.decrypt, CiphertextBlob=blob, KeyId=other, EncryptionContext=CONTEXT)
    refused(mine.encrypt, KeyId=key, Plaintext=b"x", EncryptionContext=CONTEXT)
    refused(mine.describe_key, KeyId=key)


@pytest.mark.parametrize("name", ["id", "arn", "alias", "alias-arn"])
def test_a_key_has_four_names(aws: Aws, kms: KMSClient, name: str) -> None:
    key = make(kms)
    kms.create_alias(AliasName="alias/app", TargetKeyId=key)
    names = {
        "id": key.rpartition("/")[2],
        "arn": key,
        "alias": "alias/app",
        "alias-arn": key.partition(":key/")[0] + ":alias/app",
    }
    person = Person(aws, "ann", {"Action": "kms:Encrypt", "Resource": key})
    done = person.client("kms").encrypt(KeyId=names[name], Plaintext=b"x")
    assert done["KeyId"] == key
    # It is the key that counts and not its name.
    person.may({"Action": "kms:Encrypt", "Resource": names["alias-arn"]})
    refused(person.client("kms").encrypt, KeyId=names[name], Plaintext=b"x")
    person.may(
        {
            "Action": "kms:Encrypt",
            "Condition": {"ForAnyValue:StringEquals": {"kms:ResourceAliases": "alias/app"}},
        }
    )
    person.client("kms").encrypt(KeyId=names[name], Plaintext=b"x")


def test_the_key_decides_whom_it_leaves_to_iam(aws: Aws, kms: KMSClient) -> None:
    person = Person(aws, "ann", {"Action": "kms:*"})
    mine = person.client("kms")
    key = make(kms, {"Action": "kms:Encrypt"}, {"Action": "kms:DescribeKey"})
    blob = mine.encrypt(KeyId=key, Plaintext=b"x")["CiphertextBlob"]
    said = refused(mine.decrypt, CiphertextBlob=blob)
    assert said.endswith("because no resource-based policy allows the kms:Decrypt action")
    kms.put_key_policy(
        KeyId=key,
        PolicyName="default",
        Policy=key_policy({"Action": "kms:Decrypt", "Principal": {"AWS": person.arn}}),
    )
    assert mine.decrypt(CiphertextBlob=blob)["Plaintext"] == b"x"
    refused(mine.encrypt, KeyId=key, Plaintext=b"x")
    person.may({"Action": "s3:*"})
    assert mine.decrypt(CiphertextBlob=blob)["Plaintext"] == b"x"
    only_by_service = {"StringEquals": {"kms:ViaService": f"ssm.{REGION}.amazonaws.com"}}
    kms.put_key_policy(
        KeyId=key,
        PolicyName="default",
        Policy=key_policy(
            {"Action": "kms:*", "Principal": {"AWS": "*"}, "Condition": only_by_service}
        ),
    )
    refused(mine.decrypt, CiphertextBlob=blob)


def test_a_denial_in_either_policy(aws: Aws, kms: KMSClient) -> None:
    person = Person(aws, "ann", {"Action": "*"}, {"Effect": "Deny", "Action": "kms:Encrypt"})
    mine = person.client("kms")
    denial = {
        "Effect": "Deny",
        "Action": "kms:Decrypt",
        "Principal": "*",
        "Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:user/a*"}},
    }
    key = make(kms, {"Action": "kms:*"}, denial)
    blob = encrypt(kms, key)
    said = refused(mine.encrypt, KeyId=key, Plaintext=b"x")
    assert said.endswith("with an explicit deny in an identity-based policy")
    said = refused(mine.decrypt, CiphertextBlob=blob)
    assert said.endswith("with an explicit deny in a resource-based policy")
    bob = Person(aws, "bob", {"Action": "*"})
    assert bob.client("kms").decrypt(CiphertextBlob=blob)["Plaintext"] == b"secret"


def test_reencryption_needs_both_keys(aws: Aws, kms: KMSClient) -> None:
    old, new = make(kms), make(kms)
    blob = encrypt(kms, old, **CONTEXT)
    asked = {
        "CiphertextBlob": blob,
        "SourceEncryptionContext": CONTEXT,
        "DestinationKeyId": new,
        "DestinationEncryptionContext": ANOTHER,
    }
    source = {"Action": "kms:ReEncryptFrom", "Resource": old}
    target = {
        "Action": "kms:ReEncryptTo",
        "Resource": new,
        "Condition": {"StringEquals": {"kms:EncryptionContext:name": "TOKEN"}},
    }
    person = Person(aws, "ann", source)
    mine = person.client("kms")
    assert f"kms:ReEncryptTo on resource: {new}" in refused(mine.re_encrypt, **asked)
    person.may(target)
    assert f"kms:ReEncryptFrom on resource: {old}" in refused(mine.re_encrypt, **asked)
    person.may(source, target)
    done = mine.re_encrypt(**asked)
    assert (done["SourceKeyId"], done["KeyId"]) == (old, new)
    again = kms.decrypt(CiphertextBlob=done["CiphertextBlob"], EncryptionContext=ANOTHER)
    assert again["Plaintext"] == b"secret"
    refused(mine.re_encrypt, **asked | {"DestinationEncryptionContext": CONTEXT})
    code, _ = failure(kms.re_encrypt, **asked | {"SourceEncryptionContext": ANOTHER})
    assert code == "InvalidCiphertextException"
    code, _ = failure(kms.re_encrypt, **asked, SourceKeyId=new)
    assert code == "IncorrectKeyException"


def test_a_grant(aws: Aws, kms: KMSClient) -> None:
    key = make(kms)
    person = Person(aws, "ann")
    mine = person.client("kms")
    blob, other = encrypt(kms, key, **CONTEXT), encrypt(kms, key, **ANOTHER)
    refused(mine.decrypt, CiphertextBlob=blob, EncryptionContext=CONTEXT)
    grant = kms.create_grant(
        KeyId=key,
        GranteePrincipal=person.arn,
        Operations=["Decrypt"],
        Constraints={"EncryptionContextSubset": {"name": "DB"}},
    )
    assert mine.decrypt(CiphertextBlob=blob, EncryptionContext=CONTEXT)["Plaintext"] == b"secret"
    refused(mine.decrypt, CiphertextBlob=other, EncryptionContext=ANOTHER)
    refused(mine.encrypt, KeyId=key, Plaintext=b"x", EncryptionContext=CONTEXT)
    kms.revoke_grant(KeyId=key, GrantId=grant["GrantId"])
    refused(mine.decrypt, CiphertextBlob=blob, EncryptionContext=CONTEXT)


def test_grants_for_services_only(aws: Aws, kms: KMSClient) -> None:
    key = make(kms)
    asked = {"KeyId": key, "GranteePrincipal": "arn:aws:iam::123456789012:user/x"}
    condition = {"Bool": {"kms:GrantIsForAWSResource": "true"}}
    person = Person(aws, "ann", {"Action": "kms:CreateGrant", "Condition": condition})
    refused(person.client("kms").create_grant, **asked, Operations=["Decrypt"])


def test_a_ciphertext_is_bound_to_its_context(kms: KMSClient) -> None:
    key = make(kms)
    blob = encrypt(kms, key, a="bc")
    assert base64.b64encode(blob).startswith(b"AQICAH")
    for context in ({"ab": "c"}, {}, {"a": "bc", "d": ""}, {"A": "bc"}, {"a": "BC"}):
        said = failure(kms.decrypt, CiphertextBlob=blob, EncryptionContext=context)
        assert said == ("InvalidCiphertextException", "")
    both = encrypt(kms, key, a="1", b="2")
    assert kms.decrypt(CiphertextBlob=both, EncryptionContext={"b": "2", "a": "1"})["Plaintext"]


@pytest.mark.parametrize("blob", [b"x", b"\x01\x02\x02\x00\x78", b"AQICAH", b"\xff" * 200])
def test_what_is_no_ciphertext(aws: Aws, kms: KMSClient, blob: bytes) -> None:
    assert failure(kms.decrypt, CiphertextBlob=blob) == ("InvalidCiphertextException", "")
    mine = Person(aws, "ann", {"Action": "s3:*"}).client("kms")
    assert failure(mine.decrypt, CiphertextBlob=blob) == ("InvalidCiphertextException", "")


def test_a_changed_ciphertext(kms: KMSClient) -> None:
    blob = bytearray(encrypt(kms, make(kms)))
    blob[-1] ^= 1
    code, message = failure(kms.decrypt, CiphertextBlob=bytes(blob))
    assert (code, message) == ("InvalidCiphertextException", "")


def test_a_ciphertext_of_another_region(endpoint: str, kms: KMSClient) -> None:
    there = owner(endpoint, "kms", "us-west-2")
    key = make(there)
    code, message = failure(kms.decrypt, CiphertextBlob=encrypt(there, key))
    assert code == "AccessDeniedException"
    assert "does not exist in this region" in message
    for call in (kms.encrypt, kms.describe_key):
        named = {"Plaintext": b"x"} if call == kms.encrypt else {}
        assert failure(call, KeyId=key, **named) == ("NotFoundException", "Invalid arn us-west-2")


def test_the_wrong_key_and_none(kms: KMSClient) -> None:
    key, other = make(kms), make(kms)
    code, message = failure(kms.decrypt, CiphertextBlob=encrypt(kms, key), KeyId=other)
    assert code == "IncorrectKeyException"
    assert message.startswith("The key ID in the request does not identify")
    code, message = failure(kms.encrypt, KeyId="alias/none", Plaintext=b"x")
    assert code == "NotFoundException"
    assert message.startswith("Alias arn:aws:kms:")
    missing = "00000000-0000-0000-0000-000000000000"
    code, message = failure(kms.encrypt, KeyId=missing, Plaintext=b"x")
    assert (code, message.endswith("does not exist")) == ("NotFoundException", True)


def test_the_state_of_a_key(kms: KMSClient) -> None:
    key = make(kms)
    blob = encrypt(kms, key)
    kms.disable_key(KeyId=key)
    disabled = ("DisabledException", f"{key} is disabled.")
    assert failure(kms.encrypt, KeyId=key, Plaintext=b"x") == disabled
    assert failure(kms.decrypt, CiphertextBlob=blob) == disabled
    assert failure(kms.generate_data_key, KeyId=key, KeySpec="AES_256") == disabled
    kms.enable_key(KeyId=key)
    kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    pending = ("KMSInvalidStateException", f"{key} is pending deletion.")
    assert failure(kms.decrypt, CiphertextBlob=blob) == pending
    assert failure(kms.enable_key, KeyId=key) == pending
    kms.cancel_key_deletion(KeyId=key)
    kms.enable_key(KeyId=key)
    assert kms.decrypt(CiphertextBlob=blob)["Plaintext"] == b"secret"


def test_a_key_for_signatures_encrypts_nothing(kms: KMSClient) -> None:
    key = kms.create_key(KeyUsage="GENERATE_VERIFY_MAC", KeySpec="HMAC_256")["KeyMetadata"]["Arn"]
    code, _ = failure(kms.encrypt, KeyId=key, Plaintext=b"x")
    assert code == "InvalidKeyUsageException"


def test_the_longest_plaintext(kms: KMSClient) -> None:
    key = make(kms)
    blob = encrypt(kms, key, "x" * 4096)
    assert len(kms.decrypt(CiphertextBlob=blob)["Plaintext"]) == 4096
    code, _ = failure(encrypt, kms, key, "x" * 4097)
    assert code == "ValidationException"


def test_a_policy_that_nobody_understands_lets_nobody_in(aws: Aws, kms: KMSClient) -> None:
    statement = {"Action": "kms:*", "Condition": {"StringResembles": {"aws:username": "ann"}}}
    key = make(kms, {"Action": "kms:*"}, statement)
    mine = Person(aws, "ann", {"Action": "*"}).client("kms")
    said = refused(mine.describe_key, KeyId=key)
    assert "there is no condition operator StringResembles" in said
    # The owner is not asked for rights, and can put it right.
    kms.describe_key(KeyId=key)
