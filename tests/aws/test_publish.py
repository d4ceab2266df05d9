"""The version that an update was cut off from."""

from __future__ import annotations

from tests.aws.test_adopt_function import NAME, REGION, make_function
from tfgen.aws.publish import publish_pending
from tfgen.aws.session import Aws


def test_an_update_without_a_version_gets_one(aws: Aws) -> None:
    make_function(aws)
    client = aws.client("lambda", REGION)
    first = client.publish_version(FunctionName=NAME)["Version"]
    client.update_function_configuration(
        FunctionName=NAME, Environment={"Variables": {"STEP": "2"}}
    )
    version = publish_pending(aws, NAME, REGION)
    assert version not in {None, first, "$LATEST"}
    assert version is not None
    published = client.get_function_configuration(FunctionName=NAME, Qualifier=version)
    assert published["Environment"]["Variables"] == {"STEP": "2"}


def test_a_version_that_is_published_is_not_published_again(aws: Aws) -> None:
    make_function(aws)
    client = aws.client("lambda", REGION)
    client.publish_version(FunctionName=NAME)
    before = client.list_versions_by_function(FunctionName=NAME)["Versions"]
    assert publish_pending(aws, NAME, REGION) is None
    assert client.list_versions_by_function(FunctionName=NAME)["Versions"] == before
