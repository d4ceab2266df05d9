"""What requests do to what: DynamoDB, S3, SQS, Lambda, logs, API Gateway, and everything else."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any
from urllib.request import urlopen

import pytest

from tests.sandbox.conftest import REGION
from tests.sandbox.iam.people import (
    ACCOUNT,
    ROOT,
    Person,
    document,
    failure,
    key_policy,
    owner,
    refused,
)
from tfgen.aws.session import Aws

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


def test_objects(aws: Aws, endpoint: str) -> None:
    s3: S3Client = owner(endpoint, "s3")
    for bucket in ("one", "two"):
        s3.create_bucket(
            Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-west-2"}
        )
        s3.put_object(Bucket=bucket, Key="a/x.txt", Body=b"x")
    person = Person(
        aws,
        "ann",
        {"Action": "s3:GetObject", "Resource": "arn:aws:s3:::one/a/*"},
        {
            "Action": "s3:ListBucket",
            "Resource": "arn:aws:s3:::one",
            "Condition": {"StringLike": {"s3:prefix": "a/*"}},
        },
    )
    mine = person.client("s3")
    assert mine.get_object(Bucket="one", Key="a/x.txt")["Body"].read() == b"x"
    mine.head_object(Bucket="one", Key="a/x.txt")
    mine.list_objects_v2(Bucket="one", Prefix="a/")
    refused(mine.list_objects_v2, Bucket="one")
    said = refused(mine.get_object, Bucket="two", Key="a/x.txt")
    assert 's3:GetObject on resource: "arn:aws:s3:::two/a/x.txt" because' in said
    assert failure(mine.head_object, Bucket="two", Key="a/x.txt")[0] == "403"
    for call, more in (
        (mine.put_object, {"Key": "a/x.txt", "Body": b"y"}),
        (mine.delete_object, {"Key": "a/x.txt"}),
        (mine.delete_objects, {"Delete": {"Objects": [{"Key": "a/x.txt"}]}}),
        (mine.get_bucket_encryption, {}),
        (mine.delete_bucket, {}),
    ):
        refused(call, Bucket="one", **more)
    refused(mine.list_buckets)
    # A URL that was signed beforehand has the rights of who signed it.
    signed = mine.generate_presigned_url
    url = signed("get_object", Params={"Bucket": "one", "Key": "a/x.txt"})
    with urlopen(url) as response:  # noqa: S310 (the sandbox's)
        assert response.read() == b"x"
    copy = {"Bucket": "two", "Key": "copy", "CopySource": "one/a/x.txt"}
    person.may({"Action": "s3:PutObject", "Resource": "arn:aws:s3:::two/*"})
    assert "s3:GetObject on" in refused(mine.copy_object, **copy)
    person.may({"Action": ["s3:PutObject", "s3:GetObject"]})
    mine.copy_object(**copy)
    mine.upload_fileobj(io.BytesIO(b"y"), "one", "b")
    s3.put_bucket_policy(
        Bucket="two",
        Policy=key_policy(
            {
                "Effect": "Deny",
                "Principal": {"AWS": person.arn},
                "Action": "s3:*",
                "Resource": ["arn:aws:s3:::two", "arn:aws:s3:::two/*"],
            }
        ),
    )
    said = refused(mine.get_object, Bucket="two", Key="a/x.txt")
    assert said.endswith("with an explicit deny in a resource-based policy")
    s3.get_object(Bucket="two", Key="a/x.txt")


def test_queues(aws: Aws, endpoint: str) -> None:
    sqs = owner(endpoint, "sqs")
    one, two = (sqs.create_queue(QueueName=name)["QueueUrl"] for name in ("one", "two"))
    arn = f"arn:aws:sqs:{REGION}:{ACCOUNT}"
    person = Person(aws, "ann", {"Action": "sqs:SendMessage", "Resource": f"{arn}:one"})
    mine = person.client("sqs")
    mine.send_message(QueueUrl=one, MessageBody="x")
    entries = [{"Id": "1", "MessageBody": "x"}]
    mine.send_message_batch(QueueUrl=one, Entries=entries)
    said = refused(mine.send_message_batch, QueueUrl=two, Entries=entries)
    assert f"sqs:SendMessage on resource: {arn}:two because" in said
    refused(mine.receive_message, QueueUrl=one)
    refused(mine.get_queue_url, QueueName="one")
    policy = key_policy({"Action": "sqs:*", "Principal": {"AWS": person.arn}})
    sqs.set_queue_attributes(QueueUrl=two, Attributes={"Policy": policy})
    mine.send_message(QueueUrl=two, MessageBody="x")


def test_functions_and_the_roles_that_they_get(aws: Aws, role: str, bundle: bytes) -> None:
    made = {
        "Runtime": "python3.13",
        "Handler": "app.handler",
        "Role": role,
        "Code": {"ZipFile": bundle},
    }
    arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:app"
    making = {"Action": "lambda:CreateFunction", "Resource": arn}
    person = Person(aws, "ann", making)
    mine = person.client("lambda")
    said = refused(mine.create_function, FunctionName="app", **made)
    assert f"iam:PassRole on resource: {role}" in said
    passing = {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}
    person.may(making, {"Action": "iam:PassRole", "Resource": role, "Condition": passing})
    mine.create_function(FunctionName="app", **made)
    refused(mine.create_function, FunctionName="other", **made)
    person.may({"Action": "lambda:InvokeFunction", "Resource": f"{arn}:live"})
    said = refused(mine.invoke, FunctionName="app")
    assert f"lambda:InvokeFunction on resource: {arn} because" in said
    for name in ("app", "app:live", arn, f"{arn}:live"):
        qualifier = {} if name.endswith(":live") else {"Qualifier": "live"}
        code, _ = failure(mine.invoke, FunctionName=name, **qualifier)
        assert code == "ResourceNotFoundException"  # there is no such alias, but the right
    person.may({"Action": "s3:*"})
    owner(mine.meta.endpoint_url, "lambda").add_permission(
        FunctionName="app",
        StatementId="ann",
        Action="lambda:InvokeFunction",
        Principal=person.arn,
    )
    mine.invoke(FunctionName="app", InvocationType="DryRun")


def test_logs(aws: Aws, endpoint: str) -> None:
    owner(endpoint, "logs").create_log_group(logGroupName="/app")
    group = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/app"
    actions = ["logs:CreateLogStream", "logs:PutLogEvents"]
    mine = Person(aws, "ann", {"Action": actions, "Resource": f"{group}:*"}).client("logs")
    mine.create_log_stream(logGroupName="/app", logStreamName="s")
    mine.put_log_events(
        logGroupName="/app", logStreamName="s", logEvents=[{"timestamp": 1, "message": "x"}]
    )
    refused(mine.create_log_group, logGroupName="/other")
    refused(mine.create_log_stream, logGroupName="/other", logStreamName="s")
    refused(mine.describe_log_groups)
    refused(mine.filter_log_events, logGroupName="/app")


def test_gateways_go_by_methods(aws: Aws) -> None:
    root = f"arn:aws:apigateway:{REGION}::"
    person = Person(aws, "ann", {"Action": "apigateway:GET", "Resource": f"{root}/restapis"})
    person.client("apigateway").get_rest_apis()
    said = refused(person.client("apigateway").create_rest_api, name="x")
    assert f"apigateway:POST on resource: {root}/restapis because" in said
    role = f"arn:aws:iam::{ACCOUNT}:role/logs"
    logging = [{"op": "replace", "path": "/cloudwatchRoleArn", "value": role}]
    person.may({"Action": "apigateway:*"})
    said = refused(person.client("apigateway").update_account, patchOperations=logging)
    assert f"iam:PassRole on resource: {role}" in said
    person.may({"Action": "apigateway:GET", "Resource": f"{root}/restapis"})
    said = refused(person.client("apigatewayv2").get_apis)
    assert f"apigateway:GET on resource: {root}/apis because" in said


def test_roles_and_policies(aws: Aws, endpoint: str) -> None:
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": ROOT}}
    trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    iam, root = owner(endpoint, "iam"), f"arn:aws:iam::{ACCOUNT}"
    iam.create_role(RoleName="other", Path="/team/", AssumeRolePolicyDocument=trust)
    rights: list[dict[str, Any]] = [
        {"Action": ["iam:CreateRole", "iam:PutRolePolicy"], "Resource": f"{root}:role/hello-*"},
        {"Action": "iam:CreatePolicy", "Resource": f"{root}:policy/hello"},
    ]
    mine = Person(aws, "ann", *rights).client("iam")
    mine.create_role(RoleName="hello-role", AssumeRolePolicyDocument=trust)
    policy = document({"Action": "s3:*"})
    mine.put_role_policy(RoleName="hello-role", PolicyName="p", PolicyDocument=policy)
    mine.create_policy(PolicyName="hello", PolicyDocument=policy)
    said = refused(mine.put_role_policy, RoleName="other", PolicyName="p", PolicyDocument=policy)
    assert f"iam:PutRolePolicy on resource: {root}:role/team/other because" in said
    refused(mine.create_role, RoleName="hello-x", Path="/team/", AssumeRolePolicyDocument=trust)
    refused(mine.create_policy, PolicyName="other", PolicyDocument=policy)
    refused(mine.get_policy, PolicyArn=f"{root}:policy/hello")
    refused(mine.list_roles)
    said = refused(mine.get_user)
    assert f"iam:GetUser on resource: {root}:user/ann because" in said


def test_zones_and_health_checks(aws: Aws, endpoint: str) -> None:
    route53 = owner(endpoint, "route53")
    one, two = (
        route53.create_hosted_zone(Name=name, CallerReference=name)["HostedZone"]["Id"]
        for name in ("one.example", "two.example")
    )
    arn = f"arn:aws:route53:::hostedzone/{one.rpartition('/')[2]}"
    actions = ["route53:ChangeResourceRecordSets", "route53:ListResourceRecordSets"]
    mine = Person(aws, "ann", {"Action": actions, "Resource": arn}).client("route53")
    record = {
        "Name": "a.one.example",
        "Type": "TXT",
        "TTL": 1,
        "ResourceRecords": [{"Value": '"x"'}],
    }
    change = {"Changes": [{"Action": "CREATE", "ResourceRecordSet": record}]}
    mine.change_resource_record_sets(HostedZoneId=one, ChangeBatch=change)
    mine.list_resource_record_sets(HostedZoneId=one)
    said = refused(mine.change_resource_record_sets, HostedZoneId=two, ChangeBatch=change)
    assert "route53:ChangeResourceRecordSets on resource: arn:aws:route53:::hostedzone/" in said
    refused(mine.get_hosted_zone, Id=one)
    refused(mine.list_hosted_zones)
    refused(mine.get_health_check, HealthCheckId="x")
    refused(mine.get_change, Id="C1")
    refused(mine.list_tags_for_resource, ResourceType="hostedzone", ResourceId=one[12:])


@pytest.mark.parametrize(
    ("service", "operation", "action", "parameters"),
    [
        ("cloudwatch", "describe_alarms", "cloudwatch:DescribeAlarms", {}),
        ("ec2", "describe_vpcs", "ec2:DescribeVpcs", {}),
        ("events", "list_rules", "events:ListRules", {}),
        ("iam", "list_open_id_connect_providers", "iam:ListOpenIDConnectProviders", {}),
        ("lambda", "list_event_source_mappings", "lambda:ListEventSourceMappings", {}),
        ("cloudfront", "list_distributions", "cloudfront:ListDistributions", {}),
        ("sns", "list_topics", "sns:ListTopics", {}),
        ("resourcegroupstaggingapi", "get_resources", "tag:GetResources", {}),
    ],
)
def test_elsewhere_the_action_decides(
    aws: Aws, service: str, operation: str, action: str, parameters: dict[str, Any]
) -> None:
    person = Person(aws, "ann", {"Action": "kms:*"})
    call = getattr(person.client(service), operation)
    assert f"perform: {action} on resource: * because" in refused(call, **parameters)
    person.may({"Action": action, "Resource": "arn:aws:x:::y"})
    call(**parameters)
