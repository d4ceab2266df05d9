"""API Gateway says so when something is not there."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from tests.sandbox.conftest import REGION
from tfgen.aws.session import Aws

if TYPE_CHECKING:
    from mypy_boto3_apigateway import APIGatewayClient

CALLS: dict[str, dict[str, str]] = {
    "delete_rest_api": {},
    "delete_resource": {"resourceId": "gone"},
    "get_deployment": {"deploymentId": "gone"},
    "get_integration": {"httpMethod": "ANY"},
    "delete_integration": {"httpMethod": "ANY"},
    "get_method_response": {"httpMethod": "ANY", "statusCode": "204"},
    "delete_method_response": {"httpMethod": "ANY", "statusCode": "204"},
    "get_integration_response": {"httpMethod": "ANY", "statusCode": "204"},
    "delete_integration_response": {"httpMethod": "ANY", "statusCode": "204"},
    "get_base_path_mapping": {"domainName": "api.example.com", "basePath": "(none)"},
    "delete_base_path_mapping": {"domainName": "api.example.com", "basePath": "(none)"},
}


@pytest.fixture
def client(aws: Aws) -> APIGatewayClient:
    return aws.client("apigateway", REGION)


def call(client: APIGatewayClient, name: str, api: str, root: str) -> Callable[[], Any]:
    """Returns the call, as boto3 wants it."""
    named = dict(CALLS[name])
    if "domainName" not in named:
        named["restApiId"] = api
    if "httpMethod" in named:
        named["resourceId"] = root
    return lambda: getattr(client, name)(**named)


@pytest.mark.parametrize("name", CALLS)
def test_what_is_not_there_is_not_found(client: APIGatewayClient, name: str) -> None:
    api = client.create_rest_api(name="app")["id"]
    root = client.get_resources(restApiId=api)["items"][0]["id"]
    client.put_method(restApiId=api, resourceId=root, httpMethod="ANY", authorizationType="NONE")
    client.create_domain_name(domainName="api.example.com")
    if name == "delete_rest_api":
        client.delete_rest_api(restApiId=api)
    with pytest.raises(client.exceptions.NotFoundException) as caught:
        call(client, name, api, root)()
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 404


def test_what_is_there_is_found_and_deleted(client: APIGatewayClient) -> None:
    api = client.create_rest_api(name="app")["id"]
    root = client.get_resources(restApiId=api)["items"][0]["id"]
    client.put_method(restApiId=api, resourceId=root, httpMethod="ANY", authorizationType="NONE")
    client.put_integration(restApiId=api, resourceId=root, httpMethod="ANY", type="MOCK")
    deployment = client.create_deployment(restApiId=api)["id"]
    assert client.get_deployment(restApiId=api, deploymentId=deployment)["id"] == deployment
    found = client.get_integration(restApiId=api, resourceId=root, httpMethod="ANY")
    assert found["type"] == "MOCK"
    client.delete_integration(restApiId=api, resourceId=root, httpMethod="ANY")
    child = client.create_resource(restApiId=api, parentId=root, pathPart="x")["id"]
    client.delete_resource(restApiId=api, resourceId=child)
    assert [item["id"] for item in client.get_resources(restApiId=api)["items"]] == [root]
    client.create_domain_name(domainName="api.example.com")
    client.create_base_path_mapping(domainName="api.example.com", restApiId=api)
    mapping = client.get_base_path_mapping(domainName="api.example.com", basePath="(none)")
    assert mapping["restApiId"] == api
    client.delete_base_path_mapping(domainName="api.example.com", basePath="(none)")
    client.delete_rest_api(restApiId=api)
    assert client.get_rest_apis()["items"] == []
