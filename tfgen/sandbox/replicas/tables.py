"""Which tables are one global table, and what its replicas have in common."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Self

if TYPE_CHECKING:
    from moto.dynamodb.models import DynamoDBBackend
    from moto.dynamodb.models.dynamo_type import DynamoType, Item
    from moto.dynamodb.models.table import Table

    Key = tuple[DynamoType, DynamoType | None]

VERSION: Final = "2019.11.21"

#: What moto does not keep of CreateTable and UpdateTable, as its documents name it.
EXTRAS: Final = ("OnDemandThroughput", "TableClass")

_GLOBAL_TABLE: Final = "tfgen_global_table"
_EXTRAS: Final = "tfgen_extras"


@dataclass(slots=True)
class Replica:
    """A region's part of a global table.

    Attributes:
        region: where it is.
        source: whether another replica was made from it.
        versions: when each item was last written, by whichever region, on the one clock that all
            regions here share; a deleted item keeps its entry.
    """

    region: str
    source: bool = False
    versions: dict[Key, int] = field(default_factory=dict)


@dataclass(slots=True)
class GlobalTable:
    """A table that is in several regions, or was.

    Attributes:
        account: the account's ID.
        name: the table's, the same everywhere.
        replicas: by region.
        strong: whether a write is in every region before it is answered.
        witness: the region that takes part without a table of its own.
    """

    account: str
    name: str
    replicas: dict[str, Replica] = field(default_factory=dict)
    strong: bool = False
    witness: str | None = None

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        """Returns itself: moto copies tables, before a transaction and for a backup."""
        return self

    def table(self, region: str) -> Table | None:
        """Returns a region's table; None if it has gone, or is no part of this one any more."""
        table = backend(self.account, region).tables.get(self.name)
        return table if table is not None and global_table(table) is self else None

    def others(self, region: str) -> Iterator[Table]:
        """Returns the tables of every region but one."""
        for other in sorted(self.replicas):
            if other != region and (table := self.table(other)) is not None:
                yield table

    def leave(self, region: str) -> None:
        """Takes a region out. The last one is a table like any other."""
        self.replicas.pop(region, None)
        if len(self.replicas) == 1:
            self.strong, self.witness = False, None
            for replica in self.replicas.values():
                replica.source = False


def backend(account: str, region: str) -> DynamoDBBackend:
    """Returns moto's DynamoDB of a region."""
    from moto.dynamodb.models import dynamodb_backends

    return dynamodb_backends[account][region]


def global_table(table: Table) -> GlobalTable | None:
    """Returns what a table is a part of, whether or not it has other replicas."""
    found: GlobalTable | None = vars(table).get(_GLOBAL_TABLE)
    return found


def ensure_global_table(table: Table) -> GlobalTable:
    """Returns what a table is a part of, made if need be."""
    found = global_table(table)
    if found is None:
        found = GlobalTable(table.account_id, table.name)
        join(found, table, Replica(table.region_name))
    return found


def join(whole: GlobalTable, table: Table, replica: Replica) -> None:
    """Makes a table a part of a global one."""
    vars(table)[_GLOBAL_TABLE] = whole
    whole.replicas[replica.region] = replica


def replicas_of(table: Table) -> list[Table]:
    """Returns the other tables that a table is replicated with."""
    whole = global_table(table)
    return list(whole.others(table.region_name)) if whole is not None else []


def is_strong(table: Table) -> bool:
    """Returns whether a table is a part of a strongly consistent global table."""
    whole = global_table(table)
    return whole is not None and whole.strong


def extras(table: Table) -> dict[str, Any]:
    """Returns what moto does not keep of a table, to be read and changed."""
    kept: dict[str, Any] = vars(table).setdefault(_EXTRAS, {})
    return kept


def make_replica(source: Table, region: str, key: str | None, table_class: str | None) -> Table:
    """Returns a new, empty table for another region, as a source is.

    Tags, backups and the protection against deletion are a replica's own:
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/V2globaltables_HowItWorks.html

    Args:
        source: the table.
        region: where the replica is.
        key: the ARN of the KMS key of its own.
        table_class: if it is not to be the source's.
    """
    from moto.dynamodb.models.table import Table as MotoTable

    table = MotoTable(  # type: ignore[abstract]
        source.name,
        account_id=source.account_id,
        region=region,
        schema=copy.deepcopy(source.schema),
        attr=copy.deepcopy(source.attr),
        streams=copy.deepcopy(source.stream_specification),
        sse_specification=encryption(source, key),
    )
    table.indexes = copy.deepcopy(source.indexes)
    extras(table).update(extras(source))
    if table_class is not None:
        extras(table)["TableClass"] = table_class
    share_settings(source, table)
    return table


def encryption(source: Table, key: str | None) -> dict[str, Any] | None:
    """Returns the encryption of a replica: of the source's kind, with a key of its own region."""
    if not is_encrypted_by_kms(source):
        return None
    return {"Enabled": True, "SSEType": "KMS"} | ({"KMSMasterKeyId": key} if key else {})


def is_encrypted_by_kms(table: Table) -> bool:
    """Returns whether a table is encrypted by a key in the account and not by DynamoDB's own."""
    return bool(table.sse_specification and table.sse_specification.get("Enabled"))


def own_key(table: Table) -> str | None:
    """Returns the KMS key of a table, unless it is the one that AWS manages for DynamoDB."""
    from moto.kms.models import kms_backends

    if not is_encrypted_by_kms(table):
        return None
    key: str = (table.sse_specification or {})["KMSMasterKeyId"]
    kms = kms_backends[table.account_id][table.region_name]
    known = kms.keys.get(kms.get_key_id(key))
    return None if known is not None and known.key_manager == "AWS" else key


def share_settings(source: Table, target: Table) -> None:
    """Gives a replica what all replicas have in common.

    Args:
        source: the table that has it.
        target: the table that gets it.
    """
    target.attr = copy.deepcopy(source.attr)
    target.billing_mode = source.billing_mode
    target.throughput = copy.deepcopy(source.throughput)
    target.warm_throughput = copy.deepcopy(source.warm_throughput)
    target.global_indexes = copy.deepcopy(source.global_indexes)
    target.ttl = dict(source.ttl)
    if "OnDemandThroughput" in extras(source):
        extras(target)["OnDemandThroughput"] = extras(source)["OnDemandThroughput"]


def describe(table: Table) -> dict[str, Any]:
    """Returns what a description of a table says beyond moto's.

    The list of replicas leaves out the region that was asked:
    https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TableDescription.html
    """
    kept = extras(table)
    said: dict[str, Any] = {}
    if "TableClass" in kept:
        said["TableClassSummary"] = {"TableClass": kept["TableClass"]}
    if "OnDemandThroughput" in kept:
        said["OnDemandThroughput"] = kept["OnDemandThroughput"]
    whole, others = global_table(table), replicas_of(table)
    if whole is None or not (others or whole.witness):
        return said
    said["GlobalTableVersion"] = VERSION
    said["MultiRegionConsistency"] = "STRONG" if whole.strong else "EVENTUAL"
    said["Replicas"] = [_describe_replica(other) for other in others]
    if whole.witness:
        said["GlobalTableWitnesses"] = [{"RegionName": whole.witness, "WitnessStatus": "ACTIVE"}]
    return said


def _describe_replica(table: Table) -> dict[str, Any]:
    said: dict[str, Any] = {
        "RegionName": table.region_name,
        "ReplicaStatus": "ACTIVE",
        "ReplicaArn": table.table_arn,
    }
    if key := own_key(table):
        said["KMSMasterKeyId"] = key
    if "TableClass" in extras(table):
        said["ReplicaTableClassSummary"] = {"TableClass": extras(table)["TableClass"]}
    if table.global_indexes:
        said["GlobalSecondaryIndexes"] = [{"IndexName": each.name} for each in table.global_indexes]
    return said


def items(table: Table) -> Iterator[tuple[Key, Item]]:
    """Returns every item with its key."""
    for hash_key, found in list(_content(table).items()):
        if table.has_range_key:
            for range_key, item in list(found.items()):
                yield (hash_key, range_key), item
        else:
            yield (hash_key, None), found


def stored(table: Table, key: Key) -> Item | None:
    """Returns an item as it is stored, not a copy; None if there is none."""
    hash_key, range_key = key
    found = _content(table).get(hash_key)
    if found is None or range_key is None:
        return found
    item: Item | None = found.get(range_key)
    return item


def store(table: Table, key: Key, item: Item | None) -> None:
    """Puts a copy of an item, or takes one away, and tells the table's stream.

    Args:
        table: where.
        key: the item's.
        item: None for a deletion.
    """
    old, new = stored(table, key), copy.deepcopy(item)
    hash_key, range_key = key
    content, last = (
        (_content(table), hash_key)
        if range_key is None
        else (_content(table).setdefault(hash_key, {}), range_key)
    )
    if new is None:
        content.pop(last, None)
    else:
        content[last] = new
    if table.stream_shard is not None and (old is not None or new is not None):
        table.stream_shard.add(old, new)


def _content(table: Table) -> dict[DynamoType, Any]:
    """Returns moto's items: by hash key, or by hash key and range key."""
    content: dict[DynamoType, Any] = table.items
    return content
