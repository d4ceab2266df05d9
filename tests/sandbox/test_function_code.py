"""Lambda: where code may come from, and what a function is configured with beside it."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, Any

import pytest

from tests.sandbox.conftest import REGION
from tfgen.aws.session import Aws
from tfgen.errors import TfgenError

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_s3 import S3Client

BUCKET = "bundles"
ELSEWHERE = "bundles-elsewhere"
QUEUE = f"arn:aws:sqs:{REGION}:123456789012:dead-letters"
IMAGE = "123456789012.dkr.ecr.{}.amazonaws.com/app:v1"
LAYER = "arn:aws:lambda:{}:017000801446:layer:Powertools:7"


@pytest.fixture
def client(aws: Aws) -> LambdaClient:
    return aws.client("lambda", REGION)


@pytest.fixture
def s3(aws: Aws, bundle: bytes) -> S3Client:
    """A bucket with a bundle here, and the same in another region."""
    for bucket, region in ((BUCKET, "eu-west-2"), (ELSEWHERE, "us-west-2")):
        aws.client("s3", region).create_bucket(
            Bucket=bucket,
            CreateBucketConfiguration={"LocationConstraint": region},  # type: ignore[typeddict-item] # it is one of them
        )
        aws.client("s3", region).put_object(Bucket=bucket, Key="one.zip", Body=bundle)
    return aws.client("s3", REGION)


def other_bundle() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("app.py", "def handler(event, context): return 2")
    return target.getvalue()


def create(client: LambdaClient, role: str, **more: Any) -> Any:
    """Makes a function of a zip in S3, or of what the test says."""
    usual: dict[str, Any] = {
        "FunctionName": "app",
        "Role": role,
        "Runtime": "python3.13",
        "Handler": "app.handler",
        "Code": {"S3Bucket": BUCKET, "S3Key": "one.zip"},
        "Publish": True,
    }
    return client.create_function(**usual | more)


def create_image(client: LambdaClient, role: str, region: str, **more: Any) -> Any:
    return client.create_function(
        FunctionName="app",
        Role=role,
        PackageType="Image",
        Code={"ImageUri": IMAGE.format(region)},
        Publish=True,
        **more,
    )


def test_the_code_is_what_the_object_holds(
    client: LambdaClient, s3: S3Client, role: str, bundle: bytes
) -> None:
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    first = s3.put_object(Bucket=BUCKET, Key="one.zip", Body=bundle)["VersionId"]
    created = create(client, role)
    s3.put_object(Bucket=BUCKET, Key="one.zip", Body=other_bundle())
    changed = client.update_function_code(
        FunctionName="app", S3Bucket=BUCKET, S3Key="one.zip", Publish=True
    )
    assert (changed["Version"], changed["CodeSize"]) == ("2", len(other_bundle()))
    back = client.update_function_code(
        FunctionName="app", S3Bucket=BUCKET, S3Key="one.zip", S3ObjectVersion=first
    )
    assert back["CodeSha256"] == created["CodeSha256"] != changed["CodeSha256"]
    published = client.get_function_configuration(FunctionName="app", Qualifier="2")
    assert published["CodeSha256"] == changed["CodeSha256"]


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ({"S3Bucket": "missing", "S3Key": "one.zip"}, "NoSuchBucket"),
        ({"S3Bucket": BUCKET, "S3Key": "two.zip"}, "NoSuchKey"),
        ({"S3Bucket": BUCKET, "S3Key": "one.zip", "S3ObjectVersion": "x"}, "NoSuchVersion"),
        ({"S3Bucket": ELSEWHERE, "S3Key": "one.zip"}, "The bucket is in this region: us-west-2"),
    ],
)
@pytest.mark.usefixtures("s3")
def test_code_that_lambda_does_not_take(
    client: LambdaClient, role: str, code: dict[str, str], said: str
) -> None:
    with pytest.raises(TfgenError, match=f"InvalidParameterValueException: .*{said}"):
        create(client, role, Code=code)
    create(client, role)
    with pytest.raises(TfgenError, match=said):
        client.update_function_code(FunctionName="app", **code)  # type: ignore[arg-type] # all str


def test_an_image_of_another_region_is_refused(client: LambdaClient, role: str) -> None:
    with pytest.raises(TfgenError, match=r"Source image .*us-west-2.* is not valid"):
        create_image(client, role, "us-west-2")


def test_an_image_is_taken_and_does_not_run(client: LambdaClient, role: str) -> None:
    created = create_image(client, role, REGION)
    assert "ImageConfigResponse" not in created
    assert client.get_function(FunctionName="app")["Code"]["ImageUri"] == IMAGE.format(REGION)
    with pytest.raises(TfgenError, match="app cannot run here: it is a container image"):
        client.invoke(FunctionName="app")
    client.update_function_configuration(
        FunctionName="app", ImageConfig={"Command": ["app.handler"]}
    )
    changed = client.get_function_configuration(FunctionName="app")
    assert changed["ImageConfigResponse"]["ImageConfig"]["Command"] == ["app.handler"]


def test_dead_letters_come_back_and_go(client: LambdaClient, role: str, bundle: bytes) -> None:
    code = {"ZipFile": bundle}
    created = create(client, role, Code=code, DeadLetterConfig={"TargetArn": QUEUE})
    assert created["DeadLetterConfig"] == {"TargetArn": QUEUE}
    client.update_function_configuration(FunctionName="app", DeadLetterConfig={"TargetArn": ""})
    assert "DeadLetterConfig" not in client.get_function_configuration(FunctionName="app")
    published = client.get_function_configuration(FunctionName="app", Qualifier="1")
    assert published["DeadLetterConfig"] == {"TargetArn": QUEUE}


def test_subnets_that_are_not_in_the_sandbox_are_taken(
    client: LambdaClient, role: str, bundle: bytes
) -> None:
    """A config names the subnets of a real account."""
    network = {"SubnetIds": ["subnet-0abc"], "SecurityGroupIds": ["sg-0abc"]}
    create(client, role, Code={"ZipFile": bundle}, VpcConfig=network)
    found = client.get_function_configuration(FunctionName="app")["VpcConfig"]
    assert (found["SubnetIds"], found["SecurityGroupIds"]) == (["subnet-0abc"], ["sg-0abc"])
    assert found["VpcId"].startswith("vpc-")


def test_layers_of_others_are_taken_in_their_region(
    client: LambdaClient, role: str, bundle: bytes
) -> None:
    code = {"ZipFile": bundle}
    created = create(client, role, Code=code, Layers=[LAYER.format(REGION)])
    assert [each["Arn"] for each in created["Layers"]] == [LAYER.format(REGION)]
    assert client.invoke(FunctionName="app", Payload=b"1")["Payload"].read() == b"1"
    with pytest.raises(TfgenError, match="is in another region than the function other"):
        create(client, role, FunctionName="other", Code=code, Layers=[LAYER.format("us-west-2")])
    own = LAYER.format(REGION).replace("017000801446", "123456789012")
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        create(client, role, FunctionName="other", Code=code, Layers=[own])


def test_provisioned_concurrency_is_of_its_alias(
    client: LambdaClient, role: str, bundle: bytes
) -> None:
    create(client, role, Code={"ZipFile": bundle})
    client.create_alias(FunctionName="app", Name="live", FunctionVersion="1")
    asked = {"FunctionName": "app", "Qualifier": "live"}
    with pytest.raises(client.exceptions.ProvisionedConcurrencyConfigNotFoundException):
        client.get_provisioned_concurrency_config(**asked)
    made = client.put_provisioned_concurrency_config(**asked, ProvisionedConcurrentExecutions=2)
    assert (made["Status"], made["RequestedProvisionedConcurrentExecutions"]) == ("IN_PROGRESS", 2)
    client.update_function_configuration(FunctionName="app", MemorySize=256)
    client.publish_version(FunctionName="app")
    client.update_alias(FunctionName="app", Name="live", FunctionVersion="2")
    found = client.get_provisioned_concurrency_config(**asked)
    assert (found["Status"], found["AvailableProvisionedConcurrentExecutions"]) == ("READY", 2)
    listed = client.list_provisioned_concurrency_configs(FunctionName="app")
    (only,) = listed["ProvisionedConcurrencyConfigs"]
    assert only["FunctionArn"].endswith(":function:app:live")
    client.delete_provisioned_concurrency_config(**asked)
    listed = client.list_provisioned_concurrency_configs(FunctionName="app")
    assert listed["ProvisionedConcurrencyConfigs"] == []


def test_provisioned_concurrency_that_lambda_does_not_take(
    client: LambdaClient, role: str, bundle: bytes
) -> None:
    create(client, role, Code={"ZipFile": bundle})
    client.put_function_concurrency(FunctionName="app", ReservedConcurrentExecutions=3)

    def put(qualifier: str, executions: int) -> None:
        client.put_provisioned_concurrency_config(
            FunctionName="app",
            Qualifier=qualifier,
            ProvisionedConcurrentExecutions=executions,
        )

    with pytest.raises(TfgenError, match="cannot be applied to unpublished function versions"):
        put("$LATEST", 1)
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        put("live", 1)
    put("1", 2)
    client.create_alias(FunctionName="app", Name="live", FunctionVersion="1")
    with pytest.raises(TfgenError, match="should not be greater than the reserved"):
        put("live", 2)
    put("live", 1)


def test_a_reservation_of_nothing_comes_back(
    client: LambdaClient, role: str, bundle: bytes
) -> None:
    create(client, role, Code={"ZipFile": bundle})
    client.put_function_concurrency(FunctionName="app", ReservedConcurrentExecutions=0)
    found = client.get_function(FunctionName="app")["Concurrency"]
    assert found == {"ReservedConcurrentExecutions": 0}
