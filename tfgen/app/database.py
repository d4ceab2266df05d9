"""The data that the function works with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

AttributeType = Literal["S", "N", "B"]
Projection = Literal["all", "keys"] | tuple[str, ...]
StreamView = Literal["keys", "new", "old", "new_and_old"]
TableEncryption = Literal["aws_owned", "aws_managed", "app"]
Consistency = Literal["eventual", "strong"]
Access = Literal["read", "write", "full"]


@dataclass(frozen=True, slots=True)
class Scaling:
    """Capacity between two bounds, of which a share is to be used, in percent."""

    min: int
    max: int
    target: int


Capacity = int | Scaling


@dataclass(frozen=True, slots=True)
class Provisioned:
    """Units a second, of a table and of each of its global indexes."""

    read: Capacity
    write: Capacity


@dataclass(frozen=True, slots=True)
class Index:
    """A secondary index.

    Attributes:
        hash_key: None is the table's, which a local index has.
        projection: what it has of an item; attributes are beside the keys.
    """

    hash_key: str | None
    range_key: str | None
    projection: Projection


@dataclass(frozen=True, slots=True)
class TimeToLive:
    """The attribute with the time at which an item expires, and whether DynamoDB acts on it."""

    attribute: str
    enabled: bool


@dataclass(frozen=True, slots=True)
class Table:
    """A table that is made here.

    Attributes:
        name: in the config.
        full_name: in DynamoDB, the same in every region.
        attributes: types of all keys, those of indexes among them.
        ttl: None if the config does not name an attribute for it.
        billing: None pays by request.
        stream: what it has of an item; None is no stream.
        replicas: the regions that have it beside the home region, sorted.
        witness: the region of a strongly consistent table in two that takes part without items.
    """

    name: str
    full_name: str
    hash_key: str
    range_key: str | None
    attributes: Mapping[str, AttributeType]
    indexes: Mapping[str, Index]
    local_indexes: Mapping[str, Index]
    ttl: TimeToLive | None
    billing: Provisioned | None
    stream: StreamView | None
    point_in_time_recovery: bool
    deletion_protection: bool
    encryption: TableEncryption
    replicas: tuple[str, ...]
    consistency: Consistency
    witness: str | None
    access: Access


@dataclass(frozen=True, slots=True)
class TableUse:
    """A table as the function of one region uses it.

    Attributes:
        name: in the config.
        full_name: in DynamoDB.
        variable: the environment variable with that name.
        made_here: whether it is one of the app's.
        indexes: whether there are any, or could be.
        stream: whether the region has one, or could have.
    """

    name: str
    full_name: str
    variable: str
    access: Access
    made_here: bool
    indexes: bool
    stream: bool


@dataclass(frozen=True, slots=True)
class Database:
    """The data of a stage.

    Attributes:
        home: the region that the tables are made in; empty if there are none and nobody says it.
        tables: those that are made here, by name.
    """

    home: str
    tables: tuple[Table, ...]
