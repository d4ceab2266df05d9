"""What differs between two accounts, or between the answers that two apps give."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

NOTHING = "(nothing)"

# What names the items of a list: statements, tags, indexes, keys of tables, replicas.
_NAMES = ("Sid", "Key", "IndexName", "AttributeName", "RegionName")

_APP = re.compile(r"\br\d{3}\b")


@dataclass(frozen=True)
class Difference:
    """Something that is not as it would be if the key had never been there.

    Attributes:
        app: whose it is; empty if that cannot be told.
        what: the resource, or the request.
        field: what of it.
        found: how it is.
        expected: how it is in an account that never had the key.
    """

    app: str
    what: str
    field: str
    found: str
    expected: str

    def __str__(self) -> str:
        where = f"{self.what}: {self.field}" if self.field else self.what
        return f"{where} is {self.found}, not {self.expected}"


def differences(
    found: Mapping[str, Any], expected: Mapping[str, Any], decisive: str = ""
) -> list[Difference]:
    """Compares things by name; what only one side has is one difference.

    Args:
        found: what is.
        expected: what should be.
        decisive: a field; of what differs in it, nothing else is said.
    """
    return list(_differences(found, expected, decisive))


def _differences(
    found: Mapping[str, Any], expected: Mapping[str, Any], decisive: str
) -> Iterator[Difference]:
    for name in sorted({*found, *expected}):
        app = next(iter(_APP.findall(name)), "")
        if name not in expected:
            yield Difference(app, name, "", "there", "missing")
        elif name not in found:
            yield Difference(app, name, "", "missing", "there")
        else:
            one, other = dict(_flat(found[name])), dict(_flat(expected[name]))
            fields = sorted({*one, *other})
            if one.get(decisive) != other.get(decisive):
                fields = [decisive]
            for field in fields:
                values = one.get(field, NOTHING), other.get(field, NOTHING)
                if values[0] != values[1]:
                    yield Difference(app, name, field, *values)


def _flat(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Yields everything in a value by its path. What is empty is as good as missing."""
    if isinstance(value, Mapping):
        for key, inside in value.items():
            yield from _flat(inside, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list):
        # Of names alone, such as subnets, the order says nothing.
        names = all(isinstance(inside, str) for inside in value)
        for index, inside in enumerate(sorted(value) if names else value):
            yield from _flat(inside, f"{path}[{_label(inside, index)}]")
    elif value is not None:
        yield path, str(value)


def _label(value: Any, index: int) -> object:
    """Returns what names an item of a list: its name, if it has one, since others may go."""
    if isinstance(value, Mapping):
        return next((value[key] for key in _NAMES if key in value), index)
    return index
