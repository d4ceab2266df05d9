"""What the state knows of the tables and the security policies of a stage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from tfgen.app import (
    ENHANCED_POLICY,
    AttributeType,
    Consistency,
    EndpointType,
    Index,
    StreamView,
    TableEncryption,
)


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
        hash_key: its partition key.
        range_key: its sort key.
        attributes: the types of all keys, those of indexes among them.
        local_indexes: by name.
        ttl: the attribute by which DynamoDB deletes items; None if it deletes none.
        stream: what the stream has of an item; None is no stream.
        encryption: whose key encrypts it.
        keys: the `kms_key` that each region was deployed with; None is one that tfgen made. A
            region that has no function yet is missing.
    """

    module: str
    name: str
    home: str
    hash_key: str = ""
    range_key: str | None = None
    attributes: Mapping[str, AttributeType] = field(default_factory=dict)
    local_indexes: Mapping[str, Index] = field(default_factory=dict)
    ttl: str | None = None
    stream: StreamView | None = None
    replicas: tuple[DeployedReplica, ...] = ()
    consistency: Consistency = "eventual"
    witness: str | None = None
    encryption: TableEncryption = "aws_owned"
    keys: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DeployedPolicy:
    """The security policy of a REST API or of a custom domain, as the last apply left it.

    Attributes:
        kind: what has it.
        region: where that is.
        name: of the policy.
        endpoint: the endpoint type of the API or the domain.
        truststore: whether the domain asks for client certificates.
    """

    kind: Literal["api", "domain"]
    region: str
    name: str
    endpoint: EndpointType
    truststore: bool = False

    @property
    def enhanced(self) -> bool:
        """Says whether the policy needs an endpoint access mode."""
        return self.name.startswith(ENHANCED_POLICY)
