"""API Gateway: what REST APIs and their parts are made with, and what changes in place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import pytest

from tests.sandbox.conftest import REGION
from tfgen.aws.session import Aws
from tfgen.errors import TfgenError

if TYPE_CHECKING:
    from mypy_boto3_apigateway import APIGatewayClient

ADDRESSES = "/endpointConfiguration/ipAddressType"


@pytest.fixture
def client(aws: Aws) -> APIGatewayClient:
    return aws.client("apigateway", REGION)


@pytest.mark.parametrize("addresses", ["ipv4", "dualstack"])
def test_a_rest_api_keeps_its_address_type(
    client: APIGatewayClient, addresses: Literal["ipv4", "dualstack"]
) -> None:
    created = client.create_rest_api(
        name="app", endpointConfiguration={"types": ["REGIONAL"], "ipAddressType": addresses}
    )
    expected = {"types": ["REGIONAL"], "ipAddressType": addresses}
    assert created["endpointConfiguration"] == expected
    assert client.get_rest_api(restApiId=created["id"])["endpointConfiguration"] == expected
    assert client.get_rest_apis()["items"][0]["endpointConfiguration"] == expected


def test_a_rest_api_has_the_default_address_type_of_its_endpoint(
    client: APIGatewayClient,
) -> None:
    created = client.create_rest_api(name="edge")
    assert created["endpointConfiguration"] == {"types": ["EDGE"], "ipAddressType": "ipv4"}
    created = client.create_rest_api(name="app", endpointConfiguration={"types": ["REGIONAL"]})
    assert created["endpointConfiguration"]["ipAddressType"] == "ipv4"
    created = client.create_rest_api(name="own", endpointConfiguration={"types": ["PRIVATE"]})
    assert created["endpointConfiguration"]["ipAddressType"] == "dualstack"


def test_a_rest_api_changes_its_address_type_and_nothing_else(client: APIGatewayClient) -> None:
    created = client.create_rest_api(
        name="app", endpointConfiguration={"types": ["REGIONAL"], "ipAddressType": "ipv4"}
    )
    client.update_rest_api(
        restApiId=created["id"],
        patchOperations=[
            {"op": "replace", "path": ADDRESSES, "value": "dualstack"},
            {"op": "replace", "path": "/description", "value": "new"},
        ],
    )
    found = client.get_rest_api(restApiId=created["id"])
    assert found["endpointConfiguration"] == {"types": ["REGIONAL"], "ipAddressType": "dualstack"}
    assert found["description"] == "new"


def test_a_rest_api_keeps_what_it_is_made_with_and_changes_it(client: APIGatewayClient) -> None:
    created = client.create_rest_api(
        name="app", binaryMediaTypes=["image/png"], minimumCompressionSize=10
    )
    assert created["binaryMediaTypes"] == ["image/png"]
    client.update_rest_api(
        restApiId=created["id"],
        patchOperations=[
            {"op": "add", "path": "/binaryMediaTypes/image~1gif"},
            {"op": "remove", "path": "/binaryMediaTypes/image~1png"},
            {"op": "replace", "path": "/minimumCompressionSize", "value": "0"},
            {"op": "replace", "path": "/disableExecuteApiEndpoint", "value": "true"},
            {"op": "replace", "path": "/endpointConfiguration/types/0", "value": "REGIONAL"},
        ],
    )
    found = client.get_rest_api(restApiId=created["id"])
    assert found["binaryMediaTypes"] == ["image/gif"]
    assert found["minimumCompressionSize"] == 0
    assert found["disableExecuteApiEndpoint"]
    assert found["endpointConfiguration"]["types"] == ["REGIONAL"]
    client.update_rest_api(
        restApiId=created["id"],
        patchOperations=[
            {"op": "replace", "path": "/minimumCompressionSize", "value": ""},
            {"op": "replace", "path": "/disableExecuteApiEndpoint", "value": "false"},
        ],
    )
    found = client.get_rest_api(restApiId=created["id"])
    assert "minimumCompressionSize" not in found
    assert not found["disableExecuteApiEndpoint"]


def test_a_method_and_its_integration_are_changed_in_place(client: APIGatewayClient) -> None:
    created = client.create_rest_api(name="app")
    place: dict[str, Any] = {
        "restApiId": created["id"],
        "resourceId": created["rootResourceId"],
        "httpMethod": "GET",
    }
    client.put_method(**place, authorizationType="NONE")
    client.put_integration(**place, type="MOCK", requestTemplates={"application/json": "{}"})
    client.update_method(
        **place,
        patchOperations=[
            {"op": "replace", "path": "/authorizationType", "value": "AWS_IAM"},
            {"op": "add", "path": "/requestParameters/method.request.header.A", "value": "true"},
        ],
    )
    client.update_integration(
        **place,
        patchOperations=[
            {"op": "replace", "path": "/timeoutInMillis", "value": "5000"},
            {"op": "replace", "path": "/requestTemplates/application~1json", "value": "[]"},
        ],
    )
    client.put_method_response(
        **place, statusCode="204", responseParameters={"method.response.header.A": True}
    )
    client.update_method_response(
        **place,
        statusCode="204",
        patchOperations=[
            {"op": "remove", "path": "/responseParameters/method.response.header.A"},
            {"op": "add", "path": "/responseParameters/method.response.header.B", "value": "true"},
        ],
    )
    found = client.get_method(**place)
    parameters = found["methodResponses"]["204"]["responseParameters"]
    assert parameters == {"method.response.header.B": True}
    assert found["authorizationType"] == "AWS_IAM"
    assert found["requestParameters"] == {"method.request.header.A": True}
    assert found["methodIntegration"]["timeoutInMillis"] == 5000
    assert found["methodIntegration"]["requestTemplates"] == {"application/json": "[]"}
    with pytest.raises(TfgenError, match="Invalid patch path /color"):
        client.update_method(
            **place, patchOperations=[{"op": "replace", "path": "/color", "value": "blue"}]
        )
