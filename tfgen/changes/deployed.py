"""What the state knows of the tables of a stage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tfgen.app import Consistency, StreamView, TableEncryption


@dataclass(frozen=True, slots=True)
class DeployedReplica:
    """A replica of a table.

    Attributes:
        protected: DynamoDB refuses to delete it.
    """

    region: str
    protected: bool


@dataclass(frozen=True, slots=True)
class DeployedTable:
    """A table that exists, as the last apply left it.

    Attributes:
        module: the name of its module in the root module.
        name: in DynamoDB.
        home: its region.
        ttl: the attribute by which DynamoDB deletes items; None if it deletes none.
        stream: what the stream has of an item; None is no stream.
        encryption: whose key encrypts it.
        keys: the `kms_key` that each region was deployed with; None is one that tfgen made. A
            region that has no function yet is missing.
    """

    module: str
    name: str
    home: str
    ttl: str | None = None
    stream: StreamView | None = None
    replicas: tuple[DeployedReplica, ...] = ()
    consistency: Consistency = "eventual"
    witness: str | None = None
    encryption: TableEncryption = "aws_owned"
    keys: Mapping[str, str | None] = field(default_factory=dict)
