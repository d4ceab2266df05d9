"""What an app may have around its function and API, and that a broken run left behind."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest

from tests.aws.test_adopt_function import NAME, REGION, ROLE, TAGS, make_function, make_role
from tfgen.aws.adopt import PlannedResource, find_existing
from tfgen.aws.session import Aws

BUCKET = "hello-production-123456789012-eu-west-2"
KEY = "0123abcd.zip"
POLICY = "arn:aws:iam::123456789012:policy/extra"
DOCUMENT = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}],
}


def planned(kind: str, **values: Any) -> PlannedResource:
    return PlannedResource(f"module.eu.{kind}.this", kind, REGION, values)


def make_bucket(aws: Aws, name: str = BUCKET, **tags: str) -> None:
    s3 = aws.client("s3", REGION)
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-west-2"})
    if tags:
        s3.put_bucket_tagging(
            Bucket=name,
            Tagging={"TagSet": [{"Key": key, "Value": value} for key, value in tags.items()]},
        )


def make_queue(aws: Aws, name: str = NAME, **tags: str) -> str:
    return aws.client("sqs", REGION).create_queue(QueueName=name, tags=tags or TAGS)["QueueUrl"]


def make_table(aws: Aws, name: str = NAME, key: str = "id", **tags: str) -> None:
    aws.client("dynamodb", REGION).create_table(
        TableName=name,
        KeySchema=[{"AttributeName": key, "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        Tags=[{"Key": key, "Value": value} for key, value in (tags or TAGS).items()],
    )


def make_alarm(aws: Aws, name: str = NAME, **tags: str) -> None:
    aws.client("cloudwatch", REGION).put_metric_alarm(
        AlarmName=name,
        Namespace="AWS/Route53",
        MetricName="HealthCheckStatus",
        ComparisonOperator="LessThanThreshold",
        EvaluationPeriods=1,
        Period=60,
        Statistic="Minimum",
        Threshold=1,
        Tags=[{"Key": key, "Value": value} for key, value in (tags or TAGS).items()],
    )


BUCKET_PLAN = planned("aws_s3_bucket", bucket=BUCKET, tags_all=TAGS)
OBJECT_PLAN = planned("aws_s3_object", bucket=BUCKET, key=KEY)
QUEUE_PLAN = planned("aws_sqs_queue", name=NAME, tags_all=TAGS)
TABLE_PLAN = planned("aws_dynamodb_table", name=NAME, hash_key="id", range_key=None, tags_all=TAGS)
ALARM_PLAN = planned(
    "aws_cloudwatch_metric_alarm",
    alarm_name=NAME,
    namespace="AWS/Route53",
    metric_name="HealthCheckStatus",
    tags_all=TAGS,
)
ATTACHMENT_PLAN = planned("aws_iam_role_policy_attachment", role=ROLE, policy_arn=POLICY)
URL_PLAN = planned("aws_lambda_function_url", function_name=NAME, authorization_type="NONE")


def test_bucket_is_found(aws: Aws, before: datetime) -> None:
    make_bucket(aws, f"{BUCKET}-2", **TAGS)
    make_bucket(aws, **TAGS)
    assert find_existing(aws, BUCKET_PLAN, before) == BUCKET


def test_bucket_is_found_before_it_got_its_tags(aws: Aws, before: datetime) -> None:
    make_bucket(aws)
    assert find_existing(aws, BUCKET_PLAN, before) == BUCKET


def test_bucket_of_somebody_else_is_not_found(aws: Aws, before: datetime) -> None:
    make_bucket(aws, team="core")
    assert find_existing(aws, BUCKET_PLAN, before) is None


def test_bucket_from_before_the_run_is_not_found(aws: Aws, later: datetime) -> None:
    make_bucket(aws, **TAGS)
    assert find_existing(aws, BUCKET_PLAN, later) is None


def test_bucket_of_another_region_is_not_found(aws: Aws, before: datetime) -> None:
    aws.client("s3", "us-west-2").create_bucket(
        Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "us-west-2"}
    )
    assert find_existing(aws, BUCKET_PLAN, before) is None


def test_object_is_found_by_its_key(aws: Aws, before: datetime, later: datetime) -> None:
    make_bucket(aws)
    s3 = aws.client("s3", REGION)
    s3.put_object(Bucket=BUCKET, Key=f"{KEY}.old", Body=b"")
    assert find_existing(aws, OBJECT_PLAN, before) is None
    s3.put_object(Bucket=BUCKET, Key=KEY, Body=b"")
    assert find_existing(aws, OBJECT_PLAN, before) == f"{BUCKET}/{KEY}"
    assert find_existing(aws, OBJECT_PLAN, later) is None


def test_queue_is_found(aws: Aws, before: datetime, later: datetime) -> None:
    make_queue(aws, f"{NAME}-2")
    url = make_queue(aws)
    assert find_existing(aws, QUEUE_PLAN, before) == url
    assert find_existing(aws, QUEUE_PLAN, later) is None


def test_queue_of_somebody_else_is_not_found(aws: Aws, before: datetime) -> None:
    make_queue(aws, team="core")
    assert find_existing(aws, QUEUE_PLAN, before) is None


def test_table_is_found(aws: Aws, before: datetime, later: datetime) -> None:
    make_table(aws, f"{NAME}-2")
    make_table(aws)
    assert find_existing(aws, TABLE_PLAN, before) == NAME
    assert find_existing(aws, TABLE_PLAN, later) is None
    ranged = {**TABLE_PLAN.values, "range_key": "at"}
    assert find_existing(aws, planned(TABLE_PLAN.type, **ranged), before) is None


def test_table_of_somebody_else_is_not_found(aws: Aws, before: datetime) -> None:
    make_table(aws, team="core")
    assert find_existing(aws, TABLE_PLAN, before) is None


def test_alarm_is_found(aws: Aws, before: datetime, later: datetime) -> None:
    make_alarm(aws, f"{NAME}-2")
    make_alarm(aws)
    assert find_existing(aws, ALARM_PLAN, before) == NAME
    assert find_existing(aws, ALARM_PLAN, later) is None
    other = {**ALARM_PLAN.values, "metric_name": "HealthCheckPercentageHealthy"}
    assert find_existing(aws, planned(ALARM_PLAN.type, **other), before) is None


def test_alarm_of_somebody_else_is_not_found(aws: Aws, before: datetime) -> None:
    make_alarm(aws, team="core")
    assert find_existing(aws, ALARM_PLAN, before) is None


def test_attachment_is_found_on_its_role(aws: Aws, before: datetime) -> None:
    make_role(aws)
    iam = aws.client("iam", REGION)
    iam.create_policy(PolicyName="extra", PolicyDocument=json.dumps(DOCUMENT))
    assert find_existing(aws, ATTACHMENT_PLAN, before) is None
    iam.attach_role_policy(RoleName=ROLE, PolicyArn=POLICY)
    assert find_existing(aws, ATTACHMENT_PLAN, before) == f"{ROLE}/{POLICY}"


def test_function_url_is_found(aws: Aws, before: datetime, later: datetime) -> None:
    make_function(aws)
    client = aws.client("lambda", REGION)
    assert find_existing(aws, URL_PLAN, before) is None
    client.create_function_url_config(FunctionName=NAME, AuthType="NONE")
    assert find_existing(aws, URL_PLAN, before) == NAME
    assert find_existing(aws, URL_PLAN, later) is None
    private = planned(URL_PLAN.type, function_name=NAME, authorization_type="AWS_IAM")
    assert find_existing(aws, private, before) is None


PLANS = (BUCKET_PLAN, OBJECT_PLAN, QUEUE_PLAN, TABLE_PLAN, ALARM_PLAN, ATTACHMENT_PLAN, URL_PLAN)


@pytest.mark.parametrize("resource", PLANS, ids=lambda resource: resource.type)
def test_nothing_is_found_in_an_empty_account(
    aws: Aws, before: datetime, resource: PlannedResource
) -> None:
    assert find_existing(aws, resource, before) is None


@pytest.mark.parametrize("kind", [plan.type for plan in PLANS])
def test_what_has_no_known_name_is_not_searched(aws: Aws, before: datetime, kind: str) -> None:
    assert find_existing(aws, planned(kind), before) is None
