"""A resource that a plan creates, as Terraform's JSON tells it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PlannedResource:
    """A resource that Terraform is about to create.

    Attributes:
        address: its resource address, for example ``module.us_west_2.aws_kms_key.this``.
        type: its type, for example ``aws_kms_key``.
        region: the region that it is created in; any region of the partition if it is global.
        values: the planned attributes, ``change.after`` of the plan's JSON. What is known only
            after the apply is missing there; what is not set is null
            (https://developer.hashicorp.com/terraform/internals/json-format#change-representation).
    """

    address: str
    type: str
    region: str
    values: Mapping[str, object]


def text(resource: PlannedResource, attribute: str) -> str | None:
    """Returns a planned string, or None when it is unknown, not set or empty."""
    value = resource.values.get(attribute)
    return value if isinstance(value, str) and value else None


def texts(resource: PlannedResource, attribute: str) -> frozenset[str] | None:
    """Returns a planned list or set of strings, or None when it is unknown or not set."""
    value = resource.values.get(attribute)
    if not isinstance(value, list):
        return None
    return frozenset(entry for entry in value if isinstance(entry, str))


def block(resource: PlannedResource, name: str) -> Mapping[str, object]:
    """Returns the known attributes of a block that occurs at most once; none if it is absent."""
    blocks = resource.values.get(name)
    if isinstance(blocks, list) and blocks and isinstance(blocks[0], dict):
        return blocks[0]
    return {}


def tags(resource: PlannedResource) -> Mapping[str, str]:
    """Returns every planned tag, those from the provider's ``default_tags`` included."""
    for attribute in ("tags_all", "tags"):
        value = resource.values.get(attribute)
        if isinstance(value, dict):
            return {key: tag for key, tag in value.items() if isinstance(tag, str)}
    return {}
