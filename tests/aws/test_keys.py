"""Values under the keys of regions: what fits what, and what is said when something does not."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any

import pytest

from tests.aws.conftest import Answer
from tfgen.aws.keys import Plaintext, Sealed, Subject, decrypt, encrypt, re_encrypt
from tfgen.aws.session import Aws
from tfgen.errors import TfgenError

EU, US = "eu-west-2", "us-west-2"
ALIAS = "alias/hello-production"
ARN = f"arn:aws:kms:{EU}:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
VALUE = "postgres://ünï:geheim@db/1"


def subject(region: str, name: str = "DB") -> Subject:
    return Subject("hello", "production", region, name, f"secrets/production.yaml:{len(region)}")


def plaintext(region: str, name: str = "DB") -> Plaintext:
    return Plaintext(subject(region, name), ALIAS, f"{VALUE} {region} {name}".encode())


def key_in(aws: Aws, region: str, *, moved: bool = False) -> str:
    kms = aws.client("kms", region)
    metadata = kms.create_key()["KeyMetadata"]
    if moved:
        kms.update_alias(AliasName=ALIAS, TargetKeyId=metadata["KeyId"])
    else:
        kms.create_alias(AliasName=ALIAS, TargetKeyId=metadata["KeyId"])
    return metadata["Arn"]


def sealed_in(aws: Aws, region: str = EU) -> Sealed:
    (sealed,) = encrypt(aws, [plaintext(region)]).sealed
    return sealed


def test_each_region_has_its_own_key_and_context(aws: Aws) -> None:
    keys = {region: key_in(aws, region) for region in (EU, US)}
    values = [plaintext(region, name) for region in (EU, US) for name in ("DB", "TOKEN", "PW")]
    done = encrypt(aws, values)
    assert done.missing == ()
    assert [each.subject for each in done.sealed] == [each.subject for each in values]
    assert [each.key for each in done.sealed] == [keys[EU]] * 3 + [keys[US]] * 3
    assert all(VALUE.encode() not in each.ciphertext for each in done.sealed)
    assert decrypt(aws, done.sealed) == [each.value.decode() for each in values]


def test_a_missing_key_is_no_error_and_nothing_is_half_done(aws: Aws) -> None:
    key_in(aws, EU)
    done = encrypt(aws, [plaintext(EU), plaintext(US), plaintext(US, "TOKEN")])
    assert done.missing == (US,)
    assert done.sealed == ()


def test_nothing_is_asked_but_to_encrypt(aws: Aws) -> None:
    """A developer may have `kms:Encrypt` alone."""
    asked = list[str]()

    def note(model: Any, **_: object) -> None:
        asked.append(model.name)

    key = key_in(aws, EU)
    events = aws.client("kms", EU).meta.events
    events.register("before-call", note)
    (sealed,) = encrypt(aws, [plaintext(EU)]).sealed
    events.unregister("before-call", note)
    assert asked == ["Encrypt"]
    assert sealed.key == key


def test_a_new_key_is_waited_for(aws: Aws) -> None:
    timer = threading.Timer(1.0, key_in, (aws, EU))
    # A client must not be made by two threads at once.
    aws.client("kms", EU)
    timer.start()
    assert encrypt(aws, [plaintext(EU)], new=True).sealed
    timer.join()


@pytest.mark.parametrize(
    "other",
    [
        Subject("hello", "staging", EU, "DB"),
        Subject("other", "production", EU, "DB"),
        Subject("hello", "production", EU, "TOKEN"),
    ],
)
def test_no_other_context_decrypts(aws: Aws, other: Subject) -> None:
    key_in(aws, EU)
    moved = replace(sealed_in(aws), subject=replace(other, place="secrets/x.yaml:3"))
    for attempt in (lambda: decrypt(aws, [moved]), lambda: re_encrypt(aws, [moved], {EU: ALIAS})):
        with pytest.raises(TfgenError, match="is damaged, or was made for something else") as error:
            attempt()
        assert error.value.place == "secrets/x.yaml:3"


def test_a_ciphertext_goes_to_the_key_that_replaced_its_own(aws: Aws) -> None:
    old = key_in(aws, EU)
    before = sealed_in(aws)
    new = key_in(aws, EU, moved=True)
    (after,) = re_encrypt(aws, [before], {EU: ALIAS})
    assert (before.key, after.key) == (old, new)
    assert decrypt(aws, [after]) == [plaintext(EU).value.decode()]
    assert decrypt(aws, [before]) == decrypt(aws, [after])
    (again,) = re_encrypt(aws, [after], {EU: ALIAS})
    assert again.key == new
    assert again.ciphertext != after.ciphertext


def test_a_key_to_rotate_to_that_does_not_exist(aws: Aws) -> None:
    key_in(aws, EU)
    with pytest.raises(TfgenError, match="There is no key `alias/other` in `eu-west-2`"):
        re_encrypt(aws, [sealed_in(aws)], {EU: "alias/other"})


SEALED = Sealed(subject(EU), ARN, b"\1\2")


@pytest.mark.parametrize(
    ("code", "message", "said", "hint"),
    [
        (
            "AccessDeniedException",
            f"User: arn:aws:iam::123456789012:user/ann is not authorized to perform: kms:Decrypt "
            f"on resource: {ARN} because no identity-based policy allows the kms:Decrypt action",
            f"The AWS credentials do not allow kms:Decrypt on {ARN} in eu-west-2",
            "with an IAM policy or with `key_policy`",
        ),
        ("InvalidCiphertextException", "", "is damaged, or was made for something else", "git"),
        ("IncorrectKeyException", "x", "is not of the key that stands beside it", "from git"),
        ("DisabledException", "x", f"The key {ARN} in eu-west-2 is disabled", "enable-key"),
        ("KMSInvalidStateException", "x", "is about to be deleted, or not ready", "cancel-key-"),
        ("InvalidKeyUsageException", "x", "is not one that encrypts", "symmetric"),
        ("NotFoundException", f"Key '{ARN}' does not exist", "does not exist any more", "again"),
        ("ExpiredTokenException", "x", "the AWS credentials have expired", "aws sso login"),
        ("UnrecognizedClientException", "x", "AWS does not accept the credentials", "sign in"),
    ],
)
def test_what_kms_answers(answer: Answer, code: str, message: str, said: str, hint: str) -> None:
    with pytest.raises(TfgenError) as error:
        decrypt(Aws(answer(400, code, message)), [SEALED])
    assert said in error.value.message
    assert hint in (error.value.hint or "")


def test_who_may_not_encrypt_learns_with_which_key(answer: Answer) -> None:
    aws = Aws(answer(400, "AccessDeniedException", "no"))
    with pytest.raises(TfgenError) as error:
        encrypt(aws, [plaintext(EU)])
    assert error.value.message == (
        f"The AWS credentials do not allow kms:Encrypt on {ALIAS} in eu-west-2"
    )


def test_kms_that_cannot_be_reached() -> None:
    with pytest.raises(TfgenError, match="does not answer"):
        encrypt(Aws("http://127.0.0.1:9"), [plaintext(EU)])


def test_a_value_shows_itself_nowhere(aws: Aws) -> None:
    """Neither in what a debugger prints, nor in an error and what caused it."""
    assert "geheim" not in repr(plaintext(EU))
    key_in(aws, EU)
    kms = aws.client("kms", EU)
    blob = kms.encrypt(KeyId=ALIAS, Plaintext=b"geheim\xff", EncryptionContext=subject(EU).context)
    with pytest.raises(TfgenError, match="is not text") as error:
        decrypt(aws, [Sealed(subject(EU), blob["KeyId"], blob["CiphertextBlob"])])
    assert error.value.__cause__ is None
    assert error.value.__suppress_context__
