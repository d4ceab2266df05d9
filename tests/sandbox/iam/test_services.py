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
    Person,
    client,
    document,
    failure,
    key_policy,
    owner,
    refused,
)
from tfgen.aws.session import Aws
from tfgen.sandbox.client import Client
from tfgen.sandbox.lifecycle import Running

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client

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
    said = refused(person.client("apigatewayv2").get_apis)
    assert f"apigateway:GET on resource: {root}/apis because" in said


@pytest.mark.parametrize(
    ("service", "operation", "action", "parameters"),
    [
        ("acm", "list_certificates", "acm:ListCertificates", {}),
        ("cloudwatch", "describe_alarms", "cloudwatch:DescribeAlarms", {}),
        ("ec2", "describe_vpcs", "ec2:DescribeVpcs", {}),
        ("events", "list_rules", "events:ListRules", {}),
        ("iam", "list_roles", "iam:ListRoles", {}),
        ("lambda", "list_event_source_mappings", "lambda:ListEventSourceMappings", {}),
        ("route53", "list_hosted_zones", "route53:ListHostedZones", {}),
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


def test_roles_are_assumed_by_whom_they_trust(aws: Aws, endpoint: str) -> None:
    iam, person = owner(endpoint, "iam"), Person(aws, "ann")
    sts = person.client("sts")

    def trusted(principal: Any, **more: Any) -> str:
        statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal, **more}
        return json.dumps({"Version": "2012-10-17", "Statement": [statement]})

    made = iam.create_role(
        RoleName="deploy", AssumeRolePolicyDocument=trusted({"Service": "lambda.amazonaws.com"})
    )
    asked = {"RoleArn": made["Role"]["Arn"], "RoleSessionName": "me"}
    person.may({"Action": "sts:AssumeRole", "Resource": made["Role"]["Arn"]})
    said = refused(sts.assume_role, **asked)
    assert said.endswith("because no resource-based policy allows the sts:AssumeRole action")
    external = {"StringEquals": {"sts:ExternalId": "xyz"}}
    iam.update_assume_role_policy(
        RoleName="deploy",
        PolicyDocument=trusted({"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, Condition=external),
    )
    refused(sts.assume_role, **asked)
    keys = sts.assume_role(**asked, ExternalId="xyz")["Credentials"]
    person.may({"Action": "s3:*"})
    refused(sts.assume_role, **asked, ExternalId="xyz")

    def session(service: str, token: str) -> Any:
        key = keys["AccessKeyId"], keys["SecretAccessKey"], token
        return client(endpoint, service, *key, region=REGION)

    assumed = session("sts", keys["SessionToken"]).get_caller_identity()["Arn"]
    assert assumed == f"arn:aws:sts::{ACCOUNT}:assumed-role/deploy/me"
    said = refused(session("kms", keys["SessionToken"]).list_keys)
    assert said.startswith(f"User: {assumed} is not authorized")
    rights = document({"Action": "kms:*"})
    iam.put_role_policy(RoleName="deploy", PolicyName="p", PolicyDocument=rights)
    session("kms", keys["SessionToken"]).list_keys()
    code, message = failure(session("kms", "another").list_keys)
    assert (code, message) == (
        "UnrecognizedClientException",
        "The security token included in the request is invalid.",
    )


def test_a_session_can_be_narrowed_and_a_role_bounded(endpoint: str) -> None:
    iam = owner(endpoint, "iam")
    role = iam.create_role(RoleName="deploy", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    iam.attach_role_policy(
        RoleName="deploy", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess"
    )

    def session(**more: str) -> Any:
        sts = owner(endpoint, "sts")
        keys = sts.assume_role(RoleArn=role, RoleSessionName="me", **more)["Credentials"]
        key = keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"]
        return client(endpoint, "kms", *key, region=REGION)

    session().list_keys()
    only = document({"Action": "s3:*"})
    said = refused(session(Policy=only).list_keys)
    assert said.endswith("because no session policy allows the kms:ListKeys action")
    bound = iam.create_policy(PolicyName="bound", PolicyDocument=only)
    iam.put_role_permissions_boundary(RoleName="deploy", PermissionsBoundary=bound["Policy"]["Arn"])
    said = refused(session().list_keys)
    assert said.endswith("because no permissions boundary allows the kms:ListKeys action")


def test_groups_and_attached_policies(aws: Aws, endpoint: str) -> None:
    iam, person = owner(endpoint, "iam"), Person(aws, "ann")
    keys = person.client("kms")
    refused(keys.list_keys)
    rights = document({"Action": "kms:ListKeys"})
    iam.create_group(GroupName="team")
    iam.add_user_to_group(GroupName="team", UserName="ann")
    iam.put_group_policy(GroupName="team", PolicyName="p", PolicyDocument=rights)
    keys.list_keys()
    iam.delete_group_policy(GroupName="team", PolicyName="p")
    refused(keys.list_keys)
    policy = iam.create_policy(PolicyName="p", PolicyDocument=rights)["Policy"]["Arn"]
    iam.attach_user_policy(UserName="ann", PolicyArn=policy)
    keys.list_keys()
    # Another version of the policy counts at once.
    other = document({"Action": "kms:ListAliases"})
    iam.create_policy_version(PolicyArn=policy, PolicyDocument=other, SetAsDefault=True)
    refused(keys.list_keys)
    keys.list_aliases()


def test_credentials_that_nobody_has(aws: Aws, endpoint: str) -> None:
    for service, code in (
        ("kms", "UnrecognizedClientException"),
        ("sts", "InvalidClientTokenId"),
        ("s3", "InvalidAccessKeyId"),
        ("lambda", "UnrecognizedClientException"),
    ):
        someone = client(endpoint, service, "AKIA" + "X" * 16, "x", region=REGION)
        call = {
            "kms": "list_keys",
            "sts": "get_caller_identity",
            "s3": "list_buckets",
            "lambda": "list_functions",
        }[service]
        assert failure(getattr(someone, call))[0] == code
    person = Person(aws, "ann", {"Action": "*"})
    mine = person.client("kms")
    mine.list_keys()
    iam = owner(endpoint, "iam")
    key = iam.list_access_keys(UserName="ann")["AccessKeyMetadata"][0]["AccessKeyId"]
    iam.update_access_key(UserName="ann", AccessKeyId=key, Status="Inactive")
    assert failure(mine.list_keys)[0] == "UnrecognizedClientException"
    iam.update_access_key(UserName="ann", AccessKeyId=key, Status="Active")
    mine.list_keys()
    iam.delete_access_key(UserName="ann", AccessKeyId=key)
    assert failure(mine.list_keys)[0] == "UnrecognizedClientException"


def test_everybody_may_ask_who_they_are(aws: Aws) -> None:
    person = Person(aws, "ann", {"Effect": "Deny", "Action": "*"})
    assert person.client("sts").get_caller_identity()["Arn"] == person.arn


def test_refusals_and_notices_are_told(aws: Aws, running: Running) -> None:
    unknown = {"StringEquals": {"aws:SourceVpce": "vpce-1"}}
    person = Person(aws, "zoe", {"Action": "sqs:*", "Condition": unknown})
    refused(person.client("sqs").list_queues)
    activity = Client(running).activity()
    last = activity["refused"][-1]
    assert (last["who"], last["action"], last["region"]) == (person.arn, "sqs:ListQueues", REGION)
    assert last["resource"] == f"arn:aws:sqs:{REGION}:{ACCOUNT}:*"
    assert any("aws:sourcevpce" in notice for notice in activity["notices"])
