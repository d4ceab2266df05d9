"""The keys of the config language, and the values of those that have a few to choose from."""

from __future__ import annotations

import types
from collections.abc import Iterator
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel


def keys(model: type[BaseModel]) -> set[tuple[str, str]]:
    """Returns every key of a part of the language, and of the parts in it."""
    return {(each.__name__, key) for each in {model, *parts(model)} for key in each.model_fields}


def choices_of(model: type[BaseModel]) -> dict[tuple[str, str], tuple[Any, ...]]:
    """Returns the values of every key that has a few to choose from."""
    found = {}
    for each in {model, *parts(model)}:
        for key, field in each.model_fields.items():
            values = tuple(choices(field.annotation))
            # Of numbers, one is like another.
            if values and not any(type(value) is int for value in values):
                found[each.__name__, key] = values
    return found


def choices(annotation: Any) -> Iterator[Any]:
    """Yields the literal values within an annotation."""
    if get_origin(annotation) is Literal:
        yield from get_args(annotation)
    elif annotation is bool:
        yield from (True, False)
    elif get_origin(annotation) is not dict:
        for inner in get_args(annotation):
            yield from choices(inner)


def parts(annotation: Any) -> set[type[BaseModel]]:
    """Returns the parts of the language within an annotation, or within a part."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        found: set[type[BaseModel]] = set()
        for field in annotation.model_fields.values():
            for part in _direct(field.annotation):
                found |= {part, *parts(part)}
        return found
    return set().union(*map(parts, _direct(annotation)))


def _direct(annotation: Any) -> set[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return {annotation}
    if get_origin(annotation) in {Union, types.UnionType} or get_args(annotation):
        return set().union(*map(_direct, get_args(annotation)))
    return set()
