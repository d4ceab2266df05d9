"""What requests of whoever deploys do: names of records and certificates, replicas, encryption."""

from __future__ import annotations

from typing import Any

from tests.sandbox.conftest import REGION
from tests.sandbox.iam.people import ACCOUNT, Person, key_policy, owner, refused
from tfgen.aws.session import Aws
from tfgen.sandbox.client import Client
from tfgen.sandbox.lifecycle import Running


def test_certificates(aws: Aws, endpoint: str) -> None:
    names = {"ForAllValues:StringEquals": {"acm:DomainNames": ["a.example", "b.example"]}}
    arn = f"arn:aws:acm:{REGION}:{ACCOUNT}:certificate"
    person = Person(
        aws,
        "ann",
        {"Action": "acm:RequestCertificate", "Condition": names},
        {"Action": "acm:DescribeCertificate", "Resource": f"{arn}/*"},
    )
    mine = person.client("acm")
    made = mine.request_certificate(DomainName="a.example", SubjectAlternativeNames=["b.example"])
    mine.describe_certificate(CertificateArn=made["CertificateArn"])
    refused(mine.request_certificate, DomainName="c.example")
    refused(mine.request_certificate, DomainName="a.example", SubjectAlternativeNames=["c.example"])
    said = refused(mine.delete_certificate, CertificateArn=made["CertificateArn"])
    assert f"acm:DeleteCertificate on resource: {made['CertificateArn']}" in said
    assert "on resource: * because" in refused(mine.list_certificates)
    owner(endpoint, "acm").delete_certificate(CertificateArn=made["CertificateArn"])


def test_records_by_their_names_and_types(aws: Aws, endpoint: str) -> None:
    zone = owner(endpoint, "route53").create_hosted_zone(Name="a.example", CallerReference="a")
    zone_id = zone["HostedZone"]["Id"].rpartition("/")[2]
    key = "route53:ChangeResourceRecordSets"
    only = {
        "ForAllValues:StringLike": {
            f"{key}NormalizedRecordNames": ["api.a.example", "\\052.a.example", "_*.a.example"]
        },
        "ForAllValues:StringEquals": {f"{key}RecordTypes": ["TXT"], f"{key}Actions": ["CREATE"]},
    }
    mine = Person(aws, "ann", {"Action": key, "Condition": only}).client("route53")

    def change(name: str, kind: str = "TXT", action: str = "CREATE") -> dict[str, Any]:
        value = '"x"' if kind == "TXT" else "192.0.2.1"
        record = {"Name": name, "Type": kind, "TTL": 1, "ResourceRecords": [{"Value": value}]}
        return {"Action": action, "ResourceRecordSet": record}

    def batch(*changes: dict[str, Any]) -> dict[str, Any]:
        return {"HostedZoneId": zone_id, "ChangeBatch": {"Changes": list(changes)}}

    mine.change_resource_record_sets(**batch(change("API.a.example."), change("_x.a.example")))
    mine.change_resource_record_sets(**batch(change("*.a.example")))
    refused(mine.change_resource_record_sets, **batch(change("www.a.example")))
    refused(mine.change_resource_record_sets, **batch(change("api.a.example"), change("a.example")))
    refused(mine.change_resource_record_sets, **batch(change("api.a.example", "A")))
    refused(mine.change_resource_record_sets, **batch(change("api.a.example", action="DELETE")))


def test_a_replica_is_made_with_rights_in_its_region(aws: Aws, endpoint: str) -> None:
    other = "us-west-2"
    here, there = (f"arn:aws:dynamodb:{region}:{ACCOUNT}:table/t" for region in (REGION, other))
    owner(endpoint, "dynamodb").create_table(
        TableName="t",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    )
    update = {"TableName": "t", "ReplicaUpdates": [{"Create": {"RegionName": other}}]}
    person = Person(aws, "ann", {"Action": "dynamodb:*", "Resource": here})
    assert f"on resource: {there} because" in refused(
        person.client("dynamodb").update_table, **update
    )
    person.may({"Action": "dynamodb:*", "Resource": [here, there]})
    person.client("dynamodb").update_table(**update)


def test_lambda_encrypts_for_whoever_configures(aws: Aws, role: str, bundle: bytes) -> None:
    root = {"Action": "kms:*"}
    key = owner(aws.client("kms", REGION).meta.endpoint_url, "kms").create_key(
        Policy=key_policy(root)
    )["KeyMetadata"]["Arn"]
    configured = {
        "FunctionName": "app",
        "Runtime": "python3.13",
        "Handler": "app.handler",
        "Role": role,
        "Code": {"ZipFile": bundle},
        "KMSKeyArn": key,
    }
    making = {"Action": ["lambda:*", "iam:PassRole"]}
    via = {"StringEquals": {"kms:ViaService": f"lambda.{REGION}.amazonaws.com"}}
    grant = {**via, "Bool": {"kms:GrantIsForAWSResource": "true"}}
    person = Person(aws, "ann", making)
    assert "kms:CreateGrant" in refused(person.client("lambda").create_function, **configured)
    person.may(making, {"Action": "kms:CreateGrant", "Condition": grant})
    assert "kms:Encrypt" in refused(person.client("lambda").create_function, **configured)
    person.may(
        making,
        {"Action": "kms:CreateGrant", "Condition": grant},
        {"Action": "kms:Encrypt", "Condition": via},
    )
    person.client("lambda").create_function(**configured)


def test_what_was_allowed_is_told_once(aws: Aws, running: Running) -> None:
    person = Person(aws, "olga", {"Action": "sqs:*"})
    url = aws.client("sqs", REGION).create_queue(QueueName="q")["QueueUrl"]
    for _ in range(2):
        person.client("sqs").get_queue_attributes(QueueUrl=url)
    policy = {"Principal": {"AWS": person.arn}, "Action": "sqs:*"}
    aws.client("sqs", REGION).set_queue_attributes(
        QueueUrl=url, Attributes={"Policy": key_policy(policy)}
    )
    person.client("sqs").purge_queue(QueueUrl=url)
    rights = [each for each in Client(running).rights() if each.who == person.arn]
    resource = f"arn:aws:sqs:{REGION}:{ACCOUNT}:q"
    assert [(each.action, each.resource, each.own) for each in rights] == [
        ("sqs:GetQueueAttributes", resource, True),
        ("sqs:PurgeQueue", resource, False),
    ]
    assert rights[0].context["aws:requestedregion"] == (REGION,)
