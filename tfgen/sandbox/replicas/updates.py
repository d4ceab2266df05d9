"""What ``UpdateTable`` does to a global table, checked before any of it is done.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateTable.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Self

from tfgen.sandbox.replicas.keys import check_key, encrypt
from tfgen.sandbox.replicas.tables import (
    GlobalTable,
    Replica,
    backend,
    ensure_global_table,
    global_table,
    is_encrypted_by_kms,
    is_strong,
    join,
    make_replica,
    own_key,
    replicas_of,
)

if TYPE_CHECKING:
    from moto.dynamodb.models.table import Table

    from tfgen.sandbox.replicas.replication import Replication

_INVALID: Final = "One or more parameter values were invalid:"
_STREAM: Final = {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}

# A strongly consistent table stays within one of these:
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/V2globaltables_HowItWorks.html
_REGION_SETS: Final = (
    frozenset({"us-east-1", "us-east-2", "us-west-2"}),
    frozenset({"eu-central-1", "eu-west-1", "eu-west-2", "eu-west-3"}),
    frozenset({"ap-northeast-1", "ap-northeast-2", "ap-northeast-3"}),
)

_Action = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ReplicaUpdates:
    """What one request asks of a table's replicas.

    Attributes:
        create: each ``CreateReplicationGroupMemberAction``.
        update: each ``UpdateReplicationGroupMemberAction``.
        delete: the regions to leave.
        strong: whether the table is to be strongly consistent.
        witness: the region of a new witness.
        no_witness: the region of a witness that goes.
    """

    create: Sequence[_Action]
    update: Sequence[_Action]
    delete: Sequence[str]
    strong: bool
    witness: str | None
    no_witness: str | None

    @classmethod
    def of(cls, request: Mapping[str, Any]) -> Self:
        """Reads them from an ``UpdateTable`` request."""
        replicas = request.get("ReplicaUpdates") or []
        witnesses = request.get("GlobalTableWitnessUpdates") or []
        return cls(
            create=[each["Create"] for each in replicas if "Create" in each],
            update=[each["Update"] for each in replicas if "Update" in each],
            delete=[each["Delete"]["RegionName"] for each in replicas if "Delete" in each],
            strong=request.get("MultiRegionConsistency") == "STRONG",
            witness=_only(witnesses, "Create"),
            no_witness=_only(witnesses, "Delete"),
        )

    def check(self, table: Table) -> None:
        """Refuses what DynamoDB refuses.

        Args:
            table: the one that the request names.

        Raises:
            JsonRESTError: as DynamoDB words it where a client looks at the words.
        """
        for action in self.create:
            _check_new(table, action)
        for action in self.update:
            _check_there(table, action["RegionName"])
            check_key(table.account_id, action["RegionName"], action.get("KMSMasterKeyId"))
        for region in self.delete:
            _check_leaving(table, region)
        self._check_keys(table)
        self._check_consistency(table)

    def carry_out(self, table: Table, replication: Replication) -> None:
        """Does it, at once: a replica is active as soon as it is asked for.

        Args:
            table: the one that the request names.
            replication: fills the new replicas.
        """
        for action in self.update:
            place = backend(table.account_id, action["RegionName"]).tables[table.name]
            if key := action.get("KMSMasterKeyId"):
                encrypt(place, {"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": key})
        for region in self.delete:
            # It leaves the global table on the way: `forget`.
            backend(table.account_id, region).delete_table(table.name)
        for action in self.create:
            self._create(table, action, replication)
        if self.create:
            whole = ensure_global_table(table)
            whole.strong = whole.strong or self.strong
            whole.witness = self.witness or whole.witness

    def _create(self, table: Table, action: _Action, replication: Replication) -> None:
        if not self.strong and not (table.stream_specification or {}).get("StreamEnabled"):
            table.set_stream_specification(dict(_STREAM))
        whole, region = ensure_global_table(table), action["RegionName"]
        made = make_replica(
            table, region, action.get("KMSMasterKeyId"), action.get("TableClassOverride")
        )
        replica = Replica(region)
        replication.copy_items(whole, made, replica)
        whole.replicas[table.region_name].source = True
        join(whole, made, replica)
        backend(table.account_id, region).tables[table.name] = made

    def _check_keys(self, table: Table) -> None:
        """Either all replicas have a key of their own or none has."""
        given = {each["RegionName"]: each.get("KMSMasterKeyId") for each in self.update}
        new = {each["RegionName"]: each.get("KMSMasterKeyId") for each in self.create}
        if any(new.values()) and not (is_encrypted_by_kms(table) or any(given.values())):
            raise invalid(
                f"{_INVALID} A replica has a KMS key only if its table is encrypted by KMS"
            )
        keys = {
            each.region_name: given.get(each.region_name) or own_key(each)
            for each in (table, *replicas_of(table))
            if each.region_name not in self.delete
        } | new
        if keys[table.region_name] and not all(keys.values()):
            raise invalid(f"{_INVALID} KMSMasterKeyId must be specified for each replica.")

    def _check_consistency(self, table: Table) -> None:
        if is_strong(table):
            self._check_stays_strong(table)
        elif self.strong:
            self._check_becomes_strong(table)
        elif self.witness or self.no_witness:
            raise invalid(f"{_INVALID} Only a table with STRONG consistency has a witness")
        elif self.create and not is_strong(table):
            _check_eventual(table)

    def _check_stays_strong(self, table: Table) -> None:
        whole = ensure_global_table(table)
        everything = set(self.delete) == whole.replicas.keys() - {table.region_name}
        if self.create or (self.delete and not everything) or self.no_witness != whole.witness:
            raise _count_is_wrong()

    def _check_becomes_strong(self, table: Table) -> None:
        regions = {table.region_name, *(each["RegionName"] for each in self.create)}
        if self.witness is not None:
            regions.add(self.witness)
        if replicas_of(table) or len(regions) != 3 or not self.create:
            raise _count_is_wrong()
        if not any(regions <= each for each in _REGION_SETS):
            raise invalid(f"{_INVALID} STRONG consistency is not offered across these Regions")
        if len(table) or table.indexes or table.ttl["TimeToLiveStatus"] == "ENABLED":
            raise invalid(
                f"{_INVALID} A table with STRONG consistency starts empty and has neither local"
                " secondary indexes nor a time to live"
            )


def check_deletion(table: Table) -> None:
    """Refuses to delete a table that its replicas were made from, while there are any.

    AWS allows it a day later, which no sandbox sees.

    Args:
        table: the one to delete.

    Raises:
        JsonRESTError: it is such a table.
    """
    whole = global_table(table)
    if whole is not None and replicas_of(table) and whole.replicas[table.region_name].source:
        raise invalid(
            "Replica cannot be deleted because it has acted as a source region for new replica(s)"
            " being added to the table in the last 24 hours."
        )


def check_stream(table: Table, wanted: Mapping[str, Any]) -> None:
    """Refuses a change of a stream that DynamoDB refuses.

    Args:
        table: the stream's.
        wanted: the ``StreamSpecification``.

    Raises:
        JsonRESTError: it is refused.
    """
    on = bool((table.stream_specification or {}).get("StreamEnabled"))
    if on and wanted.get("StreamEnabled"):
        raise invalid(f"{_INVALID} Table already has an enabled stream: TableName: {table.name}")
    if on and replicas_of(table) and not is_strong(table):
        raise invalid(f"{_INVALID} Disabling Stream is not allowed for a Global Table replica.")


def check_encryption(table: Table, wanted: Mapping[str, Any]) -> None:
    """Refuses to change the key of a table that has replicas, other than by way of those.

    https://github.com/hashicorp/terraform-provider-aws/issues/21726

    Args:
        table: the table.
        wanted: the ``SSESpecification``.

    Raises:
        JsonRESTError: it is refused.
    """
    if replicas_of(table) and (own_key(table) or wanted.get("KMSMasterKeyId")):
        raise invalid(
            "Invalid operation: Customer Managed CMKs on Global Table Version 2019.11.21 replicas"
            " cannot be updated through SSESpecification parameter and can only be updated through"
            " ReplicaUpdates parameter"
        )


def check_time_to_live(table: Table, wanted: Mapping[str, Any]) -> None:
    """Refuses a change of the time to live that DynamoDB refuses.

    It also refuses a second change within an hour, which no sandbox waits for.
    https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateTimeToLive.html
    https://github.com/go-to-k/cdkd/pull/932

    Args:
        table: the table.
        wanted: the ``TimeToLiveSpecification``.

    Raises:
        JsonRESTError: it is refused.
    """
    name, enabled = wanted.get("AttributeName"), wanted.get("Enabled")
    if name == "":
        raise invalid(
            "1 validation error detected: Value '' at 'timeToLiveSpecification.attributeName' "
            "failed to satisfy constraint: Member must have length greater than or equal to 1"
        )
    if table.ttl["TimeToLiveStatus"] != "ENABLED":
        if not enabled:
            raise invalid("TimeToLive is already disabled")
        return
    active = table.ttl["AttributeName"]
    if active != name:
        raise invalid(
            f"TimeToLive is active on a different AttributeName: current AttributeName is {active}"
        )
    if enabled:
        raise invalid("TimeToLive is already enabled")


def settle_attributes(table: Table, before: Sequence[Mapping[str, str]]) -> None:
    """Keeps the definitions of those attributes that are in a key, and of no others.

    DynamoDB adds what an update defines to what is there, and drops what no key of the table and
    of its indexes has. moto keeps what was defined last, also after the index is gone, so that the
    AWS provider plans to remove it for ever:
    https://github.com/paritysuite/dynamodb-conformance/issues/79

    Args:
        table: after the update.
        before: the definitions before it.
    """
    schemas: list[Any] = [table, *table.indexes, *table.global_indexes]
    used = {key["AttributeName"] for each in schemas for key in each.schema}
    defined = {each["AttributeName"]: each for each in (*table.attr, *before)}
    table.attr = [dict(each) for name, each in defined.items() if name in used]


def clear_capacity(table: Table) -> None:
    """Takes the capacity from a table that is paid by request, and from its indexes.

    DynamoDB describes both as 0. moto keeps what they had before, which the AWS provider takes for
    set, and refuses in the next plan:
    https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ProvisionedThroughputDescription.html
    """
    if table.billing_mode == "PAY_PER_REQUEST":
        units = {"ReadCapacityUnits": 0, "WriteCapacityUnits": 0}
        described: list[Any] = [table, *table.global_indexes]
        for each in described:
            each.throughput = {**(each.throughput or {}), **units}


def forget(table: Table) -> None:
    """Takes a table that was deleted out of its global table."""
    whole: GlobalTable | None = global_table(table)
    if whole is not None:
        whole.leave(table.region_name)


def invalid(message: str) -> Exception:
    """Returns DynamoDB's answer to a request that it understands and does not take."""
    from moto.dynamodb.exceptions import MockValidationException

    return MockValidationException(message)


def _only(witnesses: Sequence[Mapping[str, Any]], action: str) -> str | None:
    regions = [each[action]["RegionName"] for each in witnesses if action in each]
    if len(regions) > 1:
        raise invalid(f"{_INVALID} A table has one witness at most")
    return regions[0] if regions else None


def _check_new(table: Table, action: _Action) -> None:
    from moto.dynamodb.models import dynamodb_backends

    region = action["RegionName"]
    if region == table.region_name:
        raise _is_here()
    if region not in dynamodb_backends[table.account_id]:
        raise invalid(f"{_INVALID} Region {region} is not supported")
    if table.name in backend(table.account_id, region).tables:
        raise invalid(
            f"Failed to create a new replica of table with name: '{table.name}' because one or"
            " more replicas already existed as tables."
        )
    check_key(table.account_id, region, action.get("KMSMasterKeyId"))


def _check_there(table: Table, region: str) -> None:
    if region not in {each.region_name for each in (table, *replicas_of(table))}:
        raise _not_found()


def _check_leaving(table: Table, region: str) -> None:
    from moto.dynamodb.exceptions import DeletionProtectedException

    if region == table.region_name:
        raise _is_here()
    for other in replicas_of(table):
        if other.region_name == region:
            if other.deletion_protection_enabled:
                raise DeletionProtectedException(table.name)
            return
    raise _not_found()


def _check_eventual(table: Table) -> None:
    view = (table.stream_specification or {}).get("StreamViewType", "NEW_AND_OLD_IMAGES")
    if view != "NEW_AND_OLD_IMAGES":
        raise invalid(f"{_INVALID} The stream of a Global Table must be NEW_AND_OLD_IMAGES")
    if table.billing_mode == "PROVISIONED" and not _scales(table):
        raise invalid("Table write capacity should either be Pay-Per-Request or AutoScaled.")


def _scales(table: Table) -> bool:
    """Returns whether Application Auto Scaling looks after a table's write capacity."""
    from moto.applicationautoscaling.models import applicationautoscaling_backends

    targets = applicationautoscaling_backends[table.account_id][table.region_name].targets
    return f"table/{table.name}" in targets.get("dynamodb:table:WriteCapacityUnits", {})


def _is_here() -> Exception:
    return invalid(
        "Cannot add, delete, or update the local region through ReplicaUpdates. Use CreateTable,"
        " DeleteTable, or UpdateTable as required."
    )


def _not_found() -> Exception:
    return invalid(
        "Replica specified in the Replica Update or Replica Delete action of the request was not"
        " found."
    )


def _count_is_wrong() -> Exception:
    return invalid(
        "Unsupported table replica count for global tables with MultiRegionConsistency set to"
        " STRONG"
    )
