"""API Gateway: a REST API is put in place of what it was by an OpenAPI document.

moto reads paths, methods and integrations, takes ``x-amazon-apigateway-any-method`` for the name of
a method, leaves out authorization and all that is said of the API as a whole, and takes what API
Gateway refuses. The AWS provider sends the document of ``aws_api_gateway_rest_api.body``.
https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-import-api-update.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tfgen.sandbox.openapi import Document, DocumentError, Method, read_document
from tfgen.sandbox.patches.expect import expect_attributes, expect_method

if TYPE_CHECKING:
    from moto.apigateway.models import APIGatewayBackend, Resource, RestAPI
    from moto.apigateway.responses import APIGatewayResponse


def patch() -> None:
    """Changes moto's API Gateway.

    Raises:
        TfgenError: moto does not have what this builds on.
    """
    from moto.apigateway.models import APIGatewayBackend, RestAPI
    from moto.apigateway.responses import APIGatewayResponse

    parameters = ("function_id", "api_doc", "fail_on_warnings", "mode")
    expect_method(APIGatewayBackend, "put_rest_api", *parameters)
    expect_method(APIGatewayResponse, "put_rest_api")
    api = RestAPI("id", "123456789012", "us-east-1", "app", "")  # type: ignore[abstract]
    expect_attributes(api, "default", "authorizers", "gateway_responses", "request_validators")
    expect_attributes(api, "models", "api_key_source", "disableExecuteApiEndpoint", "version")

    def put_rest_api(
        self: APIGatewayBackend,
        function_id: str,
        api_doc: Any,
        fail_on_warnings: bool,
        mode: str = "merge",
    ) -> RestAPI:
        found = self.get_rest_api(function_id)
        if mode not in {"merge", "overwrite"}:
            raise _bad('Enumeration value of OpenAPI import mode must be "overwrite" or "merge"')
        try:
            document = read_document(api_doc)
        except DocumentError as error:
            raise _bad(str(error)) from error
        if document.warnings and fail_on_warnings:
            raise _bad("\n\t".join(["Warnings found during import:", *document.warnings]))
        _put(found, document, overwrite=mode == "overwrite")
        return found

    def answer_with_warnings(self: APIGatewayResponse) -> tuple[int, dict[str, str], str]:
        document = _deserialize(self.body)
        put = self.backend.put_rest_api(
            self.path.split("/")[2],
            document,
            fail_on_warnings=self._get_bool_param("failonwarnings") or False,
            mode=self._get_param("mode", "merge"),
        )
        warnings = list(read_document(document).warnings)
        return 200, {}, json.dumps(put.to_dict() | ({"warnings": warnings} if warnings else {}))

    APIGatewayBackend.put_rest_api = put_rest_api  # type: ignore[method-assign]
    APIGatewayResponse.put_rest_api = answer_with_warnings  # type: ignore[method-assign]


def _put(api: RestAPI, document: Document, *, overwrite: bool) -> None:
    """Puts a document in place of an API, or merges it into one.

    The endpoint configuration stays as it was in both modes, but for the execute-api host.
    """
    if overwrite:
        _reset(api)
    api.name = document.title
    api.description = document.description or api.description
    api.version = document.version or api.version
    kept = api.binaryMediaTypes
    api.binaryMediaTypes = [*kept, *(each for each in document.binary_types if each not in kept)]
    if document.compression is not None:
        api.minimum_compression_size = document.compression
    if document.own_host is not None:
        api.disableExecuteApiEndpoint = not document.own_host
    if document.key_source is not None:
        api.api_key_source = document.key_source.upper()
    if document.policy is not None:
        policy = document.policy
        api.policy = policy if isinstance(policy, str) else json.dumps(policy)
    authorizers = {
        name: _put_authorizer(api, name, scheme) for name, scheme in document.authorizers.items()
    }
    for path, methods in document.paths.items():
        resource = _resource(api, path)
        for method in methods:
            _put_method(resource, method, authorizers)
    for kind, response in document.gateway_responses.items():
        status: Any = response.get("statusCode")
        api.put_gateway_response(
            kind,
            status,
            response.get("responseParameters") or {},
            response.get("responseTemplates") or {},
        )


def _reset(api: RestAPI) -> None:
    """Makes an API one that was just created, with its endpoints, tags, stages and deployments."""
    root = api.default
    root.resource_methods = {}
    api.resources = {root.id: root}
    for each in (api.authorizers, api.gateway_responses, api.models, api.request_validators):
        each.clear()
    api.description, api.version, api.api_key_source = "", "", "HEADER"
    api.policy = api.minimum_compression_size = None
    api.binaryMediaTypes = []
    api.disableExecuteApiEndpoint = False


def _resource(api: RestAPI, path: str) -> Resource:
    """Returns the resource at a path, which is made if there is none, with those above it."""
    found = api.default
    for part in filter(None, path.split("/")):
        below = [
            each
            for each in api.resources.values()
            if each.parent_id == found.id and each.path_part == part
        ]
        found = below[0] if below else api.add_child(part, found.id)
    return found


def _put_authorizer(api: RestAPI, name: str, scheme: Mapping[str, Any]) -> str:
    """Adds an authorizer and returns its ID."""
    from moto.apigateway.utils import create_id

    said = scheme["x-amazon-apigateway-authorizer"]
    kind = str(said.get("type", "")).upper()
    header = f"method.request.header.{scheme.get('name')}"
    same = [key for key, each in api.authorizers.items() if each.name == name]
    made = api.create_authorizer(
        same[0] if same else create_id(),
        name,
        kind,
        said.get("providerARNs"),
        scheme.get("x-amazon-apigateway-authtype"),
        said.get("authorizerUri"),
        said.get("authorizerCredentials"),
        said.get("identitySource") if kind == "REQUEST" else header,
        said.get("identityValidationExpression"),
        said.get("authorizerResultTtlInSeconds"),
    )
    return str(made.id)


def _put_method(resource: Resource, method: Method, authorizers: Mapping[str, str]) -> None:
    made = resource.add_method(
        method.name,
        method.authorization,
        method.key_required,
        request_parameters=dict(method.parameters) or None,
        operation_name=method.operation,
        authorizer_id=authorizers.get(method.authorizer or ""),
        authorization_scopes=list(method.scopes) or None,
    )
    for status, headers in method.responses.items():
        declared: Any = dict.fromkeys(headers, False) or None
        made.create_response(status, {}, declared)
    if method.integration is not None:
        _put_integration(resource, method.name, method.integration)


def _put_integration(resource: Resource, method: str, said: Mapping[str, Any]) -> None:
    made = resource.add_integration(
        method,
        said["type"],
        said.get("uri") or "",
        request_templates=said.get("requestTemplates"),
        passthrough_behavior=said.get("passthroughBehavior", "WHEN_NO_MATCH"),
        integration_method=said.get("httpMethod"),
        cache_namespace=said.get("cacheNamespace", resource.id),
        timeout_in_millis=said.get("timeoutInMillis", 29_000),
        request_parameters=said.get("requestParameters"),
        content_handling=said.get("contentHandling"),
        credentials=said.get("credentials"),
        connection_type=said.get("connectionType"),
    )
    for pattern, response in (said.get("responses") or {}).items():
        made.create_integration_response(
            str(response.get("statusCode", "200")),
            "" if pattern == "default" else pattern,
            dict(response.get("responseTemplates") or {}),
            dict(response.get("responseParameters") or {}),
            response.get("contentHandling"),
        )


def _deserialize(body: str | bytes) -> Any:
    import yaml

    try:
        # All JSON is YAML, but a tab is not.
        return json.loads(body) if body.strip()[:1] in {"{", b"{"} else yaml.safe_load(body)
    except (ValueError, yaml.YAMLError) as error:
        raise _bad("Invalid OpenAPI input.") from error


def _bad(message: str) -> Exception:
    from moto.apigateway.exceptions import BadRequestException

    return BadRequestException(message)
