"""The values of secrets as the function of a region has them."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tfgen.app import Region
    from tfgen.cli.env.stage import StageSecrets


def values_of(stage: StageSecrets, region: Region, names: Collection[str]) -> dict[str, str]:
    """Returns the values of secrets, wherever each is kept.

    Args:
        stage: the stage.
        region: one of its regions.
        names: some of the region's secrets.

    Raises:
        TfgenError: one has no value, or its value cannot be had.
    """
    from tfgen.app import KmsSecret
    from tfgen.aws.keys import decrypt
    from tfgen.aws.stores import read_stored

    sealed, stored = [], {}
    for name in names:
        secret = region.secrets[name]
        if not isinstance(secret, KmsSecret):
            stored[name] = secret
            continue
        ciphertext = stage.sealed.find(name, region.name)
        if ciphertext is None:
            raise stage.unset(region.name, name)
        sealed.append(stage.as_sealed(region.name, name, ciphertext))
    opened = decrypt(stage.aws, sealed)
    values = {each.subject.name: value for each, value in zip(sealed, opened, strict=True)}
    if stored:
        values |= read_stored(stage.aws, region.name, stored)
    return {name: values[name] for name in names}
