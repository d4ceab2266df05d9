#!/usr/bin/env bash
# Moto imports an OpenAPI document without two of the extensions of API Gateway: the method for any
# verb, and the gateway responses.
#
# OpenAPI has no verb that means all verbs, so API Gateway has x-amazon-apigateway-any-method for it,
# in its own exports too. One expects that importing it makes a method ANY. Moto takes each key of a
# path for a verb, and makes a method that is called X-AMAZON-APIGATEWAY-ANY-METHOD. It leaves out
# x-amazon-apigateway-gateway-responses, although it knows gateway responses: one that is put by its
# own call is there.
#
# Seen with moto 5.2.5 and boto3 1.44.5, for ImportRestApi and for PutRestApi (overwrite):
#   methods of /any: X-AMAZON-APIGATEWAY-ANY-METHOD
#   methods of /get: GET
#   gateway responses: none
#   after PutGatewayResponse: DEFAULT_4XX
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet "moto[apigateway]==5.2.5" boto3==1.44.5

"$folder/venv/bin/python" - <<'PYTHON'
import json
import sys

import boto3
from moto import mock_aws

METHOD = {
    "responses": {"200": {"description": "Fine"}},
    "x-amazon-apigateway-integration": {
        "type": "http_proxy",
        "httpMethod": "GET",
        "uri": "https://www.example.com/",
    },
}
DOCUMENT = {
    "openapi": "3.0.1",
    "info": {"title": "example", "description": "An example", "version": "1"},
    "paths": {
        "/any": {"x-amazon-apigateway-any-method": METHOD},
        "/get": {"get": METHOD},
    },
    "x-amazon-apigateway-gateway-responses": {
        "DEFAULT_4XX": {
            "statusCode": "400",
            "responseTemplates": {"application/json": '{"message": "no"}'},
        }
    },
}
BODY = json.dumps(DOCUMENT).encode()


def imported(client) -> str:
    return client.import_rest_api(body=BODY)["id"]


def put(client) -> str:
    api = client.create_rest_api(name="example")["id"]
    client.put_rest_api(restApiId=api, mode="overwrite", body=BODY)
    return api


def responses(client, api: str) -> list[str]:
    return [item["responseType"] for item in client.get_gateway_responses(restApiId=api)["items"]]


def made(client, api: str) -> dict[str, list[str]]:
    """Returns the methods of each path and the gateway responses that an API has."""
    seen = {
        f"methods of {resource['path']}": sorted(resource["resourceMethods"])
        for resource in client.get_resources(restApiId=api)["items"]
        if resource.get("resourceMethods")
    }
    seen["gateway responses"] = responses(client, api)
    client.put_gateway_response(restApiId=api, responseType="DEFAULT_4XX", statusCode="400")
    seen["after PutGatewayResponse"] = responses(client, api)
    return seen


EXPECTED = {
    "methods of /any": ["X-AMAZON-APIGATEWAY-ANY-METHOD"],
    "methods of /get": ["GET"],
    "gateway responses": [],
    "after PutGatewayResponse": ["DEFAULT_4XX"],
}
changed = False
with mock_aws():
    client = boto3.client("apigateway", region_name="us-east-1")
    for operation, create in {"ImportRestApi": imported, "PutRestApi": put}.items():
        seen = made(client, create(client))
        print(f"{operation}:")
        for what, names in seen.items():
            print(f"  {what}: {', '.join(names) or 'none'}")
        changed |= seen != EXPECTED
if changed:
    sys.exit("The behavior has changed.")
PYTHON
