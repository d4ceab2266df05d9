"""Tables with replicas: what is written in one region is read in the others."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from tfgen.aws.session import Aws
from tfgen.errors import TfgenError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

HOME, OTHER, THIRD = "eu-west-2", "us-west-2", "ap-northeast-1"
TABLE = "items"


@pytest.fixture
def table(aws: Aws) -> DynamoDBClient:
    """A table at home, without replicas."""
    client = aws.client("dynamodb", HOME)
    client.create_table(
        TableName=TABLE,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    )
    return client


def replicate(client: DynamoDBClient, region: str) -> None:
    client.update_table(TableName=TABLE, ReplicaUpdates=[{"Create": {"RegionName": region}}])


def put(client: DynamoDBClient, key: str, value: str) -> None:
    client.put_item(TableName=TABLE, Item={"id": {"S": key}, "value": {"S": value}})


def get(client: DynamoDBClient, key: str) -> str | None:
    item = client.get_item(TableName=TABLE, Key={"id": {"S": key}}).get("Item")
    return item["value"]["S"] if item else None


def awaited(look: Callable[[], bool]) -> None:
    """Waits for what replication brings about."""
    deadline = time.monotonic() + 30
    while not look():
        assert time.monotonic() < deadline, "it did not arrive"
        time.sleep(0.05)


def test_every_region_tells_of_the_others(aws: Aws, table: DynamoDBClient) -> None:
    replicate(table, OTHER)
    replicate(table, THIRD)
    for region in (HOME, OTHER, THIRD):
        described = aws.client("dynamodb", region).describe_table(TableName=TABLE)["Table"]
        assert described["GlobalTableVersion"] == "2019.11.21"
        assert {(each["RegionName"], each["ReplicaStatus"]) for each in described["Replicas"]} == {
            (other, "ACTIVE") for other in {HOME, OTHER, THIRD} - {region}
        }
        assert f":{region}:" in described["TableArn"]


def test_writes_arrive_everywhere(aws: Aws, table: DynamoDBClient) -> None:
    put(table, "before", "was there")
    replicate(table, OTHER)
    other = aws.client("dynamodb", OTHER)
    assert get(other, "before") == "was there"

    put(other, "a", "1")
    awaited(lambda: get(table, "a") == "1")
    table.update_item(
        TableName=TABLE,
        Key={"id": {"S": "a"}},
        UpdateExpression="SET #v = :v",
        ExpressionAttributeNames={"#v": "value"},
        ExpressionAttributeValues={":v": {"S": "2"}},
    )
    awaited(lambda: get(other, "a") == "2")
    other.batch_write_item(
        RequestItems={
            TABLE: [
                {"PutRequest": {"Item": {"id": {"S": "b"}, "value": {"S": "3"}}}},
                {"DeleteRequest": {"Key": {"id": {"S": "a"}}}},
            ]
        }
    )
    awaited(lambda: (get(table, "a"), get(table, "b")) == (None, "3"))
    table.transact_write_items(
        TransactItems=[{"Delete": {"TableName": TABLE, "Key": {"id": {"S": "b"}}}}]
    )
    awaited(lambda: get(other, "b") is None)


def test_it_takes_a_moment(aws: Aws, table: DynamoDBClient) -> None:
    replicate(table, OTHER)
    put(table, "a", "1")
    other = aws.client("dynamodb", OTHER)
    assert get(other, "a") is None, "an app that reads its write elsewhere is to be found out"
    awaited(lambda: get(other, "a") == "1")


def test_the_last_writer_wins_everywhere(aws: Aws, table: DynamoDBClient) -> None:
    regions = (HOME, OTHER, THIRD)
    replicate(table, OTHER)
    replicate(table, THIRD)
    clients = [aws.client("dynamodb", region) for region in regions]

    def write(client: DynamoDBClient, name: str) -> None:
        for number in range(20):
            put(client, "contested", f"{name} {number}")

    writers = [
        threading.Thread(target=write, args=pair) for pair in zip(clients, regions, strict=True)
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    put(clients[1], "last", "written")
    awaited(lambda: all(get(client, "last") == "written" for client in clients))
    assert len({get(client, "contested") for client in clients}) == 1


def test_a_replica_that_leaves(aws: Aws, table: DynamoDBClient) -> None:
    replicate(table, OTHER)
    put(table, "a", "1")
    with pytest.raises(TfgenError, match="source region"):
        table.delete_table(TableName=TABLE)
    table.update_table(TableName=TABLE, ReplicaUpdates=[{"Delete": {"RegionName": OTHER}}])
    other = aws.client("dynamodb", OTHER)
    with pytest.raises(other.exceptions.ResourceNotFoundException):
        other.describe_table(TableName=TABLE)
    assert "Replicas" not in table.describe_table(TableName=TABLE)["Table"]
    assert get(table, "a") == "1"
    table.delete_table(TableName=TABLE)


@pytest.mark.parametrize(
    ("updates", "message"),
    [
        ([{"Create": {"RegionName": HOME}}], "Cannot add, delete, or update the local region"),
        ([{"Create": {"RegionName": OTHER}}], "already existed as tables"),
        ([{"Delete": {"RegionName": THIRD}}], "was not found"),
    ],
)
def test_what_is_refused(table: DynamoDBClient, updates: Any, message: str) -> None:
    replicate(table, OTHER)
    with pytest.raises(TfgenError, match=f"ValidationException: .*{message}"):
        table.update_table(TableName=TABLE, ReplicaUpdates=updates)
