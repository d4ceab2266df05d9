"""Adds a region to the text of a config, or takes one out, and leaves every other line as it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tfgen.config.places import Places
from tfgen.config.yaml_edit import add_entry, at, proven, remove_entry
from tfgen.config.yaml_reader import read
from tfgen.config.yaml_tree import Node, find
from tfgen.errors import TfgenError


def add_region(text: str, path: tuple[str, ...], region: str, *, file: str) -> str:
    """Returns a config with one more region, the last of its set.

    Args:
        text: the config, which can be loaded.
        path: where the set is: ``("regions",)`` or ``("stages", STAGE, "regions")``.
        region: a region that is not in the set.
        file: the file's name, as errors show it.

    Raises:
        TfgenError: the set is written in a way that no single place can be found for it.
    """

    def edit(text: str, regions: Node) -> str | None:
        return add_entry(text, regions, f"{region}: {{}}") if regions.pairs else None

    def expect(regions: dict[str, Any]) -> None:
        regions[region] = {}

    return _edited(text, path, edit, expect, file=file)


def remove_region(text: str, path: tuple[str, ...], region: str, *, file: str) -> str:
    """Returns a config without one of its regions.

    What is written about the region goes with it: its settings, a comment behind it, and the
    comment lines right above it. Comment lines that a blank line sets off from it stay.

    Args:
        text: the config, which can be loaded.
        path: where the set is.
        region: a region of the set, but not the only one.
        file: the file's name, as errors show it.

    Raises:
        TfgenError: the region cannot be taken out of the text without changing more than it.
    """

    def edit(text: str, regions: Node) -> str | None:
        return remove_entry(text, regions, region)

    def expect(regions: dict[str, Any]) -> None:
        del regions[region]

    return _edited(text, path, edit, expect, file=file)


def _edited(
    text: str,
    path: tuple[str, ...],
    edit: Callable[[str, Node], str | None],
    expect: Callable[[dict[str, Any]], None],
    *,
    file: str,
) -> str:
    def edit_set(text: str, root: Node) -> str | None:
        regions = find(root, path)
        return edit(text, regions) if regions else None

    edited = proven(text, edit_set, lambda data: expect(at(data, path)), ordered=path, file=file)
    if edited is None:
        raise _refused(path, read(text, file=file).places)
    return edited


def _refused(path: tuple[str, ...], places: Places) -> TfgenError:
    return TfgenError(
        f"`{'.'.join(path)}` is written in a way that tfgen cannot edit without changing more",
        place=places.at(*path),
        hint="write these regions out, without anchors, aliases and merged mappings, and run this "
        "again",
    )
