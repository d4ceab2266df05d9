"""``database`` in the config: tables of DynamoDB, and databases that are already there."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Discriminator, Field, Tag

from tfgen.config.rds import Rds
from tfgen.config.types import Model

TABLE_KEY_PATTERN = r"^[a-z][a-z0-9_-]{0,62}$"
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
DYNAMODB_NAME_PATTERN = r"^[A-Za-z0-9_.-]+$"

TableKey = Annotated[str, Field(pattern=TABLE_KEY_PATTERN)]
TableName = Annotated[str, Field(pattern=DYNAMODB_NAME_PATTERN, min_length=3, max_length=255)]
IndexName = Annotated[str, Field(pattern=DYNAMODB_NAME_PATTERN, min_length=3, max_length=255)]
# Of a key: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
Attribute = Annotated[str, Field(min_length=1, max_length=255)]
AttributeType = Literal["S", "N", "B"]
Units = Annotated[int, Field(ge=1)]


def _form(value: Any) -> str:
    """Tells a mapping from what is none, so that an error is about what was meant."""
    if isinstance(value, dict | BaseModel):
        return "mapping"
    return "plain"


def _listed(value: Any) -> str:
    return "list" if isinstance(value, list) else "plain"


Projection = Annotated[
    Annotated[Literal["all", "keys"], Tag("plain")]
    | Annotated[list[Attribute], Field(min_length=1, max_length=20), Tag("list")],
    Discriminator(_listed),
]


class Index(Model):
    """A global secondary index: the items once more, under other keys."""

    hash_key: Attribute = Field(description="Partition key of the index.", examples=["owner"])
    range_key: Attribute | None = Field(default=None, description="Sort key of the index.")
    projection: Projection = Field(
        default="all",
        description="What the index has of an item: `all`, its `keys`, or a list of attributes "
        "beside those.",
    )


class LocalIndex(Model):
    """A local secondary index: the items of one partition in another order."""

    range_key: Attribute = Field(description="Sort key of the index.", examples=["created"])
    projection: Projection = Field(
        default="all",
        description="What the index has of an item: `all`, its `keys`, or a list of attributes "
        "beside those.",
    )


class Scaling(Model):
    """Capacity that follows the use of a table."""

    min: Units = Field(description="Units that are there at least.")
    max: Units = Field(description="Units that are there at most.")
    target: Annotated[int, Field(ge=20, le=90)] = Field(
        default=70, description="How much of it is to be used, in percent."
    )


Capacity = Annotated[
    Annotated[Units, Tag("plain")] | Annotated[Scaling, Tag("mapping")], Discriminator(_form)
]


class Provisioned(Model):
    """Capacity that is paid whether it is used or not."""

    read: Capacity = Field(description="Read units a second: a number, or bounds to scale between.")
    write: Capacity = Field(
        description="Write units a second: a number, or bounds to scale between."
    )


Billing = Annotated[
    Annotated[Literal["on_demand"], Tag("plain")] | Annotated[Provisioned, Tag("mapping")],
    Discriminator(_form),
]
Existing = Annotated[
    Annotated[TableName, Tag("plain")] | Annotated[dict[str, TableName], Tag("mapping")],
    Discriminator(_form),
]


class TimeToLive(Model):
    """Items that DynamoDB deletes when their time has come, or does not delete any more."""

    attribute: Attribute = Field(
        description="Attribute with the time at which an item expires, in seconds since 1970.",
        examples=["expires"],
    )
    enabled: bool = Field(
        default=True,
        description="`false` switches it off, for which DynamoDB wants the attribute's name as "
        "well. After that apply, `ttl` can be removed.",
    )


Ttl = Annotated[
    Annotated[Attribute, Tag("plain")] | Annotated[TimeToLive, Tag("mapping")],
    Discriminator(_form),
]


class Table(Model):
    """A table of DynamoDB, and what the function may do with it."""

    hash_key: Attribute | None = Field(
        default=None,
        description="Partition key. Required, unless the table exists already.",
        examples=["id"],
    )
    range_key: Attribute | None = Field(default=None, description="Sort key.")
    attributes: dict[Attribute, AttributeType] = Field(
        default={},
        description="Types of the keys: `S` for text, `N` for numbers, `B` for bytes. Those of the "
        "table are text if nothing else is said; those of indexes must be said.",
        examples=[{"owner": "S"}],
    )
    indexes: dict[IndexName, Index] = Field(
        default={}, description="Global secondary indexes, by name; 20 at most."
    )
    local_indexes: dict[IndexName, LocalIndex] = Field(
        default={},
        description="Local secondary indexes, by name; 5 at most. A table has them from the "
        "beginning: a change of them replaces it.",
    )
    ttl: Ttl | None = Field(
        default=None,
        description="Attribute with the time at which DynamoDB deletes an item, in seconds since "
        "1970; or a mapping, which can switch it off.",
        examples=["expires", {"attribute": "expires", "enabled": False}],
    )
    billing: Billing = Field(
        default="on_demand",
        description="`on_demand` pays by request, and a global table must have it; otherwise the "
        "capacity.",
    )
    stream: Literal[False, "keys", "new", "old", "new_and_old"] = Field(
        default=False,
        description="What the stream of changes has of an item. A table that is replicated has "
        "one of `new_and_old`, which carries its changes; a `strong` one needs none.",
    )
    point_in_time_recovery: bool = Field(
        default=True,
        description="Keep continuous backups, so that the table as it was at any second of the "
        "last 35 days can be restored; in every region that has it.",
    )
    deletion_protection: bool = Field(
        default=True,
        description="Let nobody delete the table, by whatever means. Its replicas are protected "
        "with version 6 of the AWS provider only.",
    )
    encryption: Literal["aws_owned", "aws_managed", "app"] = Field(
        default="aws_owned",
        description="Whose key encrypts the table: DynamoDB's own, the account's for DynamoDB, or "
        "the app's own in each region.",
    )
    replicate: bool = Field(
        default=False,
        description="Make it a global table with a replica in each region of the app. Otherwise "
        "only the home region's function has it.",
    )
    consistency: Literal["eventual", "strong"] = Field(
        default="eventual",
        description="Whether a read in one region may miss what another has just written. `strong` "
        "takes three regions, or two and a witness, and an empty table.",
    )
    witness: str | None = Field(
        default=None,
        description="Third region of a `strong` table in two, which keeps no items of it that "
        "anybody could read.",
    )
    existing: Existing | None = Field(
        default=None,
        description="Name of a table that is not made here, in place of all but `access`: the same "
        "in every region, or a mapping of regions to names.",
        examples=["legacy"],
    )
    access: Literal["read", "write", "full"] = Field(
        default="write",
        description="What the function may do: `read` items, `write` them as well, or `full` with "
        "PartiQL and the stream. Nobody gets to administer the table by that.",
    )


class Database(Model):
    """The data that the function works with."""

    home: str | None = Field(
        default=None,
        description="Region whose tables are the first: those of other regions are their replicas. "
        "Required for an app of several regions. It cannot be changed later.",
        examples=["us-west-2"],
    )
    dynamodb: dict[TableKey, Table] = Field(
        default={},
        description="Tables by name. The function finds the name of `items` in DynamoDB in the "
        "variable `ITEMS_TABLE`.",
        examples=[{"items": {"hash_key": "id", "replicate": True}}],
    )
    rds: dict[str, Rds] = Field(
        default={},
        description="The database that the function uses, by region; a region without one has no "
        "variables of it.",
        examples=[{"us-west-2": {"cluster": "hello"}}],
    )
