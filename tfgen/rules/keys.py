"""Rules about the keys of a table and of its indexes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tfgen.app import Index, Table
from tfgen.config.places import Places
from tfgen.errors import TfgenError

# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html
_LIMITS: Final = {"indexes": 20, "local_indexes": 5}
_PROJECTED_LIMIT: Final = 100


def check_keys(table: Table, places: Places) -> None:
    """Checks that keys and indexes are as DynamoDB takes them.

    Args:
        table: one that is made here.
        places: of the config, as the stage sees it.

    Raises:
        TfgenError: the first broken rule.
    """
    _check_own_keys(table, places)
    _check_numbers(table, places)
    for kind, name, index in _indexes(table):
        _check_index(table, kind, name, index, places)
    _check_attributes(table, places)


def _check_own_keys(table: Table, places: Places) -> None:
    where = ("database", "dynamodb", table.name)
    if table.hash_key == table.range_key:
        raise TfgenError(
            f"`{table.hash_key}` is both keys of the table `{table.name}`",
            place=places.at(*where, "range_key"),
            hint="remove `range_key:`, or name another attribute",
        )
    if table.ttl is not None and table.ttl.attribute in (table.hash_key, table.range_key):
        raise TfgenError(
            f"`{table.ttl.attribute}` is a key of the table `{table.name}`, and cannot say when an "
            "item expires",
            place=places.at(*where, "ttl"),
            hint="name an attribute that is no key",
        )
    if table.local_indexes and table.range_key is None:
        raise TfgenError(
            f"The table `{table.name}` has local indexes and no sort key",
            place=places.at(*where, "local_indexes"),
            hint="add `range_key:`, or make them global under `indexes:`",
        )


def _check_numbers(table: Table, places: Places) -> None:
    where = ("database", "dynamodb", table.name)
    for kind, limit in _LIMITS.items():
        count = sum(each == kind for each, _, _ in _indexes(table))
        if count > limit:
            raise TfgenError(
                f"The table `{table.name}` has {count} `{kind}`; DynamoDB allows {limit}",
                place=places.at(*where, kind),
                hint="one index can answer several questions, if its keys are written for each",
            )
    named = [index.projection for _, _, index in _indexes(table)]
    projected = sum(len(each) for each in named if isinstance(each, tuple))
    if projected > _PROJECTED_LIMIT:
        raise TfgenError(
            f"The indexes of the table `{table.name}` name {projected} attributes; DynamoDB allows "
            f"{_PROJECTED_LIMIT} for all of them together",
            place=places.at(*where),
            hint="use `projection: all` where an index has most of an item",
        )


def _check_index(table: Table, kind: str, name: str, index: Index, places: Places) -> None:
    where = ("database", "dynamodb", table.name, kind, name)
    if kind == "local_indexes" and name in table.indexes:
        raise TfgenError(
            f"The table `{table.name}` has two indexes `{name}`",
            place=places.at(*where),
            hint="call one of them something else",
        )
    hash_key = index.hash_key or table.hash_key
    if index.range_key == hash_key:
        raise TfgenError(
            f"`{index.range_key}` is both keys of the index `{name}`",
            place=places.at(*where, "range_key"),
            hint="name another attribute as `range_key`",
        )
    for key, attribute in (("hash_key", index.hash_key), ("range_key", index.range_key)):
        if attribute is not None and attribute not in table.attributes:
            raise TfgenError(
                f"The index `{name}` uses the attribute `{attribute}`, whose type is not said",
                place=places.at(*where, key),
                hint=f"add `{attribute}: S` under `attributes:` of `{table.name}`; `N` is for "
                "numbers, `B` for bytes",
            )


def _check_attributes(table: Table, places: Places) -> None:
    used = {table.hash_key, table.range_key}
    for _, _, index in _indexes(table):
        used |= {index.hash_key, index.range_key}
    for attribute in table.attributes:
        if attribute not in used:
            raise TfgenError(
                f"`{attribute}` is a key neither of the table `{table.name}` nor of an index",
                place=places.at("database", "dynamodb", table.name, "attributes", attribute),
                hint="remove it: DynamoDB wants to know the types of keys, and items may have any "
                "other attributes",
            )


def _indexes(table: Table) -> Iterator[tuple[str, str, Index]]:
    """Yields the key in the config, the name and the index of every index."""
    for name, index in table.indexes.items():
        yield "indexes", name, index
    for name, index in table.local_indexes.items():
        yield "local_indexes", name, index
