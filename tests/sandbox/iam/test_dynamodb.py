"""DynamoDB: tables, indexes, items, and requests about several of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.sandbox.conftest import REGION
from tests.sandbox.iam.people import ACCOUNT, Person, failure, owner, refused
from tfgen.aws.session import Aws

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

TABLE = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/items"
OTHER = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/other"
KEY = {"id": {"S": "one"}}


@pytest.fixture
def dynamodb(endpoint: str) -> DynamoDBClient:
    made: DynamoDBClient = owner(endpoint, "dynamodb")
    for name in ("items", "other"):
        made.create_table(
            TableName=name,
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[
                {"AttributeName": "id", "AttributeType": "S"},
                {"AttributeName": "by", "AttributeType": "S"},
            ],
            GlobalSecondaryIndexes=[
                {
                    "IndexName": "by-x",
                    "KeySchema": [{"AttributeName": "by", "KeyType": "HASH"}],
                    "Projection": {"ProjectionType": "ALL"},
                }
            ],
        )
    return made


def query(attribute: str, value: str, **more: str) -> dict[str, Any]:
    return {
        "TableName": "items",
        "KeyConditionExpression": "#k = :v",
        "ExpressionAttributeNames": {"#k": attribute},
        "ExpressionAttributeValues": {":v": {"S": value}},
        **more,
    }


def test_tables_and_indexes(aws: Aws, dynamodb: DynamoDBClient) -> None:
    person = Person(
        aws, "ann", {"Action": ["dynamodb:GetItem", "dynamodb:Query"], "Resource": TABLE}
    )
    mine = person.client("dynamodb")
    mine.get_item(TableName="items", Key=KEY)
    mine.get_item(TableName=TABLE, Key=KEY)
    mine.query(**query("id", "one"))
    said = refused(mine.query, **query("by", "x", IndexName="by-x"))
    assert f"dynamodb:Query on resource: {TABLE}/index/by-x because" in said
    assert f"on resource: {OTHER} " in refused(mine.get_item, TableName="other", Key=KEY)
    for call, more in (
        (mine.put_item, {"Item": KEY}),
        (mine.delete_item, {"Key": KEY}),
        (mine.update_item, {"Key": KEY}),
        (mine.scan, {}),
        (mine.describe_table, {}),
        (mine.delete_table, {}),
        (
            mine.update_time_to_live,
            {"TimeToLiveSpecification": {"Enabled": True, "AttributeName": "t"}},
        ),
    ):
        refused(call, TableName="items", **more)
    refused(mine.list_tables)
    refused(mine.list_tags_of_resource, ResourceArn=TABLE)
    person.may({"Action": "dynamodb:Query", "Resource": f"{TABLE}/index/*"})
    mine.query(**query("by", "x", IndexName="by-x"))
    refused(mine.query, **query("id", "one"))
    # What does not exist is refused first.
    refused(mine.get_item, TableName="none", Key=KEY)
    assert failure(dynamodb.get_item, TableName="none", Key=KEY)[0] == "ResourceNotFoundException"


def test_requests_to_several_tables(aws: Aws, dynamodb: DynamoDBClient) -> None:
    del dynamodb
    person = Person(aws, "ann", {"Action": "dynamodb:Batch*", "Resource": TABLE})
    mine = person.client("dynamodb")
    one, both = {"items": {"Keys": [KEY]}}, {name: {"Keys": [KEY]} for name in ("items", "other")}
    mine.batch_get_item(RequestItems=one)
    said = refused(mine.batch_get_item, RequestItems=both)
    assert f"dynamodb:BatchGetItem on resource: {OTHER}" in said
    put = [{"PutRequest": {"Item": KEY}}]
    mine.batch_write_item(RequestItems={"items": put})
    refused(mine.batch_write_item, RequestItems={"items": put, "other": put})

    change = {"Put": {"TableName": "items", "Item": KEY}}
    check = {
        "ConditionCheck": {
            "TableName": "other",
            "Key": KEY,
            "ConditionExpression": "attribute_not_exists(id)",
        }
    }
    assert "dynamodb:PutItem on" in refused(mine.transact_write_items, TransactItems=[change])
    writing = {"Action": "dynamodb:PutItem", "Resource": TABLE}
    person.may(writing)
    mine.transact_write_items(TransactItems=[change])
    said = refused(mine.transact_write_items, TransactItems=[change, check])
    assert f"dynamodb:ConditionCheckItem on resource: {OTHER}" in said
    person.may(writing, {"Action": "dynamodb:ConditionCheckItem", "Resource": OTHER})
    mine.transact_write_items(TransactItems=[change, check])
    get = [{"Get": {"TableName": "items", "Key": KEY}}]
    assert "dynamodb:GetItem on" in refused(mine.transact_get_items, TransactItems=get)


def test_partiql(aws: Aws, dynamodb: DynamoDBClient) -> None:
    dynamodb.put_item(TableName="items", Item=KEY)
    right = {"Action": "dynamodb:PartiQLSelect", "Resource": TABLE}
    mine = Person(aws, "ann", right).client("dynamodb")
    mine.execute_statement(Statement="SELECT * FROM \"items\" WHERE id = 'one'")
    for statement, what in (
        ('select id from "other"', f"PartiQLSelect on resource: {OTHER} "),
        ('SELECT * FROM "items"."by-x"', f"PartiQLSelect on resource: {TABLE}/index/by-x "),
        ("INSERT INTO items VALUE {'id': 'two'}", f"PartiQLInsert on resource: {TABLE} "),
        ("UPDATE items SET x = 1 WHERE id = 'one'", f"PartiQLUpdate on resource: {TABLE} "),
        ("DELETE FROM items WHERE id = 'one'", f"PartiQLDelete on resource: {TABLE} "),
        ("no statement", "PartiQLSelect on resource: "),
    ):
        assert what in refused(mine.execute_statement, Statement=statement)
        assert what in refused(mine.batch_execute_statement, Statements=[{"Statement": statement}])


def test_partition_keys(aws: Aws, dynamodb: DynamoDBClient) -> None:
    del dynamodb
    leading = {"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": ["${aws:username}"]}}
    mine = Person(aws, "ann", {"Action": "dynamodb:*", "Condition": leading}).client("dynamodb")
    for value, allowed in (("ann", True), ("bob", False)):
        for call, asked in (
            (mine.put_item, {"TableName": "items", "Item": {"id": {"S": value}}}),
            (mine.get_item, {"TableName": "items", "Key": {"id": {"S": value}}}),
            (mine.query, query("id", value)),
            (mine.batch_get_item, {"RequestItems": {"items": {"Keys": [{"id": {"S": value}}]}}}),
        ):
            if allowed:
                call(**asked)
            else:
                refused(call, **asked)


def test_the_key_of_a_table(aws: Aws, dynamodb: DynamoDBClient, endpoint: str) -> None:
    """Decrypts as the caller: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.howitworks.html"""
    key = owner(endpoint, "kms").create_key()["KeyMetadata"]["Arn"]
    items = {"Action": ["dynamodb:*Item", "dynamodb:PartiQL*", "dynamodb:DescribeTable"]}
    person = Person(aws, "ann", items)
    mine = person.client("dynamodb")
    mine.put_item(TableName="items", Item=KEY)
    encrypted = {"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": key}
    dynamodb.update_table(TableName="items", SSESpecification=encrypted)  # type: ignore[arg-type]
    select = {"Statement": "SELECT * FROM \"items\" WHERE id = 'one'"}
    for call, asked in (
        (mine.get_item, {"TableName": "items", "Key": KEY}),
        (mine.batch_get_item, {"RequestItems": {"items": {"Keys": [KEY]}}}),
        (mine.execute_statement, select),
    ):
        assert f"kms:Decrypt on resource: {key}" in refused(call, **asked)
    mine.describe_table(TableName="items")
    mine.get_item(TableName="other", Key=KEY)
    via = {"StringEquals": {"kms:ViaService": f"dynamodb.{REGION}.amazonaws.com"}}
    person.may(items, {"Action": "kms:Decrypt", "Resource": key, "Condition": via})
    mine.get_item(TableName="items", Key=KEY)
    mine.execute_statement(**select)
    person.may(items)
    dynamodb.update_table(TableName="items", SSESpecification={"Enabled": False})
    mine.get_item(TableName="items", Key=KEY)
    assert "SSEDescription" not in dynamodb.describe_table(TableName="items")["Table"]
