"""What tells the zones, keys and roles that the sandbox put there from those that somebody made.

Route 53 keeps the caller reference of a zone for good, Terraform never sets one like it, and the
zone needs no mark of ours anywhere else. For a key or a role, its description does the same.
"""

from __future__ import annotations

from typing import Final

_PREFIX: Final = "tfgen-sandbox-seed:"
_WITH_ID: Final = f"{_PREFIX}id:"


def reference(name: str, identifier: str | None = None) -> str:
    """Returns what a zone, a key or a role that is taken to exist has for its mark.

    Args:
        name: the zone's domain name, the key's alias, or the role's name.
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
