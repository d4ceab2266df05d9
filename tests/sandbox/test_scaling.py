"""Tables that scale: their targets exist, and have tags."""

from __future__ import annotations

from typing import Any

import boto3
import pytest

from tfgen.aws.session import Aws

REGION = "eu-west-2"
TARGET = {
    "ServiceNamespace": "dynamodb",
    "ResourceId": "table/items",
    "ScalableDimension": "dynamodb:table:ReadCapacityUnits",
}


def scaling_of(endpoint: str) -> Any:
    return boto3.client(
        "application-autoscaling",
        region_name=REGION,
        endpoint_url=endpoint,
        aws_access_key_id="user",
        aws_secret_access_key="user",
    )


def make_table(aws: Aws) -> None:
    aws.client("dynamodb", REGION).create_table(
        TableName="items",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        ProvisionedThroughput={"ReadCapacityUnits": 5, "WriteCapacityUnits": 5},
    )


def test_a_target_has_tags(aws: Aws, endpoint: str) -> None:
    make_table(aws)
    scaling = scaling_of(endpoint)
    arn = scaling.register_scalable_target(
        **TARGET, MinCapacity=5, MaxCapacity=50, Tags={"team": "edge"}
    )["ScalableTargetARN"]
    assert scaling.list_tags_for_resource(ResourceARN=arn)["Tags"] == {"team": "edge"}
    scaling.tag_resource(ResourceARN=arn, Tags={"team": "core", "app": "items"})
    scaling.untag_resource(ResourceARN=arn, TagKeys=["app"])
    # Registered anew, it keeps what it has.
    scaling.register_scalable_target(**TARGET, MaxCapacity=60)
    assert scaling.list_tags_for_resource(ResourceARN=arn)["Tags"] == {"team": "core"}


def test_a_table_that_is_not_there_does_not_scale(endpoint: str) -> None:
    scaling = scaling_of(endpoint)
    with pytest.raises(Exception, match="DynamoDB table does not exist: table/items"):
        scaling.register_scalable_target(**TARGET, MinCapacity=5, MaxCapacity=50)


def test_nobody_has_tags_of_what_is_not_there(endpoint: str) -> None:
    scaling = scaling_of(endpoint)
    arn = f"arn:aws:application-autoscaling:{REGION}:123456789012:scalable-target/none"
    with pytest.raises(Exception, match="No scalable target found"):
        scaling.list_tags_for_resource(ResourceARN=arn)
