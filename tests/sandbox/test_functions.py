"""Lambda: what was configured comes back, from every call that describes a function."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pytest

from tests.sandbox.conftest import REGION
from tfgen.aws.session import Aws

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_lambda.type_defs import EnvironmentTypeDef

KEY = f"arn:aws:kms:{REGION}:123456789012:key/one"
OTHER_KEY = f"arn:aws:kms:{REGION}:123456789012:key/other"
VARIABLES: EnvironmentTypeDef = {"Variables": {"COLOR": "blue"}}


@pytest.fixture
def client(aws: Aws) -> LambdaClient:
    return aws.client("lambda", REGION)


def create(client: LambdaClient, role: str, bundle: bytes, **more: Any) -> Mapping[str, Any]:
    return client.create_function(
        FunctionName="app",
        Role=role,
        Runtime="python3.13",
        Handler="app.handler",
        Code={"ZipFile": bundle},
        Publish=True,
        **more,
    )


def described(client: LambdaClient) -> list[Mapping[str, Any]]:
    """Returns what every call that describes the unpublished function says of it."""
    listed = client.list_functions()["Functions"]
    return [
        client.get_function_configuration(FunctionName="app"),
        client.get_function(FunctionName="app")["Configuration"],
        *listed,
    ]


def test_the_key_of_the_environment_comes_back(
    client: LambdaClient, role: str, bundle: bytes
) -> None:
    created = create(client, role, bundle, KMSKeyArn=KEY, Environment=VARIABLES)
    assert created["KMSKeyArn"] == KEY
    assert [each["KMSKeyArn"] for each in described(client)] == [KEY] * 3
    published = client.get_function_configuration(FunctionName="app", Qualifier="1")
    assert published["KMSKeyArn"] == KEY


def test_a_function_without_variables_keeps_no_key(
    client: LambdaClient, role: str, bundle: bytes
) -> None:
    """Neither one that it is made with, nor one that it gets later, nor that of removed variables.

    https://github.com/hashicorp/terraform-provider-aws/issues/6366
    """
    assert create(client, role, bundle, KMSKeyArn=KEY).get("KMSKeyArn") is None
    updated = client.update_function_configuration(FunctionName="app", KMSKeyArn=KEY)
    assert updated.get("KMSKeyArn") is None
    updated = client.update_function_configuration(
        FunctionName="app", KMSKeyArn=KEY, Environment=VARIABLES
    )
    assert updated["KMSKeyArn"] == KEY
    client.update_function_configuration(FunctionName="app", Environment={"Variables": {}})
    assert all(each.get("KMSKeyArn") is None for each in described(client))


def test_a_new_key_makes_a_new_version_and_leaves_the_old_one(
    client: LambdaClient, role: str, bundle: bytes
) -> None:
    create(client, role, bundle, KMSKeyArn=KEY, Environment=VARIABLES)
    updated = client.update_function_configuration(FunctionName="app", KMSKeyArn=OTHER_KEY)
    assert updated["KMSKeyArn"] == OTHER_KEY
    assert [each["KMSKeyArn"] for each in described(client)] == [OTHER_KEY] * 3
    published = client.publish_version(FunctionName="app")
    assert (published["Version"], published["KMSKeyArn"]) == ("2", OTHER_KEY)
    first = client.get_function_configuration(FunctionName="app", Qualifier="1")
    assert first["KMSKeyArn"] == KEY


def test_an_empty_key_takes_the_key_away(client: LambdaClient, role: str, bundle: bytes) -> None:
    create(client, role, bundle, KMSKeyArn=KEY, Environment=VARIABLES)
    client.update_function_configuration(FunctionName="app", KMSKeyArn="")
    assert all(each.get("KMSKeyArn") is None for each in described(client))


def test_a_changed_environment_makes_a_new_version(
    client: LambdaClient, role: str, bundle: bytes
) -> None:
    create(client, role, bundle, KMSKeyArn=KEY, Environment={"Variables": {"A": "1"}})
    client.update_function_configuration(FunctionName="app", Environment={"Variables": {"A": "2"}})
    published = client.publish_version(FunctionName="app")
    assert published["Version"] == "2"
    versions = {
        each["Version"]: each["Environment"]["Variables"]["A"]
        for each in client.list_versions_by_function(FunctionName="app")["Versions"]
    }
    assert versions == {"$LATEST": "2", "1": "1", "2": "2"}
    assert client.get_function_configuration(FunctionName="app", Qualifier="2")["KMSKeyArn"] == KEY


def test_publishing_without_a_change_makes_no_version(
    client: LambdaClient, role: str, bundle: bytes
) -> None:
    create(client, role, bundle)
    assert client.publish_version(FunctionName="app")["Version"] == "1"


def test_a_deleted_function_takes_everything_along_but_its_numbers(
    client: LambdaClient, role: str, bundle: bytes
) -> None:
    live: Any = {"FunctionName": "app", "Qualifier": "live"}
    create(client, role, bundle)
    client.create_alias(FunctionName="app", Name="live", FunctionVersion="1")
    client.put_provisioned_concurrency_config(**live, ProvisionedConcurrentExecutions=1)
    client.create_function_url_config(**live, AuthType="NONE")
    client.add_permission(
        **live, StatementId="Allow", Action="lambda:InvokeFunction", Principal="*"
    )
    client.delete_function(FunctionName="app")
    assert create(client, role, bundle)["Version"] == "2", "a number is used once"
    for ask in (
        lambda: client.update_alias(FunctionName="app", Name="live", FunctionVersion="2"),
        lambda: client.get_policy(**live),
        lambda: client.get_function_url_config(**live),
        lambda: client.get_provisioned_concurrency_config(**live),
    ):
        with pytest.raises(client.exceptions.ResourceNotFoundException):
            ask()


def test_an_alias_answers_with_its_version(client: LambdaClient, role: str, bundle: bytes) -> None:
    create(client, role, bundle, KMSKeyArn=KEY, Environment=VARIABLES)
    client.create_alias(FunctionName="app", Name="live", FunctionVersion="1")
    client.update_function_configuration(FunctionName="app", KMSKeyArn=OTHER_KEY)
    client.publish_version(FunctionName="app")
    live = client.get_function_configuration(FunctionName="app", Qualifier="live")
    assert (live["Version"], live["KMSKeyArn"]) == ("1", KEY)
    client.update_alias(FunctionName="app", Name="live", FunctionVersion="2")
    live = client.get_function_configuration(FunctionName="app", Qualifier="live")
    assert (live["Version"], live["KMSKeyArn"]) == ("2", OTHER_KEY)


def test_logging_has_the_defaults_of_aws(client: LambdaClient, role: str, bundle: bytes) -> None:
    created = create(client, role, bundle)
    expected = {"LogFormat": "Text", "LogGroup": "/aws/lambda/app"}
    assert created["LoggingConfig"] == expected
    assert [each["LoggingConfig"] for each in described(client)] == [expected] * 3


def test_logging_comes_back(client: LambdaClient, role: str, bundle: bytes) -> None:
    create(client, role, bundle, LoggingConfig={"LogFormat": "JSON", "LogGroup": "/app"})
    expected = {
        "LogFormat": "JSON",
        "LogGroup": "/app",
        "ApplicationLogLevel": "INFO",
        "SystemLogLevel": "INFO",
    }
    assert [each["LoggingConfig"] for each in described(client)] == [expected] * 3


def test_logging_can_be_changed_and_versions_keep_theirs(
    client: LambdaClient, role: str, bundle: bytes
) -> None:
    create(client, role, bundle, LoggingConfig={"LogFormat": "Text", "LogGroup": "/one"})
    client.update_function_configuration(
        FunctionName="app", LoggingConfig={"LogFormat": "JSON", "SystemLogLevel": "WARN"}
    )
    latest = client.get_function_configuration(FunctionName="app")["LoggingConfig"]
    assert (latest["LogFormat"], latest["SystemLogLevel"]) == ("JSON", "WARN")
    first = client.get_function_configuration(FunctionName="app", Qualifier="1")["LoggingConfig"]
    assert first == {"LogFormat": "Text", "LogGroup": "/one"}


def test_tracing_and_storage_can_be_changed(client: LambdaClient, role: str, bundle: bytes) -> None:
    create(client, role, bundle)
    client.update_function_configuration(
        FunctionName="app", TracingConfig={"Mode": "Active"}, EphemeralStorage={"Size": 1024}
    )
    for each in described(client):
        assert each["TracingConfig"]["Mode"] == "Active"
        assert each["EphemeralStorage"]["Size"] == 1024
