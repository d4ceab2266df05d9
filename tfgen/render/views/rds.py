"""The database of a region as the ``rds`` variable of the modules takes it."""

from __future__ import annotations

from dataclasses import asdict

from tfgen.app import Region
from tfgen.render.features import DEFAULT_VARIABLES
from tfgen.render.hcl import Value


def region_database(region: Region) -> Value:
    """Returns which database the function of a region uses, and how; None if it uses none.

    What the variable has as a default is left out.
    """
    use = region.rds
    if use is None:
        return None
    usual = asdict(DEFAULT_VARIABLES)
    said: dict[str, Value] = {
        use.kind: use.identifier,
        "region": use.region if use.region != region.name else None,
        "name": use.name,
        "user": use.user,
        "auth": use.auth if use.auth != "iam" else None,
        "secret": use.secret,
        "kms_key": use.kms_key,
        "public": use.public or None,
        "open": use.open or None,
        "variables": {
            key: name for key, name in asdict(use.variables).items() if name != usual[key]
        },
    }
    return {key: value for key, value in said.items() if value not in (None, {})}
