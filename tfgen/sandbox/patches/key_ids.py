"""KMS: a key that is taken to exist before the app has the ID that the config says.

KMS makes up the IDs of keys, and so does moto. A config can name a key by its ARN, which has the ID
in the real account; so that the same Terraform runs here, the key has to have it here as well. Its
description says which, in a form that Terraform never uses.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tfgen.sandbox.patches.expect import expect_attributes, expect_method
from tfgen.sandbox.references import id_in

if TYPE_CHECKING:
    from moto.kms.models import Key, KmsBackend


def patch() -> None:
    """Changes moto's KMS.

    Raises:
        TfgenError: moto does not have what this builds on.
    """
    from moto.kms.models import Key, KmsBackend

    create = expect_method(
        KmsBackend,
        "create_key",
        "policy",
        "key_usage",
        "key_spec",
        "description",
        "tags",
        "multi_region",
        "origin",
    )
    expect_attributes(KmsBackend("eu-west-2", "123456789012"), "keys")
    key = Key(None, "", "", "", "123456789012", "eu-west-2")  # type: ignore[abstract]
    expect_attributes(key, "id", "arn")

    def create_with_its_id(self: KmsBackend, *args: Any, **kwargs: Any) -> Key:
        made: Key = create(self, *args, **kwargs)
        wanted = id_in(made.description)
        if wanted is not None:
            self.keys[wanted] = self.keys.pop(made.id)
            made.id, made.arn = wanted, f"{made.arn.rpartition('/')[0]}/{wanted}"
        return made

    KmsBackend.create_key = create_with_its_id  # type: ignore[method-assign]
