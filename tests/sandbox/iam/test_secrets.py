"""Parameter Store and Secrets Manager: who may read what, and by which names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.sandbox.conftest import REGION
from tests.sandbox.iam.people import ACCOUNT, Person, failure, key_policy, owner, refused
from tfgen.aws.session import Aws

if TYPE_CHECKING:
    from mypy_boto3_kms import KMSClient
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_ssm import SSMClient

SSM = f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter"


@pytest.fixture
def ssm(endpoint: str) -> SSMClient:
    client: SSMClient = owner(endpoint, "ssm")
    return client


@pytest.fixture
def secrets(endpoint: str) -> SecretsManagerClient:
    client: SecretsManagerClient = owner(endpoint, "secretsmanager")
    return client


@pytest.fixture
def kms(endpoint: str) -> KMSClient:
    client: KMSClient = owner(endpoint, "kms")
    return client


def through(service: str) -> dict[str, dict[str, str]]:
    return {"StringEquals": {"kms:ViaService": f"{service}.{REGION}.amazonaws.com"}}


def test_each_parameter_that_a_request_names_is_a_resource(aws: Aws, ssm: SSMClient) -> None:
    for name in ("/hello/token", "/hello/other", "plain"):
        ssm.put_parameter(Name=name, Value="x", Type="String")
    person = Person(
        aws,
        "ann",
        {"Action": "ssm:GetParameters", "Resource": [f"{SSM}/hello/token", f"{SSM}/plain"]},
    )
    mine = person.client("ssm")
    for names in (
        ["/hello/token"],
        ["/hello/token:1", "plain"],
        [f"{SSM}/hello/token", f"{SSM}/plain:1"],
    ):
        found = mine.get_parameters(Names=names)
        assert [each["Value"] for each in found["Parameters"]] == ["x"] * len(names)
    said = refused(mine.get_parameters, Names=["/hello/token", "/hello/other"])
    assert f"ssm:GetParameters on resource: {SSM}/hello/other" in said
    # What does not exist is refused like the rest: nobody learns whether it does.
    assert f"{SSM}/none" in refused(mine.get_parameters, Names=["/none"])
    said = refused(mine.get_parameter, Name="/hello/token")
    assert "ssm:GetParameter on" in said
    refused(mine.put_parameter, Name="/hello/token", Value="y", Overwrite=True)
    refused(mine.get_parameters_by_path, Path="/hello")
    refused(mine.describe_parameters)
    person.may({"Action": "ssm:GetParametersByPath", "Resource": f"{SSM}/hello"})
    assert len(mine.get_parameters_by_path(Path="/hello")["Parameters"]) == 2


def test_the_names_of_parameters(ssm: SSMClient) -> None:
    for value in ("one", "two"):
        ssm.put_parameter(Name="/hello/token", Value=value, Type="String", Overwrite=True)
    ssm.label_parameter_version(Name="/hello/token", ParameterVersion=1, Labels=["live"])
    names = [
        "/hello/token:1",
        "/hello/token:2",
        "/hello/token:live",
        f"{SSM}/hello/token:1",
        "/hello/token:3",
        "/hello/token:dead",
        "/none",
        f"{SSM}/hello/token".replace(REGION, "us-west-2"),
    ]
    done = ssm.get_parameters(Names=names)
    assert done["InvalidParameters"] == names[4:]
    assert [(each["Name"], each["Selector"], each["Value"]) for each in done["Parameters"]] == [
        ("/hello/token", ":1", "one"),
        ("/hello/token", ":2", "two"),
        ("/hello/token", ":live", "one"),
        ("/hello/token", ":1", "one"),
    ]
    latest = ssm.get_parameter(Name=f"{SSM}/hello/token")["Parameter"]
    assert (latest["Value"], latest["ARN"], "Selector" in latest) == (
        "two",
        f"{SSM}/hello/token",
        False,
    )
    code, _ = failure(ssm.get_parameters, Names=[f"/{number}" for number in range(11)])
    assert code == "ValidationException"


def test_a_secure_parameter_needs_its_key(aws: Aws, ssm: SSMClient, kms: KMSClient) -> None:
    key = kms.create_key()["KeyMetadata"]["Arn"]
    ssm.put_parameter(Name="/token", Value="canary", Type="SecureString", KeyId=key)
    ssm.put_parameter(Name="/own", Value="canary", Type="SecureString")
    reading = {"Action": "ssm:GetParameter*", "Resource": f"{SSM}/*"}
    person = Person(aws, "ann", reading)
    mine = person.client("ssm")

    def read(name: str, *, decrypted: bool = True) -> str:
        found = mine.get_parameters(Names=[name], WithDecryption=decrypted)
        value: str = found["Parameters"][0]["Value"]
        return value

    # With AWS's own key, the right to read is enough.
    assert read("/own") == "canary"
    assert "canary" not in read("/token", decrypted=False)
    said = refused(mine.get_parameter, Name="/token", WithDecryption=True)
    assert f"kms:Decrypt on resource: {key}" in said
    right = {"Action": "kms:Decrypt", "Resource": key, "Condition": through("ssm")}
    person.may(reading, right)
    assert read("/token") == "canary"
    # Only by way of the service.
    blob = kms.encrypt(KeyId=key, Plaintext=b"x")["CiphertextBlob"]
    refused(person.client("kms").decrypt, CiphertextBlob=blob)
    named = {"StringEquals": {"kms:EncryptionContext:PARAMETER_ARN": f"{SSM}/other"}}
    person.may(reading, {**right, "Condition": named})
    refused(mine.get_parameters_by_path, Path="/", WithDecryption=True)
    refused(mine.get_parameters, Names=["/own", "/token"], WithDecryption=True)


def test_the_key_of_a_parameter_has_to_be_there(ssm: SSMClient, kms: KMSClient) -> None:
    asked = {"Name": "/token", "Value": "x", "Type": "SecureString"}
    code, _ = failure(ssm.put_parameter, **asked, KeyId="alias/none")
    assert code == "InvalidKeyId"
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    kms.create_alias(AliasName="alias/app", TargetKeyId=key)
    ssm.put_parameter(Name="/token", Value="x", Type="SecureString", KeyId="alias/app")
    kms.disable_key(KeyId=key)
    code, message = failure(ssm.get_parameter, Name="/token", WithDecryption=True)
    assert (code, message.endswith("is not enabled.")) == ("InvalidKeyId", True)


@pytest.mark.parametrize("name", ["name", "arn", "partial"])
def test_a_secret_has_three_names(aws: Aws, secrets: SecretsManagerClient, name: str) -> None:
    arn = secrets.create_secret(Name="hello/pg", SecretString="x")["ARN"]
    other = secrets.create_secret(Name="hello/other", SecretString="x")["ARN"]
    names = {"name": "hello/pg", "arn": arn, "partial": arn[:-7]}
    person = Person(
        aws, "ann", {"Action": "secretsmanager:GetSecretValue", "Resource": f"{arn[:-7]}-??????"}
    )
    mine = person.client("secretsmanager")
    assert mine.get_secret_value(SecretId=names[name])["SecretString"] == "x"
    said = refused(mine.get_secret_value, SecretId=other)
    assert f"secretsmanager:GetSecretValue on resource: {other}" in said
    refused(mine.put_secret_value, SecretId=names[name], SecretString="y")
    refused(mine.list_secrets)
    refused(mine.get_secret_value, SecretId="none")
    elsewhere = owner(mine.meta.endpoint_url, "secretsmanager", "us-west-2")
    if name != "name":
        elsewhere.create_secret(Name="hello/pg", SecretString="there")
        code, _ = failure(elsewhere.get_secret_value, SecretId=names[name])
        assert code == "ResourceNotFoundException"


def test_the_version_of_a_secret(aws: Aws, secrets: SecretsManagerClient) -> None:
    secrets.create_secret(Name="pg", SecretString="old")
    secrets.put_secret_value(SecretId="pg", SecretString="new")
    current = {"StringEquals": {"secretsmanager:VersionStage": "AWSCURRENT"}}
    right = {"Action": "secretsmanager:GetSecretValue", "Condition": current}
    mine = Person(aws, "ann", right).client("secretsmanager")
    assert mine.get_secret_value(SecretId="pg")["SecretString"] == "new"
    refused(mine.get_secret_value, SecretId="pg", VersionStage="AWSPREVIOUS")


def test_a_secret_needs_its_key(aws: Aws, secrets: SecretsManagerClient, kms: KMSClient) -> None:
    key = kms.create_key()["KeyMetadata"]["Arn"]
    arn = secrets.create_secret(Name="pg", SecretString="x", KmsKeyId=key)["ARN"]
    reading = {"Action": "secretsmanager:GetSecretValue", "Resource": arn}
    person = Person(aws, "ann", reading)
    mine = person.client("secretsmanager")
    assert refused(mine.get_secret_value, SecretId="pg") == "Access to KMS is not allowed"
    right = {"Action": "kms:Decrypt", "Resource": key, "Condition": through("secretsmanager")}
    person.may(reading, right)
    assert mine.get_secret_value(SecretId="pg")["SecretString"] == "x"
    kms.put_key_policy(
        KeyId=key, PolicyName="default", Policy=key_policy({"Action": "kms:DescribeKey"})
    )
    assert refused(mine.get_secret_value, SecretId="pg") == "Access to KMS is not allowed"
    kms.disable_key(KeyId=key)
    code, _ = failure(secrets.get_secret_value, SecretId="pg")
    assert code == "DecryptionFailure"


def test_the_policy_of_a_secret(aws: Aws, secrets: SecretsManagerClient) -> None:
    secrets.create_secret(Name="pg", SecretString="x")
    ann, bob = Person(aws, "ann"), Person(aws, "bob", {"Action": "*"})
    refused(ann.client("secretsmanager").get_secret_value, SecretId="pg")
    secrets.put_resource_policy(
        SecretId="pg",
        ResourcePolicy=key_policy(
            {"Action": "secretsmanager:GetSecretValue", "Principal": {"AWS": ann.arn}},
            {"Effect": "Deny", "Action": "*", "Principal": {"AWS": bob.arn}},
        ),
    )
    found = ann.client("secretsmanager").get_secret_value(SecretId="pg")
    assert found["SecretString"] == "x"
    refused(bob.client("secretsmanager").get_secret_value, SecretId="pg")
