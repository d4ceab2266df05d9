"""Values to ciphertexts and back, each under the key of its region.

Nothing but the one call is asked of KMS: who may `kms:Encrypt` and nothing else can set values.
Which key an alias stands for, KMS says in its answer.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Final, TypeVar

from tfgen.aws.failures import DENIED, RefusalError
from tfgen.aws.session import Aws
from tfgen.errors import TfgenError

_THREADS: Final = 16
# A new key and its alias take a moment to be known everywhere in the region:
# https://docs.aws.amazon.com/kms/latest/developerguide/accessing-kms.html#programming-eventual-consistency
_PATIENCE: Final = 30.0  # seconds
_PAUSE: Final = 0.5  # seconds

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


class MissingKeyError(TfgenError):
    """A key that is to encrypt does not exist.

    Args:
        key: its alias or ARN.
        region: where it should be.
    """

    def __init__(self, key: str, region: str) -> None:
        super().__init__(
            f"There is no key `{key}` in `{region}`",
            hint="`tfgen apply` makes the app's own keys; one of `kms_key` must exist already",
        )


@dataclass(frozen=True, slots=True)
class Subject:
    """What a ciphertext is for.

    Attributes:
        app: with ``stage``, ``region`` and ``name`` the encryption context.
        place: where the ciphertext stands, if it stands somewhere already.
    """

    app: str
    stage: str
    region: str
    name: str
    place: str | None = None

    @property
    def context(self) -> dict[str, str]:
        """The encryption context, which the function's start names as well."""
        return {"app": self.app, "stage": self.stage, "region": self.region, "name": self.name}


@dataclass(frozen=True, slots=True)
class Plaintext:
    """A value to encrypt.

    Attributes:
        key: alias or ARN of the key.
        value: never shown, not even by ``repr``.
    """

    subject: Subject
    key: str
    value: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Sealed:
    """A ciphertext.

    Attributes:
        key: ARN of the key that it is of.
    """

    subject: Subject
    key: str
    ciphertext: bytes


@dataclass(frozen=True, slots=True)
class Encrypted:
    """What came of an encryption.

    Attributes:
        sealed: everything, in the order that was asked for; nothing if a key is missing.
        missing: the regions whose key does not exist.
    """

    sealed: tuple[Sealed, ...]
    missing: tuple[str, ...]


def encrypt(aws: Aws, values: Sequence[Plaintext], *, new: bool = False) -> Encrypted:
    """Encrypts values, all at the same time.

    Args:
        aws: the account.
        values: what to encrypt.
        new: the keys have just been made, so KMS may need a moment to know them.

    Raises:
        TfgenError: a key cannot be used, or KMS cannot be asked.
    """
    until = time.monotonic() + (_PATIENCE if new else 0.0)

    def one(each: Plaintext) -> Sealed | None:
        kms = aws.client("kms", each.subject.region)
        while True:
            try:
                answer = kms.encrypt(
                    KeyId=each.key, Plaintext=each.value, EncryptionContext=each.subject.context
                )
            except kms.exceptions.NotFoundException:
                if time.monotonic() > until:
                    return None
                time.sleep(_PAUSE)
            except RefusalError as error:
                raise _explained(error, each.subject, each.key) from error
            else:
                return Sealed(each.subject, answer["KeyId"], answer["CiphertextBlob"])

    sealed = _at_once(aws, one, values, (each.subject.region for each in values))
    lost = {each.subject.region for each, got in zip(values, sealed, strict=True) if got is None}
    whole = tuple(each for each in sealed if each is not None)
    return Encrypted(() if lost else whole, tuple(sorted(lost)))


def decrypt(aws: Aws, sealed: Sequence[Sealed]) -> list[str]:
    """Decrypts ciphertexts, all at the same time.

    Returns:
        The values, in the same order.

    Raises:
        TfgenError: a ciphertext is not what it is said to be, a key cannot be used, or KMS cannot
            be asked.
    """

    def one(each: Sealed) -> str:
        kms = aws.client("kms", each.subject.region)
        try:
            answer = kms.decrypt(
                KeyId=each.key,
                CiphertextBlob=each.ciphertext,
                EncryptionContext=each.subject.context,
            )
        except kms.exceptions.NotFoundException as error:
            raise _lost(each) from error
        except RefusalError as error:
            raise _explained(error, each.subject, each.key) from error
        try:
            return answer["Plaintext"].decode("utf-8")
        except UnicodeDecodeError:
            # The exception would have the value in it.
            raise TfgenError(
                f"The value of `{each.subject.name}` in `{each.subject.region}` is not text",
                place=each.subject.place,
                hint="it was not encrypted by `tfgen env set`; set it again",
            ) from None

    return _at_once(aws, one, sealed, (each.subject.region for each in sealed))


def re_encrypt(
    aws: Aws, sealed: Sequence[Sealed], keys: Mapping[str, str], *, new: bool = False
) -> list[Sealed]:
    """Encrypts ciphertexts anew, without a value ever leaving KMS.

    Args:
        aws: the account.
        sealed: what there is.
        keys: region → alias or ARN of the key that is to be used from now on.
        new: those keys have just been made, so KMS may need a moment to know them.

    Raises:
        MissingKeyError: one of those keys does not exist.
        TfgenError: a ciphertext is not what it is said to be, a key cannot be used, or KMS cannot
            be asked.
    """

    until = time.monotonic() + (_PATIENCE if new else 0.0)

    def one(each: Sealed) -> Sealed:
        region = each.subject.region
        kms = aws.client("kms", region)
        while True:
            try:
                answer = kms.re_encrypt(
                    SourceKeyId=each.key,
                    CiphertextBlob=each.ciphertext,
                    SourceEncryptionContext=each.subject.context,
                    DestinationKeyId=keys[region],
                    DestinationEncryptionContext=each.subject.context,
                )
            except kms.exceptions.NotFoundException as error:
                # Of the two keys KMS names the one that it does not find.
                if keys[region].rpartition(":")[2] not in str(error):
                    raise _lost(each) from error
                if time.monotonic() > until:
                    raise MissingKeyError(keys[region], region) from error
                time.sleep(_PAUSE)
            except RefusalError as error:
                between = f"{each.key} or {keys[region]}"
                raise _explained(error, each.subject, between) from error
            else:
                return Sealed(each.subject, answer["KeyId"], answer["CiphertextBlob"])

    return _at_once(aws, one, sealed, (each.subject.region for each in sealed))


def _at_once(
    aws: Aws,
    work: Callable[[_Item], _Result],
    items: Sequence[_Item],
    regions: Iterable[str],
) -> list[_Result]:
    # boto3's clients can be shared by threads, but not made by several at the same time:
    # https://docs.aws.amazon.com/boto3/latest/guide/clients.html#multithreading-or-multiprocessing-with-clients
    for region in dict.fromkeys(regions):
        aws.client("kms", region)
    with ThreadPoolExecutor(_THREADS) as pool:
        return list(pool.map(work, items))


def _lost(sealed: Sealed) -> TfgenError:
    name, region = sealed.subject.name, sealed.subject.region
    return TfgenError(
        f"The key of the ciphertext of `{name}` for `{region}` does not exist any more: "
        f"{sealed.key}",
        place=sealed.subject.place,
        hint="nobody can decrypt it; set the value again with `tfgen env set`",
    )


def _explained(error: RefusalError, subject: Subject, key: str) -> TfgenError:
    """Returns what KMS's answer means for one variable.

    https://docs.aws.amazon.com/kms/latest/APIReference/API_Decrypt.html#API_Decrypt_Errors
    """
    what = f"`{subject.name}` for `{subject.region}`"
    place = subject.place
    if error.code in DENIED:
        return TfgenError(
            f"The AWS credentials do not allow {error.action} on {key} in {subject.region}",
            place=place,
            hint="whoever administers the key can allow it, with an IAM policy or with "
            "`key_policy` in the config; or use another profile",
        )
    if error.code == "InvalidCiphertextException":
        return TfgenError(
            f"The ciphertext of {what} is damaged, or was made for something else",
            place=place,
            hint="take the line from git again, or set the value again with `tfgen env set`",
        )
    if error.code == "IncorrectKeyException":
        return TfgenError(
            f"The ciphertext of {what} is not of the key that stands beside it",
            place=place,
            hint="take the line from git again, or set the value again with `tfgen env set`",
        )
    if error.code == "DisabledException":
        return TfgenError(
            f"The key {key} in {subject.region} is disabled",
            place=place,
            hint=f"enable it: `aws kms enable-key --region {subject.region} --key-id KEY`",
        )
    if error.code == "KMSInvalidStateException":
        return TfgenError(
            f"The key {key} in {subject.region} cannot be used: it is about to be deleted, or "
            "not ready",
            place=place,
            hint="`aws kms cancel-key-deletion` keeps it; or let `tfgen apply` make a new one, "
            "and set the values again",
        )
    if error.code == "InvalidKeyUsageException":
        return TfgenError(
            f"The key {key} in {subject.region} is not one that encrypts",
            place=place,
            hint="`kms_key` takes a symmetric key for encryption",
        )
    return error
