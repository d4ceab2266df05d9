"""KMS: ciphertexts are bound to their key, region and context, and keys have a state.

moto binds a ciphertext to the signs of its encryption context, so that ``{"a": "bc"}`` and
``{"ab": "c"}`` are the same to it. It uses keys that are disabled or about to be deleted, takes the
ARN of a key in another region for a key in this one, and refuses without a word where AWS says
what is wrong. https://docs.aws.amazon.com/kms/latest/APIReference/API_Decrypt.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, NoReturn

from tfgen.sandbox.patches.expect import expect_attributes, expect_function, expect_method

if TYPE_CHECKING:
    from moto.kms.models import Key, KmsBackend
    from moto.kms.responses import KmsResponse

# How every ciphertext of a symmetric key in AWS begins; in Base64, AQICAH.
_MAGIC: Final = b"\x01\x02\x02\x00\x78"
_KEY_ID_BYTES: Final = 36


def patch() -> None:
    """Changes moto's KMS.

    Raises:
        TfgenError: moto does not have what this builds on.
    """
    _patch_format()
    _patch_uses()
    _patch_states()
    _patch_names()


def key_id(ciphertext: bytes) -> str | None:
    """Returns the ID of the key of a ciphertext; None if it is no ciphertext.

    Args:
        ciphertext: what KMS returned.
    """
    found = ciphertext.removeprefix(_MAGIC)[:_KEY_ID_BYTES]
    if not ciphertext.startswith(_MAGIC) or len(found) < _KEY_ID_BYTES:
        return None
    return found.decode(errors="replace")


def _patch_format() -> None:
    from moto.kms import utils

    serialize = expect_function(utils, "_serialize_ciphertext_blob", "ciphertext")
    deserialize = expect_function(utils, "_deserialize_ciphertext_blob", "ciphertext_blob")
    expect_function(utils, "_serialize_encryption_context", "encryption_context")

    def serialize_like_aws(ciphertext: Any) -> bytes:
        return _MAGIC + bytes(serialize(ciphertext))

    def deserialize_like_aws(ciphertext_blob: bytes) -> Any:
        if not ciphertext_blob.startswith(_MAGIC):
            raise ValueError("it is no ciphertext")
        return deserialize(ciphertext_blob[len(_MAGIC) :])

    def serialize_context(encryption_context: Mapping[str, str]) -> bytes:
        return json.dumps(encryption_context, sort_keys=True).encode()

    utils._serialize_ciphertext_blob = serialize_like_aws  # noqa: SLF001 (moto has no other way)
    utils._deserialize_ciphertext_blob = deserialize_like_aws  # noqa: SLF001
    utils._serialize_encryption_context = serialize_context  # noqa: SLF001


def _patch_uses() -> None:
    from moto.kms.models import KmsBackend

    encrypt = expect_method(KmsBackend, "encrypt", "key_id", "plaintext", "encryption_context")
    decrypt = expect_method(
        KmsBackend, "decrypt", "ciphertext_blob", "encryption_context", "key_id"
    )

    def encrypt_with_usable(
        self: KmsBackend, key_id: str, plaintext: bytes, encryption_context: dict[str, str]
    ) -> tuple[bytes, str]:
        key = self.keys.get(self.any_id_to_key_id(key_id))
        if key is not None:
            require_usable(key)
        done: tuple[bytes, str] = encrypt(self, key_id, plaintext, encryption_context)
        return done

    def decrypt_with_usable(
        self: KmsBackend,
        ciphertext_blob: bytes,
        encryption_context: dict[str, str],
        key_id: str | None = None,
    ) -> tuple[bytes, str]:
        key = _key_of(self, ciphertext_blob)
        if key_id is not None and self.any_id_to_key_id(key_id) != key.id:
            _refuse(
                "IncorrectKeyException",
                "The key ID in the request does not identify a CMK that can perform this "
                "operation.",
            )
        require_usable(key)
        done: tuple[bytes, str] = decrypt(self, ciphertext_blob, encryption_context)
        return done

    KmsBackend.encrypt = encrypt_with_usable  # type: ignore[method-assign]
    KmsBackend.decrypt = decrypt_with_usable  # type: ignore[method-assign]


def _patch_states() -> None:
    from moto.kms.models import Key, KmsBackend

    example = Key(None, "ENCRYPT_DECRYPT", "SYMMETRIC_DEFAULT", "", "123456789012", "us-east-1")  # type: ignore[abstract]
    expect_attributes(
        example, "aliases", "arn", "grants", "key_manager", "key_state", "key_usage", "policy"
    )
    for name, parameters in (
        ("enable_key", ("key_id",)),
        ("disable_key", ("key_id",)),
        ("schedule_key_deletion", ("key_id", "pending_window_in_days")),
        ("cancel_key_deletion", ("key_id",)),
    ):
        change = expect_method(KmsBackend, name, *parameters)
        setattr(KmsBackend, name, _in_state(change, pending=name == "cancel_key_deletion"))


def _in_state(change: Any, *, pending: bool) -> Any:
    """Returns a change that takes an ARN as well, of a key that is to be deleted or is not."""

    def change_state(self: KmsBackend, key_id: str, *more: Any, **named: Any) -> Any:
        key_id = self.get_key_id(key_id)
        key = self.keys[key_id]
        if not pending:
            _require_not_pending(key)
        elif key.key_state != "PendingDeletion":
            _refuse("KMSInvalidStateException", f"{key.arn} is not pending deletion.")
        return change(self, key_id, *more, **named)

    return change_state


def _patch_names() -> None:
    from moto.kms.responses import KmsResponse

    validate = expect_method(KmsResponse, "_validate_key_id", "key_id")
    validate_key = expect_method(KmsResponse, "_validate_cmk_id", "key_id")
    expect_method(KmsResponse, "_validate_key_policy", "key_id", "action")
    re_encrypt = expect_method(KmsResponse, "re_encrypt")

    def validate_key_id(self: KmsResponse, key_id: str) -> None:
        _require_local(self, key_id)
        validate(self, key_id)

    def validate_cmk_id(self: KmsResponse, key_id: str) -> None:
        _require_local(self, key_id)
        validate_key(self, key_id)

    def allow(self: KmsResponse, key_id: str, action: str) -> None:
        """Leaves the policy to `tfgen.sandbox.iam`, which reads all of it."""

    def re_encrypt_from(self: KmsResponse) -> str:
        source = self._get_param("SourceKeyId")
        if source is not None:
            validate_key_id(self, source)
            key = _key_of(self.kms_backend, self._get_param("CiphertextBlob"))
            if self.kms_backend.any_id_to_key_id(source) != key.id:
                _refuse(
                    "IncorrectKeyException",
                    "The key ID in the request does not identify a CMK that can perform this "
                    "operation.",
                )
        done: str = re_encrypt(self)
        return done

    for name, method in {
        "_validate_key_id": validate_key_id,
        "_validate_cmk_id": validate_cmk_id,
        "_validate_key_policy": allow,
        "re_encrypt": re_encrypt_from,
    }.items():
        setattr(KmsResponse, name, method)


def require_usable(key: Key) -> None:
    """Makes sure that a key can encrypt and decrypt.

    https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html

    Raises:
        JsonRESTError: it is disabled, about to be deleted, or for something else.
    """
    _require_not_pending(key)
    if key.key_state != "Enabled":
        _refuse("DisabledException", f"{key.arn} is disabled.")
    if (key.key_usage or "ENCRYPT_DECRYPT") != "ENCRYPT_DECRYPT":
        _refuse(
            "InvalidKeyUsageException",
            f"{key.arn} key usage is {key.key_usage} which is not valid.",
        )


def _require_not_pending(key: Key) -> None:
    if key.key_state == "PendingDeletion":
        _refuse("KMSInvalidStateException", f"{key.arn} is pending deletion.")


def _require_local(request: KmsResponse, key: str) -> None:
    if key.startswith("arn:") and key.split(":")[3] != request.region:
        _refuse("NotFoundException", f"Invalid arn {key.split(':')[3]}")


def _key_of(backend: KmsBackend, ciphertext: bytes) -> Key:
    from moto.kms.exceptions import InvalidCiphertextException

    found = key_id(ciphertext)
    if found is None:
        raise InvalidCiphertextException
    if found not in backend.keys:
        _refuse(
            "AccessDeniedException",
            "The ciphertext refers to a customer master key that does not exist, does not exist in "
            "this region, or you are not allowed to access.",
        )
    key: Key = backend.keys[found]
    return key


def _refuse(code: str, message: str) -> NoReturn:
    from moto.core.exceptions import JsonRESTError

    raise JsonRESTError(code, message)
