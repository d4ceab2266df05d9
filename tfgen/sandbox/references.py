"""What tells the zones that the sandbox put there from those that somebody made.

Route 53 keeps the caller reference of a zone for good, Terraform never sets one like it, and the
zone needs no mark of ours anywhere else.
"""

from __future__ import annotations

from typing import Final

_PREFIX: Final = "tfgen-sandbox-seed:"
_WITH_ID: Final = f"{_PREFIX}id:"


def reference(name: str, zone_id: str | None = None) -> str:
    """Returns the caller reference of a zone that is taken to exist.

    Args:
        name: the zone's domain name.
        zone_id: the ID that it must have.
    """
    return f"{_PREFIX}{name}" if zone_id is None else f"{_WITH_ID}{zone_id}"


def is_ours(caller_reference: str) -> bool:
    """Returns whether `reference` made a caller reference."""
    return caller_reference.startswith(_PREFIX)


def id_in(caller_reference: str) -> str | None:
    """Returns the ID that a zone must have, if its caller reference says one."""
    if not caller_reference.startswith(_WITH_ID):
        return None
    return caller_reference.removeprefix(_WITH_ID)
