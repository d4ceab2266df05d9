"""S3's bucket policies and IAM's managed policies, as far as they matter to whoever deploys."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.sandbox.conftest import REGION
from tfgen.aws.session import Aws
from tfgen.errors import TfgenError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

BUCKET = "bundles"
VPC_ACCESS = "arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole"


@pytest.fixture
def s3(aws: Aws) -> S3Client:
    client = aws.client("s3", REGION)
    client.create_bucket(
        Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-2"}
    )
    return client


def deny(s3: S3Client, condition: dict[str, Any] | None) -> None:
    """Denies everything to everybody, under a condition."""
    statement: dict[str, Any] = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [f"arn:aws:s3:::{BUCKET}", f"arn:aws:s3:::{BUCKET}/*"],
    }
    if condition is not None:
        statement["Condition"] = condition
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    s3.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps(policy))


@pytest.mark.parametrize(
    "condition",
    [
        {"Bool": {"aws:SecureTransport": "false"}},
        {"NumericLessThan": {"s3:TlsVersion": "1.2"}},
        {"StringNotEquals": {"aws:PrincipalAccount": "123456789012"}},
    ],
)
def test_a_condition_that_does_not_concern_us_keeps_nobody_out(
    s3: S3Client, condition: dict[str, Any]
) -> None:
    deny(s3, condition)
    s3.put_object(Bucket=BUCKET, Key="one", Body=b"1")
    assert s3.get_object(Bucket=BUCKET, Key="one")["Body"].read() == b"1"


@pytest.mark.parametrize("condition", [None, {"Bool": {"aws:SecureTransport": ["true"]}}])
def test_a_statement_against_everybody_counts(
    s3: S3Client, condition: dict[str, Any] | None
) -> None:
    deny(s3, condition)
    with pytest.raises(TfgenError, match=r"s3:PutObject in eu-west-2 with 403"):
        s3.put_object(Bucket=BUCKET, Key="one", Body=b"1")


def test_policies_of_aws_are_there(aws: Aws, role: str) -> None:
    iam = aws.client("iam", REGION)
    name = role.rpartition("/")[2]
    assert iam.get_policy(PolicyArn=VPC_ACCESS)["Policy"]["Arn"] == VPC_ACCESS
    iam.attach_role_policy(RoleName=name, PolicyArn=VPC_ACCESS)
    attached = iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
    assert [each["PolicyArn"] for each in attached] == [VPC_ACCESS]
    for wrong in (VPC_ACCESS.replace("service-role/", ""), VPC_ACCESS + "s"):
        with pytest.raises(iam.exceptions.NoSuchEntityException):
            iam.attach_role_policy(RoleName=name, PolicyArn=wrong)
    assert iam.list_policies(Scope="Local")["Policies"] == []
