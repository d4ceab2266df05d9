"""DynamoDB: global tables, and what a table was configured with comes back.

moto's tables know one region. Of UpdateTable it ignores replicas, encryption and the table class,
so that the AWS provider waits for a replica for ever, and a plan wants to set the rest again. And
it answers requests at the same time as if nobody else asked, so that two writers to one item lose
updates that DynamoDB does not lose
(https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/WorkingWithItems.html).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from tfgen.sandbox.patches.expect import expect_attributes, expect_method
from tfgen.sandbox.replicas import keys, updates
from tfgen.sandbox.replicas.replication import Replication
from tfgen.sandbox.replicas.tables import (
    EXTRAS,
    describe,
    extras,
    is_strong,
    replicas_of,
    share_settings,
)

if TYPE_CHECKING:
    from moto.core.responses import ActionResult
    from moto.dynamodb.models import DynamoDBBackend
    from moto.dynamodb.models.dynamo_type import DynamoType, Item
    from moto.dynamodb.models.table import Table
    from moto.dynamodb.responses import DynamoHandler
    from moto.kms.models import Alias, KmsBackend

# What `tfgen.sandbox.replicas` reads and writes of a table.
_ATTRIBUTES: Final = (
    "account_id",
    "attr",
    "billing_mode",
    "deletion_protection_enabled",
    "global_indexes",
    "indexes",
    "items",
    "latest_stream_label",
    "name",
    "region_name",
    "schema",
    "sse_specification",
    "stream_shard",
    "stream_specification",
    "table_arn",
    "table_key_attrs",
    "throughput",
    "ttl",
    "warm_throughput",
)


def patch() -> None:
    """Adds to moto's DynamoDB.

    Raises:
        TfgenError: moto does not have what this builds on.
    """
    replication = Replication()
    _patch_requests(replication)
    _patch_writes(replication)
    _patch_tables()
    _patch_updates(replication)
    _patch_keys()


def _patch_requests(replication: Replication) -> None:
    from moto.dynamodb.responses import DynamoHandler

    answer = expect_method(DynamoHandler, "call_action")

    def answer_alone(self: DynamoHandler) -> Any:
        with replication.request():
            return answer(self)

    DynamoHandler.call_action = answer_alone  # type: ignore[method-assign]


def _patch_writes(replication: Replication) -> None:
    from moto.dynamodb.models import DynamoDBBackend
    from moto.dynamodb.models.dynamo_type import DynamoType
    from moto.dynamodb.models.table import Table

    put = expect_method(
        Table,
        "put_item",
        "item_attrs",
        "expected",
        "condition_expression",
        "expression_attribute_names",
        "expression_attribute_values",
        "overwrite",
        "return_values_on_condition_check_failure",
    )
    delete = expect_method(Table, "delete_item", "hash_key", "range_key")
    update = expect_method(
        DynamoDBBackend,
        "update_item",
        "table_name",
        "key",
        "update_expression",
        "expression_attribute_names",
        "expression_attribute_values",
        "attribute_updates",
        "expected",
        "condition_expression",
        "return_values_on_condition_check_failure",
    )
    transact = expect_method(DynamoDBBackend, "transact_write_items", "transact_items")

    def touch(table: Table, attributes: Mapping[str, Any]) -> None:
        # What lacks a key is refused by moto, before it writes.
        if all(name in attributes for name in table.table_key_attrs):
            parts = [DynamoType(attributes[name]) for name in table.table_key_attrs]
            replication.touch(table, (parts[0], parts[1] if len(parts) > 1 else None))

    def put_item(self: Table, item_attrs: dict[str, Any], *args: Any, **named: Any) -> Item:
        with replication.request():
            touch(self, item_attrs)
            item: Item = put(self, item_attrs, *args, **named)
            return item

    def delete_item(self: Table, hash_key: DynamoType, range_key: DynamoType | None) -> Item | None:
        with replication.request():
            replication.touch(self, (hash_key, range_key))
            item: Item | None = delete(self, hash_key, range_key)
            return item

    def update_item(
        self: DynamoDBBackend, table_name: str, key: dict[str, Any], *args: Any, **named: Any
    ) -> Item:
        with replication.request():
            touch(self.get_table(table_name), key)
            item: Item = update(self, table_name, key, *args, **named)
            return item

    def transact_write_items(self: DynamoDBBackend, transact_items: list[dict[str, Any]]) -> None:
        names = {each["TableName"] for item in transact_items for each in item.values()}
        for name in names & self.tables.keys():
            if is_strong(self.tables[name]):
                raise updates.invalid("STRONG consistency knows no transactions")
        with replication.request():
            transact(self, transact_items)

    Table.put_item = put_item  # type: ignore[method-assign]
    Table.delete_item = delete_item  # type: ignore[method-assign]
    DynamoDBBackend.update_item = update_item  # type: ignore[method-assign]
    DynamoDBBackend.transact_write_items = transact_write_items  # type: ignore[method-assign]


def _patch_tables() -> None:
    from moto.dynamodb.models import DynamoDBBackend
    from moto.dynamodb.models.table import Table

    key = {"AttributeName": "id", "KeyType": "HASH"}
    attribute = {"AttributeName": "id", "AttributeType": "S"}
    example = Table("app", "123456789012", "us-east-1", [key], [attribute])  # type: ignore[abstract]
    expect_attributes(example, *_ATTRIBUTES)
    plain = expect_method(Table, "describe", "base_key")
    change_stream = expect_method(
        DynamoDBBackend, "update_table_streams", "table", "stream_specification"
    )
    delete = expect_method(DynamoDBBackend, "delete_table", "name")
    set_time_to_live = expect_method(
        DynamoDBBackend, "update_time_to_live", "table_name", "ttl_spec"
    )
    tag = expect_method(DynamoDBBackend, "tag_resource", "arn", "tags")
    untag = expect_method(DynamoDBBackend, "untag_resource", "arn", "tag_keys")

    def describe_everything(self: Table, base_key: str = "TableDescription") -> dict[str, Any]:
        described: dict[str, Any] = plain(self, base_key)
        described[base_key] |= describe(self)
        return described

    def update_table_streams(
        self: DynamoDBBackend, table: Table, stream_specification: dict[str, Any]
    ) -> None:
        updates.check_stream(table, stream_specification)
        # moto takes a stream that was there once for one that is there, and fills one that is not.
        table.latest_stream_label, table.stream_shard = None, None
        change_stream(self, table, stream_specification)

    def delete_table(self: DynamoDBBackend, name: str) -> Table:
        updates.check_deletion(self.get_table(name))
        table: Table = delete(self, name)
        updates.forget(table)
        return table

    def update_time_to_live(
        self: DynamoDBBackend, table_name: str, ttl_spec: dict[str, Any]
    ) -> None:
        table = self.get_table(table_name)
        updates.check_time_to_live(table, ttl_spec)
        set_time_to_live(self, table_name, ttl_spec)
        if not ttl_spec["Enabled"]:
            # DynamoDB forgets the name:
            # https://github.com/hashicorp/terraform-provider-aws/issues/39195
            table.ttl = {"TimeToLiveStatus": "DISABLED"}
        _share(table)

    def tag_resource(self: DynamoDBBackend, arn: str, tags: dict[str, str]) -> None:
        # moto keeps the old value of a tag beside the new one.
        untag(self, arn, list(tags))
        tag(self, arn, tags)

    Table.describe = describe_everything  # type: ignore[method-assign]
    DynamoDBBackend.update_table_streams = update_table_streams  # type: ignore[method-assign]
    DynamoDBBackend.delete_table = delete_table  # type: ignore[method-assign]
    DynamoDBBackend.update_time_to_live = update_time_to_live  # type: ignore[method-assign]
    DynamoDBBackend.tag_resource = tag_resource  # type: ignore[method-assign]


def _patch_updates(replication: Replication) -> None:
    from moto.dynamodb.responses import DynamoHandler, DynamoResult

    create = expect_method(DynamoHandler, "create_table")
    update = expect_method(DynamoHandler, "update_table")

    def create_table(self: DynamoHandler) -> ActionResult:
        encryption = self.body.get("SSESpecification") or {}
        keys.check_key(self.current_account, self.region, encryption.get("KMSMasterKeyId"))
        create(self)
        table = self.dynamodb_backend.get_table(self.body["TableName"])
        _keep_extras(table, self.body)
        return DynamoResult(table.describe())

    def update_table(self: DynamoHandler) -> ActionResult:
        table = self.dynamodb_backend.get_table(self.body["TableName"])
        asked = updates.ReplicaUpdates.of(self.body)
        asked.check(table)
        if "SSESpecification" in self.body:
            updates.check_encryption(table, self.body["SSESpecification"])
        before = [*table.attr]
        update(self)
        updates.settle_attributes(table, before)
        updates.clear_capacity(table)
        if "SSESpecification" in self.body:
            for each in (table, *replicas_of(table)):
                keys.encrypt(each, self.body["SSESpecification"])
        _keep_extras(table, self.body)
        _share(table)
        asked.carry_out(table, replication)
        return DynamoResult(table.describe())

    DynamoHandler.create_table = create_table  # type: ignore[method-assign]
    DynamoHandler.update_table = update_table  # type: ignore[method-assign]


def _patch_keys() -> None:
    """A key that moto makes for a service is AWS's own, not one that the account has to remove."""
    from moto.kms.models import KmsBackend
    from moto.kms.utils import RESERVED_ALIASES

    create = expect_method(KmsBackend, "create_alias", "target_key_id", "alias_name")

    def create_alias(self: KmsBackend, target_key_id: str, alias_name: str) -> Alias:
        alias: Alias = create(self, target_key_id, alias_name)
        if alias_name in RESERVED_ALIASES:
            self.describe_key(target_key_id).key_manager = "AWS"
        return alias

    KmsBackend.create_alias = create_alias  # type: ignore[method-assign]


def _keep_extras(table: Table, request: Mapping[str, Any]) -> None:
    extras(table).update({name: request[name] for name in EXTRAS if name in request})


def _share(table: Table) -> None:
    for other in replicas_of(table):
        share_settings(table, other)
