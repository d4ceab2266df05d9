"""SSM and Secrets Manager: a secret is told to whoever asks for it, by names that lead to it.

moto shows the value of a SecureString also to those who do not ask for it to be decrypted, does
not say which version a name led to, and finds a secret by the ARN of one in another region. Neither
service looks whether the key is there.
https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameters.html
https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html
"""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING, Any, Final

from tfgen.sandbox.patches.expect import expect_method

if TYPE_CHECKING:
    from moto.core.responses import ActionResult
    from moto.kms.models import Key
    from moto.secretsmanager.models import SecretsManagerBackend, SecretsStore
    from moto.ssm.models import Parameter, SimpleSystemManagerBackend
    from moto.ssm.responses import SimpleSystemManagerResponse

_PUT: Final = (
    "name",
    "description",
    "value",
    "parameter_type",
    "allowed_pattern",
    "keyid",
    "overwrite",
    "tags",
    "data_type",
    "tier",
    "policies",
)


def patch() -> None:
    """Changes moto's Parameter Store and Secrets Manager.

    Raises:
        TfgenError: moto does not have what this builds on.
    """
    _patch_parameters()
    _patch_selectors()
    _patch_secrets()


def _patch_parameters() -> None:
    from moto.ssm.models import Parameter, SimpleSystemManagerBackend

    respond = expect_method(Parameter, "response_object", "decrypt", "region")
    put = expect_method(SimpleSystemManagerBackend, "put_parameter", *_PUT)

    def response_object(
        self: Parameter, decrypt: bool = False, region: str | None = None
    ) -> dict[str, Any]:
        said: dict[str, Any] = respond(self, decrypt, region)
        if self.parameter_type == "SecureString" and not decrypt:
            said["Value"] = _unreadable(self.value)
        elif self.parameter_type == "SecureString" and region is not None:
            _require_key(region, self.keyid)
        return said

    def put_parameter(self: SimpleSystemManagerBackend, *args: Any, **named: Any) -> Parameter:
        asked = dict(zip(_PUT, args, strict=False)) | named
        if asked.get("parameter_type") == "SecureString":
            _require_key(self.region_name, asked.get("keyid"))
        parameter: Parameter = put(self, *args, **named)
        return parameter

    Parameter.response_object = response_object  # type: ignore[method-assign]
    SimpleSystemManagerBackend.put_parameter = put_parameter  # type: ignore[method-assign]


def _patch_selectors() -> None:
    from moto.core.responses import ActionResult
    from moto.ssm.responses import SimpleSystemManagerResponse

    get_one = expect_method(SimpleSystemManagerResponse, "get_parameter")
    expect_method(SimpleSystemManagerResponse, "get_parameters")

    def get_parameter(self: SimpleSystemManagerResponse) -> ActionResult:
        done: ActionResult = get_one(self)
        result: Any = done.result
        _select(result["Parameter"], self._get_param("Name"))
        return done

    def get_parameters(self: SimpleSystemManagerResponse) -> ActionResult:
        names: list[str] = self._get_param("Names")
        decrypt = bool(self._get_param("WithDecryption"))
        found = self.ssm_backend.get_parameters(names)
        parameters = []
        for name in names:
            if name in found:
                said = found[name].response_object(decrypt, self.region)
                _select(said, name)
                parameters.append(said)
        missing = [name for name in names if name not in found]
        return ActionResult({"Parameters": parameters, "InvalidParameters": missing})

    SimpleSystemManagerResponse.get_parameter = get_parameter  # type: ignore[method-assign]
    SimpleSystemManagerResponse.get_parameters = get_parameters  # type: ignore[method-assign]


def _patch_secrets() -> None:
    from moto.secretsmanager.models import SecretsManagerBackend, SecretsStore

    contains = expect_method(SecretsStore, "__contains__", "key")
    get = expect_method(
        SecretsManagerBackend, "get_secret_value", "secret_id", "version_id", "version_stage"
    )

    def contains_here(self: SecretsStore, key: str) -> bool:
        if key.startswith("arn:") and not any(_is_in(key, each.arn) for each in dict.values(self)):
            return False
        return bool(contains(self, key))

    def get_secret_value(
        self: SecretsManagerBackend, secret_id: str, version_id: str, version_stage: str
    ) -> dict[str, Any]:
        said: dict[str, Any] = get(self, secret_id, version_id, version_stage)
        found: Any = self.secrets[secret_id]
        key = _customer_key(self.region_name, getattr(found, "kms_key_id", None))
        if key is not None and key.key_state != "Enabled":
            from moto.secretsmanager.exceptions import SecretsManagerClientError

            raise SecretsManagerClientError(
                "DecryptionFailure",
                "Secrets Manager can't decrypt the protected secret text using the provided KMS "
                "key.",
            )
        return said

    SecretsStore.__contains__ = contains_here  # type: ignore[method-assign]
    SecretsManagerBackend.get_secret_value = get_secret_value  # type: ignore[method-assign]


def _select(parameter: dict[str, Any], name: str) -> None:
    """Adds the version or the label that a name had."""
    rest = name.split(":", 6)[6:] if name.startswith("arn:") else name.split(":", 1)[1:]
    if rest:
        parameter["Selector"] = f":{rest[0]}"


def _unreadable(value: str) -> str:
    """Returns what looks like a ciphertext of a value: the same for the same."""
    digest = hashlib.shake_256(value.encode()).digest(len(value) + 80)
    return base64.b64encode(b"\x01\x02\x02\x00\x78" + digest).decode()


def _require_key(region: str, name: str | None) -> None:
    from moto.core.exceptions import JsonRESTError

    if name is None or name.rpartition(":")[2].startswith("alias/aws/"):
        return
    key = _customer_key(region, name)
    if key is None:
        raise JsonRESTError("InvalidKeyId", f"Invalid keyId {name}")
    if key.key_state != "Enabled":
        raise JsonRESTError("InvalidKeyId", f"{key.arn} is not enabled.")


def _customer_key(region: str, name: str | None) -> Key | None:
    from tfgen.sandbox.iam.services.kms import customer_key

    return customer_key(region, name)


def _is_in(key: str, arn: str) -> bool:
    """Returns whether two ARNs are of one region."""
    return key.split(":")[3:5] == arn.split(":")[3:5]
