"""All types of resources, and all statements in their order."""

from __future__ import annotations

from typing import Final

from tfgen.iam.deploy import apis, databases, dns, functions, keys, logs, roles, state, storage
from tfgen.iam.deploy.target import Needs, Table, Target

# They ask for what everybody may ask, or for nothing.
_NOTHING: Table = {
    # https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
    "data.aws_caller_identity": (),
    "data.aws_iam_policy_document": (),
    "data.aws_partition": (),
}

ACTIONS: Final[Table] = {
    **_NOTHING,
    **functions.ACTIONS,
    **roles.ACTIONS,
    **keys.ACTIONS,
    **logs.ACTIONS,
    **storage.ACTIONS,
    **apis.ACTIONS,
    **dns.ACTIONS,
    **databases.ACTIONS,
}
"""Every type that the modules and templates have, and what it needs."""

ALWAYS: Final[tuple[Needs, ...]] = state.NEEDS
"""What is needed whatever the types are."""


def targets() -> tuple[Target, ...]:
    """Returns what any rights can be about, in the order of the statements."""
    every = [need for found in ACTIONS.values() for need in found]
    return tuple(dict.fromkeys(need.target for need in (*every, *ALWAYS)))
