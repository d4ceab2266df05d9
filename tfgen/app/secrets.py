"""Environment variables that are not in plain text, and who may use the keys that encrypt them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Decrypt = Literal["wrapper", "manual"]
SecretsDelivery = Literal["environment", "bundle"]


@dataclass(frozen=True, slots=True)
class KmsSecret:
    """A secret of which the repository keeps the ciphertext, for one region's key.

    Attributes:
        ciphertext: base64; None if nobody has set it yet, of which a rendering has no trace.
    """

    ciphertext: str | None


@dataclass(frozen=True, slots=True)
class SsmSecret:
    """A secret that is a parameter.

    Attributes:
        name: of the parameter, with a version or label if any; or its ARN.
        kms_key: ARN of the key it is encrypted with; None is AWS's own.
    """

    name: str
    kms_key: str | None


@dataclass(frozen=True, slots=True)
class SecretsManagerSecret:
    """A secret that Secrets Manager keeps.

    Attributes:
        id: its name or ARN.
        key: of the value, in a JSON object; None is the whole secret.
        kms_key: ARN of the key it is encrypted with; None is AWS's own.
    """

    id: str
    key: str | None
    kms_key: str | None


Secret = KmsSecret | SsmSecret | SecretsManagerSecret


@dataclass(frozen=True, slots=True)
class KeyPolicy:
    """Principals of the app's own keys, by what they may do; where none is named, IAM decides."""

    administrators: tuple[str, ...]
    encrypters: tuple[str, ...]
    decrypters: tuple[str, ...]
