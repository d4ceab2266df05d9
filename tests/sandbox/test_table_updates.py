"""What DynamoDB refuses to change of a table, at once or while it has replicas."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.sandbox.conftest import REGION
from tests.sandbox.iam.people import failure, owner

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

OTHER = "us-west-2"


@pytest.fixture
def dynamodb(endpoint: str) -> DynamoDBClient:
    made: DynamoDBClient = owner(endpoint, "dynamodb")
    made.create_table(
        TableName="items",
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        SSESpecification={"Enabled": False},
    )
    return made


def test_the_time_to_live_of_one_attribute(dynamodb: DynamoDBClient) -> None:
    def update(name: str, enabled: bool) -> None:
        dynamodb.update_time_to_live(
            TableName="items",
            TimeToLiveSpecification={"AttributeName": name, "Enabled": enabled},
        )

    def why_not(name: str, enabled: bool) -> str:
        code, message = failure(update, name, enabled)
        assert code == "ValidationException"
        return message

    assert why_not("expires", enabled=False) == "TimeToLive is already disabled"
    update("expires", enabled=True)
    assert why_not("expires", enabled=True) == "TimeToLive is already enabled"
    for enabled in (True, False):
        assert "active on a different AttributeName" in why_not("until", enabled=enabled)
    update("expires", enabled=False)
    described = dynamodb.describe_time_to_live(TableName="items")["TimeToLiveDescription"]
    assert described == {"TimeToLiveStatus": "DISABLED"}
    update("until", enabled=True)


def test_a_table_that_is_paid_by_request_has_no_capacity(dynamodb: DynamoDBClient) -> None:
    units: Any = {"ReadCapacityUnits": 5, "WriteCapacityUnits": 2}
    dynamodb.update_table(
        TableName="items",
        AttributeDefinitions=[
            {"AttributeName": "id", "AttributeType": "S"},
            {"AttributeName": "owner", "AttributeType": "S"},
        ],
        BillingMode="PROVISIONED",
        ProvisionedThroughput=units,
        GlobalSecondaryIndexUpdates=[
            {
                "Create": {
                    "IndexName": "by-owner",
                    "KeySchema": [{"AttributeName": "owner", "KeyType": "HASH"}],
                    "Projection": {"ProjectionType": "ALL"},
                    "ProvisionedThroughput": units,
                }
            }
        ],
    )
    table = dynamodb.update_table(TableName="items", BillingMode="PAY_PER_REQUEST")
    described: Any = table["TableDescription"]
    for each in (described, *described["GlobalSecondaryIndexes"]):
        capacity = each["ProvisionedThroughput"]
        assert (capacity["ReadCapacityUnits"], capacity["WriteCapacityUnits"]) == (0, 0)


def test_the_key_of_a_table_that_has_replicas(dynamodb: DynamoDBClient, endpoint: str) -> None:
    assert "SSEDescription" not in dynamodb.describe_table(TableName="items")["Table"]
    keys = {
        region: owner(endpoint, "kms", region).create_key()["KeyMetadata"]["Arn"]
        for region in (REGION, OTHER)
    }
    updates: Any = [{"Update": {"RegionName": OTHER, "KMSMasterKeyId": keys[OTHER]}}]
    _, message = failure(dynamodb.update_table, TableName="items", ReplicaUpdates=updates)
    assert "Replica specified in the Replica Update" in message
    create: Any = [{"Create": {"RegionName": OTHER}}]
    dynamodb.update_table(TableName="items", ReplicaUpdates=create)
    key: Any = {"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": keys[REGION]}
    _, message = failure(dynamodb.update_table, TableName="items", SSESpecification=key)
    assert "Customer Managed CMKs on Global Table Version 2019.11.21" in message
    updates.append({"Update": {"RegionName": REGION, "KMSMasterKeyId": keys[REGION]}})
    dynamodb.update_table(TableName="items", ReplicaUpdates=updates)
    off: Any = {"Enabled": False}
    _, message = failure(dynamodb.update_table, TableName="items", SSESpecification=off)
    assert "Customer Managed CMKs on Global Table Version 2019.11.21" in message


def test_a_replica_that_is_protected_and_a_stream_that_is_needed(
    dynamodb: DynamoDBClient, endpoint: str
) -> None:
    create: Any = [{"Create": {"RegionName": OTHER}}]
    dynamodb.update_table(TableName="items", ReplicaUpdates=create)
    other = owner(endpoint, "dynamodb", OTHER)
    other.update_table(TableName="items", DeletionProtectionEnabled=True)
    delete: Any = [{"Delete": {"RegionName": OTHER}}]
    _, message = failure(dynamodb.update_table, TableName="items", ReplicaUpdates=delete)
    assert "can't be deleted while DeletionProtectionEnabled" in message
    _, message = failure(
        dynamodb.update_table, TableName="items", StreamSpecification={"StreamEnabled": False}
    )
    assert message.endswith("Disabling Stream is not allowed for a Global Table replica.")
    other.update_table(TableName="items", DeletionProtectionEnabled=False)
    dynamodb.update_table(TableName="items", ReplicaUpdates=delete)
    dynamodb.update_table(TableName="items", StreamSpecification={"StreamEnabled": False})


def test_a_table_defines_the_attributes_of_its_keys(dynamodb: DynamoDBClient) -> None:
    def definition(name: str) -> Any:
        return {"AttributeName": name, "AttributeType": "S"}

    def index(name: str) -> Any:
        return {
            "IndexName": f"by-{name}",
            "KeySchema": [{"AttributeName": name, "KeyType": "HASH"}],
            "Projection": {"ProjectionType": "ALL"},
        }

    def defined() -> list[str]:
        table = dynamodb.describe_table(TableName="items")["Table"]
        return sorted(each["AttributeName"] for each in table["AttributeDefinitions"])

    def update(change: Any, *names: str) -> None:
        more: Any = {"AttributeDefinitions": [definition(name) for name in names]} if names else {}
        dynamodb.update_table(TableName="items", GlobalSecondaryIndexUpdates=[change], **more)

    update({"Create": index("owner")}, "owner", "unused")
    assert defined() == ["id", "owner"]
    update({"Create": index("color")}, "id", "owner", "color")
    assert defined() == ["color", "id", "owner"]
    update({"Delete": {"IndexName": "by-owner"}})
    assert defined() == ["color", "id"]
    update({"Delete": {"IndexName": "by-color"}})
    assert defined() == ["id"]
