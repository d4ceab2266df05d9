"""Values of a region in terms of the shared ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tfgen.render.hcl import Expression, Value, key, to_hcl


def used_only(settings: Mapping[str, Value], unused: Mapping[str, Value]) -> dict[str, Value]:
    """Returns settings without those that say what the module's variable has as default.

    Args:
        settings: of a function or an API.
        unused: setting → its default.
    """
    return {
        name: value
        for name, value in settings.items()
        if name not in unused or value != unused[name]
    }


def alike(regions: Sequence[Mapping[str, Value]]) -> dict[str, Value]:
    """Returns the values that all regions have, and have the same.

    Args:
        regions: the values of each, at least of one.
    """
    first, *others = regions
    return {
        name: value
        for name, value in first.items()
        if all(name in other and other[name] == value for other in others)
    }


def merged(shared: str, base: Mapping[str, Value], own: Mapping[str, Value]) -> Value:
    """Returns how a region says its own values in terms of the shared ones.

    Args:
        shared: the local value that has the shared ones, for example ``local.function``.
        base: what is in it; a setting that it leaves out has its default.
        own: all of the region's.
    """
    changes = {
        name: value for name, value in own.items() if name not in base or base[name] != value
    }
    if not changes:
        return Expression(shared) if base else None
    if not base:
        return changes
    if len(changes) == 1:
        [(name, value)] = changes.items()
        one_line = f"merge({shared}, {{ {key(name)} = {to_hcl(value)} }})"
        if len(one_line) <= 80 and "\n" not in one_line:
            return Expression(one_line)
    return Expression(f"merge({shared}, {to_hcl(changes, 1)})")
