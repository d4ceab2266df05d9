"""What tells that which the sandbox put there from that which somebody made.

Route 53 keeps the caller reference of a zone for good, Terraform never sets one like it, and the
zone needs no mark of ours anywhere else. For a key, a role, a secret or a security group, its
description does the same, and for all else a tag.
"""

from __future__ import annotations

from typing import Final

#: The key of the tag that is the mark of what has no description.
TAG: Final = "tfgen-sandbox-seed"

_PREFIX: Final = f"{TAG}:"
_WITH_ID: Final = f"{_PREFIX}id:"


def reference(name: str, identifier: str | None = None) -> str:
    """Returns what something that is taken to exist has for its mark.

    Args:
        name: the zone's domain name, the key's alias, or whatever else it is called.
        identifier: the ID that it must have.
    """
    return f"{_PREFIX}{name}" if identifier is None else f"{_WITH_ID}{identifier}"


def is_ours(text: str) -> bool:
    """Returns whether `reference` made a caller reference or a description."""
    return text.startswith(_PREFIX)


def id_in(text: str) -> str | None:
    """Returns the ID that a zone or key must have, if its reference says one."""
    if not text.startswith(_WITH_ID):
        return None
    return text.removeprefix(_WITH_ID)
