"""API Gateway: an OpenAPI document is put in place of a REST API."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pytest

from tests.sandbox.conftest import REGION
from tfgen.aws.session import Aws
from tfgen.errors import TfgenError

if TYPE_CHECKING:
    from mypy_boto3_apigateway import APIGatewayClient

URI = (
    f"arn:aws:apigateway:{REGION}:lambda:path/2015-03-31/functions/"
    f"arn:aws:lambda:{REGION}:123456789012:function:app:live/invocations"
)
FUNCTION = {
    "x-amazon-apigateway-integration": {"type": "aws_proxy", "httpMethod": "POST", "uri": URI}
}
SIGNED = {**FUNCTION, "security": [{"sigv4": []}]}
SCHEMES = {
    "securitySchemes": {
        "sigv4": {
            "type": "apiKey",
            "name": "Authorization",
            "in": "header",
            "x-amazon-apigateway-authtype": "awsSigv4",
        },
        "key": {"type": "apiKey", "name": "x-api-key", "in": "header"},
        "pool": {
            "type": "apiKey",
            "name": "Authorization",
            "in": "header",
            "x-amazon-apigateway-authtype": "cognito_user_pools",
            "x-amazon-apigateway-authorizer": {
                "type": "cognito_user_pools",
                "providerARNs": ["arn:aws:cognito-idp:eu-west-2:123456789012:userpool/x"],
            },
        },
    }
}
PREFLIGHT = {
    "responses": {"204": {"description": "", "headers": {"Vary": {"schema": {"type": "string"}}}}},
    "x-amazon-apigateway-integration": {
        "type": "mock",
        "requestTemplates": {"application/json": '{"statusCode": 204}'},
        "contentHandling": "CONVERT_TO_TEXT",
        "responses": {
            "default": {
                "statusCode": "204",
                "responseParameters": {"method.response.header.Vary": "'Origin'"},
                "responseTemplates": {"application/json": "#set($a = 1)"},
            }
        },
    },
}
EVERYTHING = {
    "openapi": "3.0.1",
    "info": {"title": "app", "version": "1.0", "description": "all of it"},
    "servers": [
        {
            "url": "/",
            "x-amazon-apigateway-endpoint-configuration": {"disableExecuteApiEndpoint": True},
        }
    ],
    "paths": {
        "/": {"x-amazon-apigateway-any-method": SIGNED, "options": PREFLIGHT},
        "/{proxy+}": {"x-amazon-apigateway-any-method": SIGNED},
        "/_health": {"x-amazon-apigateway-any-method": SIGNED, "get": FUNCTION},
        "/items/{id}": {
            "get": {**FUNCTION, "security": [{"key": []}], "operationId": "item"},
            "delete": {**FUNCTION, "security": [{"pool": ["items/write"]}]},
        },
    },
    "components": SCHEMES,
    "x-amazon-apigateway-gateway-responses": {
        "DEFAULT_4XX": {"responseParameters": {"gatewayresponse.header.Vary": "'Origin'"}}
    },
    "x-amazon-apigateway-binary-media-types": ["image/png"],
    "x-amazon-apigateway-minimum-compression-size": 0,
}
LITTLE = {
    "openapi": "3.0.1",
    "info": {"title": "app", "version": "1.0"},
    "paths": {"/": {"x-amazon-apigateway-any-method": FUNCTION}},
}


@pytest.fixture
def client(aws: Aws) -> APIGatewayClient:
    return aws.client("apigateway", REGION)


@pytest.fixture
def api(client: APIGatewayClient) -> str:
    created = client.create_rest_api(
        name="app",
        tags={"team": "edge"},
        endpointConfiguration={"types": ["REGIONAL"], "ipAddressType": "dualstack"},
    )
    return created["id"]


def put(
    client: APIGatewayClient, api: str, document: Mapping[str, Any], **options: Any
) -> Mapping[str, Any]:
    body = json.dumps(document).encode()
    return client.put_rest_api(restApiId=api, body=body, **{"mode": "overwrite"} | options)


def methods(client: APIGatewayClient, api: str) -> dict[str, Any]:
    """Returns "GET /path" → what API Gateway says of the method."""
    found = client.get_resources(restApiId=api, embed=["methods"])["items"]
    return {
        f"{name} {each['path']}": client.get_method(
            restApiId=api, resourceId=each["id"], httpMethod=name
        )
        for each in found
        for name in each.get("resourceMethods", {})
    }


def test_a_document_makes_all_of_an_api(client: APIGatewayClient, api: str) -> None:
    answered = put(client, api, EVERYTHING)
    found = client.get_rest_api(restApiId=api)
    for each in (answered, found):
        assert each["description"] == "all of it"
        assert each["version"] == "1.0"
        assert each["disableExecuteApiEndpoint"]
        assert each["binaryMediaTypes"] == ["image/png"]
        assert each["minimumCompressionSize"] == 0
        # https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-import-api-update.html
        assert each["endpointConfiguration"] == {
            "types": ["REGIONAL"],
            "ipAddressType": "dualstack",
        }
        assert each["tags"] == {"team": "edge"}
    made = methods(client, api)
    assert {name: method["authorizationType"] for name, method in made.items()} == {
        "ANY /": "AWS_IAM",
        "OPTIONS /": "NONE",
        "ANY /{proxy+}": "AWS_IAM",
        "ANY /_health": "AWS_IAM",
        "GET /_health": "NONE",
        "GET /items/{id}": "NONE",
        "DELETE /items/{id}": "COGNITO_USER_POOLS",
    }
    assert made["GET /items/{id}"]["apiKeyRequired"]
    assert made["GET /items/{id}"]["operationName"] == "item"
    assert made["GET /items/{id}"]["requestParameters"] == {"method.request.path.id": True}
    (authorizer,) = client.get_authorizers(restApiId=api)["items"]
    assert made["DELETE /items/{id}"]["authorizerId"] == authorizer["id"]
    assert made["DELETE /items/{id}"]["authorizationScopes"] == ["items/write"]
    integration = made["GET /_health"]["methodIntegration"]
    assert (integration["type"], integration["httpMethod"]) == ("AWS_PROXY", "POST")
    assert (integration["uri"], integration["timeoutInMillis"]) == (URI, 29_000)
    preflight = made["OPTIONS /"]
    assert preflight["methodResponses"]["204"]["responseParameters"] == {
        "method.response.header.Vary": False
    }
    mock = preflight["methodIntegration"]
    assert (mock["type"], mock["contentHandling"]) == ("MOCK", "CONVERT_TO_TEXT")
    assert mock["integrationResponses"]["204"] == {
        "statusCode": "204",
        "responseParameters": {"method.response.header.Vary": "'Origin'"},
        "responseTemplates": {"application/json": "#set($a = 1)"},
    }
    error = client.get_gateway_response(restApiId=api, responseType="DEFAULT_4XX")
    assert error["responseParameters"] == {"gatewayresponse.header.Vary": "'Origin'"}


def test_a_document_replaces_all_that_was_there(client: APIGatewayClient, api: str) -> None:
    root = client.get_rest_api(restApiId=api)["rootResourceId"]
    put(client, api, EVERYTHING)
    put(client, api, LITTLE)
    assert methods(client, api).keys() == {"ANY /"}
    assert [each["path"] for each in client.get_resources(restApiId=api)["items"]] == ["/"]
    found = client.get_rest_api(restApiId=api)
    assert found["rootResourceId"] == root
    assert not found["disableExecuteApiEndpoint"]
    assert "minimumCompressionSize" not in found
    assert not found.get("description")
    assert found["binaryMediaTypes"] == []
    assert client.get_gateway_responses(restApiId=api)["items"] == []
    assert client.get_authorizers(restApiId=api)["items"] == []


def test_a_document_is_merged_into_what_was_there(client: APIGatewayClient, api: str) -> None:
    put(client, api, EVERYTHING)
    put(client, api, LITTLE, mode="merge")
    made = methods(client, api)
    assert made["ANY /"]["authorizationType"] == "NONE"
    assert made["ANY /{proxy+}"]["authorizationType"] == "AWS_IAM"
    found = client.get_rest_api(restApiId=api)
    assert (found["binaryMediaTypes"], found["description"]) == (["image/png"], "all of it")


def changed(*path: str, **values: Any) -> dict[str, Any]:
    """Returns the document with other values somewhere."""
    document: dict[str, Any] = json.loads(json.dumps(EVERYTHING))
    place = document
    for key in path:
        place = place[key]
    place.update(values)
    return document


HEALTH = ("paths", "/_health", "get", "x-amazon-apigateway-integration")
MOCK = ("paths", "/", "options", "x-amazon-apigateway-integration", "responses", "default")
REFUSED: Mapping[str, tuple[dict[str, Any], str]] = {
    "nothing": ({}, "Invalid OpenAPI input"),
    "no paths": ({"openapi": "3.0.1", "info": {"title": "a"}}, "Invalid OpenAPI input"),
    "no title": (changed(info={"version": "1"}), "Invalid OpenAPI input"),
    "path": (changed("paths", **{"/a b": {}}), "path part only allow"),
    "greedy": (changed("paths", **{"/{a+}/b": {}}), "only allowed at the end"),
    "type": (changed(*HEALTH, type="lambda"), "put integration on 'GET' for .* '/_health': Enum"),
    "verb": (changed(*HEALTH, httpMethod=None), "HttpMethod must be non-empty"),
    "uri": (changed(*HEALTH, uri="arn:aws:lambda:x"), "must contain path or action"),
    "handling": (changed(*HEALTH, contentHandling="TEXT"), "contentHandling"),
    "status": (changed(*MOCK, statusCode="200"), "No method response exists for method"),
    "header": (
        changed(*MOCK, responseParameters={"method.response.header.A": "'a'"}),
        "put integration response on 'OPTIONS' for resource at path '/': .*header.A",
    ),
    "scheme": (changed("paths", "/_health", "get", security=[{"other": []}]), "other"),
    "response": (
        changed("x-amazon-apigateway-gateway-responses", DEFAULT_3XX={}),
        "'DEFAULT_3XX': Invalid response type",
    ),
    "size": (changed(**{"x-amazon-apigateway-minimum-compression-size": -1}), "between 0 and"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_document_that_is_wrong_changes_nothing(
    client: APIGatewayClient, api: str, case: str
) -> None:
    put(client, api, LITTLE)
    document, said = REFUSED[case]
    with pytest.raises(TfgenError, match=said):
        put(client, api, document)
    assert methods(client, api).keys() == {"ANY /"}


def test_warnings_are_told_and_may_be_errors(client: APIGatewayClient, api: str) -> None:
    warning = "Parse issue: attribute paths.'/_health'(get).responses is missing"
    with pytest.raises(TfgenError, match="Warnings found during import"):
        put(client, api, EVERYTHING, failOnWarnings=True)
    assert methods(client, api) == {}
    assert warning in put(client, api, EVERYTHING)["warnings"]
    assert "warnings" not in put(client, api, LITTLE, failOnWarnings=True)
