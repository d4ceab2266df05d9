"""Reads the OpenAPI document of a REST API as API Gateway does when it imports one.

https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

_EXTENSION: Final = "x-amazon-apigateway-"
_ANY: Final = f"{_EXTENSION}any-method"
_INTEGRATION: Final = f"{_EXTENSION}integration"
_AUTHORIZER: Final = f"{_EXTENSION}authorizer"

_VERBS: Final = frozenset({"delete", "get", "head", "options", "patch", "post", "put"})
_PROXIES: Final = frozenset({"AWS_PROXY", "HTTP_PROXY"})
_TYPES: Final = _PROXIES | {"AWS", "HTTP", "MOCK"}
_HANDLING: Final = frozenset({"CONVERT_TO_BINARY", "CONVERT_TO_TEXT"})

# https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
_GATEWAY_RESPONSES: Final = frozenset(
    {
        "ACCESS_DENIED",
        "API_CONFIGURATION_ERROR",
        "AUTHORIZER_CONFIGURATION_ERROR",
        "AUTHORIZER_FAILURE",
        "BAD_REQUEST_BODY",
        "BAD_REQUEST_PARAMETERS",
        "DEFAULT_4XX",
        "DEFAULT_5XX",
        "EXPIRED_TOKEN",
        "INTEGRATION_FAILURE",
        "INTEGRATION_TIMEOUT",
        "INVALID_API_KEY",
        "INVALID_SIGNATURE",
        "MISSING_AUTHENTICATION_TOKEN",
        "QUOTA_EXCEEDED",
        "REQUEST_TOO_LARGE",
        "RESOURCE_NOT_FOUND",
        "THROTTLED",
        "UNAUTHORIZED",
        "UNSUPPORTED_MEDIA_TYPE",
        "WAF_FILTERED",
    }
)

_SEGMENT: Final = re.compile(r"[A-Za-z0-9._:-]+|\{[A-Za-z0-9._:-]+\+?\}")
_ARN: Final = re.compile(r"arn:[\w-]+:apigateway:[\w-]+:[\w.-]+:(path|action)/.+")
_SIZE_LIMIT: Final = 10_485_760


class DocumentError(Exception):
    """A document that API Gateway refuses, and what it says."""


@dataclass(frozen=True, slots=True)
class Method:
    """A method of a path.

    Attributes:
        name: for example ``GET``, or ``ANY``.
        authorization: ``NONE``, ``AWS_IAM``, ``CUSTOM`` or ``COGNITO_USER_POOLS``.
        authorizer: the name of its authorizer, if it has one.
        scopes: what a token must grant.
        key_required: whether clients must send an API key.
        operation: its name, if it has one.
        parameters: ``method.request.…`` → whether it is required.
        responses: status → ``method.response.header.…`` of it.
        integration: the value of the extension, with its types and enumerations in upper case.
    """

    name: str
    authorization: str
    authorizer: str | None
    scopes: Sequence[str]
    key_required: bool
    operation: str | None
    parameters: Mapping[str, bool]
    responses: Mapping[str, Sequence[str]]
    integration: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Document:
    """An API as a document describes it.

    Attributes:
        title: its name.
        description: what it says of itself.
        version: of the API.
        paths: path → its methods.
        authorizers: name → the security scheme that has one.
        gateway_responses: type → the value of the extension.
        binary_types: the media types whose bodies are binary.
        compression: the size in bytes from which responses are compressed, if any are.
        own_host: whether the execute-api host serves; None if it does not say.
        key_source: where API keys are looked for, if it says.
        policy: the resource policy, if it has one.
        warnings: what API Gateway finds, and takes nevertheless.
    """

    title: str
    description: str
    version: str
    paths: Mapping[str, Sequence[Method]]
    authorizers: Mapping[str, Mapping[str, Any]]
    gateway_responses: Mapping[str, Mapping[str, Any]]
    binary_types: Sequence[str]
    compression: int | None
    own_host: bool | None
    key_source: str | None
    policy: Any
    warnings: Sequence[str]


def read_document(document: object) -> Document:
    """Reads a document.

    Args:
        document: what its JSON or YAML says.

    Raises:
        DocumentError: API Gateway refuses it.
    """
    if not isinstance(document, dict) or not isinstance(document.get("paths"), dict):
        raise DocumentError("Invalid OpenAPI input.")
    if not str(document.get("openapi", "")).startswith("3.0"):
        raise DocumentError("The sandbox imports OpenAPI 3.0 only.")
    info = document.get("info") or {}
    if not info.get("title"):
        raise DocumentError("Invalid OpenAPI input.")
    schemes = (document.get("components") or {}).get("securitySchemes") or {}
    paths: dict[str, list[Method]] = {}
    errors: list[str] = []
    warnings: list[str] = []
    for path, item in document["paths"].items():
        _check_path(path)
        paths[path] = []
        for key, operation in item.items():
            if key != _ANY and key not in _VERBS:
                continue
            name = "ANY" if key == _ANY else key.upper()
            security = operation.get("security", document.get("security"))
            paths[path].append(_method(path, name, operation, security or [], schemes))
            errors += _errors(path, name, paths[path][-1])
            if key != _ANY and "responses" not in operation:
                what = f"attribute paths.'{path}'({key}).responses is missing"
                warnings.append(f"Parse issue: {what}")
    responses = document.get(f"{_EXTENSION}gateway-responses") or {}
    errors += _gateway_errors(responses)
    if errors:
        raise DocumentError("\n\t".join(["Errors found during import:", *errors]))
    return Document(
        title=info["title"],
        description=info.get("description") or "",
        version=str(info.get("version") or ""),
        paths=paths,
        authorizers={name: each for name, each in schemes.items() if _AUTHORIZER in each},
        gateway_responses=responses,
        binary_types=list(document.get(f"{_EXTENSION}binary-media-types") or []),
        compression=_compression(document.get(f"{_EXTENSION}minimum-compression-size")),
        own_host=_own_host(document),
        key_source=document.get(f"{_EXTENSION}api-key-source"),
        policy=document.get(f"{_EXTENSION}policy"),
        warnings=warnings,
    )


def _check_path(path: str) -> None:
    segments = path.removeprefix("/").split("/") if path != "/" else []
    wrong = None
    if not path.startswith("/") or not all(map(_SEGMENT.fullmatch, segments)):
        wrong = (
            "Resource's path part only allow a-zA-Z0-9._-: or a valid greedy path variable and "
            "curly braces at the beginning and the end."
        )
    elif any(segment.endswith("+}") for segment in segments[:-1]):
        wrong = "Greedy path variables are only allowed at the end of a path."
    if wrong:
        raise DocumentError(
            f"Errors found during import:\n\tUnable to create resource at path '{path}': {wrong}"
        )


def _method(
    path: str,
    name: str,
    operation: Mapping[str, Any],
    security: Sequence[Mapping[str, Sequence[str]]],
    schemes: Mapping[str, Mapping[str, Any]],
) -> Method:
    authorization, key_required = "NONE", False
    authorizer: str | None = None
    scopes: Sequence[str] = ()
    for scheme, asked in (each for requirement in security for each in requirement.items()):
        if scheme not in schemes:
            # What API Gateway says of it is nowhere documented; a method must not be open by that.
            raise DocumentError(
                f"Errors found during import:\n\tUnable to put method '{name}' on resource at path "
                f"'{path}': there is no security scheme {scheme}"
            )
        kind = schemes[scheme]
        if _AUTHORIZER in kind:
            of = str(kind[_AUTHORIZER].get("type", "")).upper()
            authorization = "CUSTOM" if of in {"TOKEN", "REQUEST"} else of
            authorizer, scopes = scheme, asked
        elif kind.get(f"{_EXTENSION}authtype") == "awsSigv4":
            authorization = "AWS_IAM"
        elif str(kind.get("name", "")).lower() == "x-api-key":
            key_required = True
    return Method(
        name=name,
        authorization=authorization,
        authorizer=authorizer,
        scopes=scopes,
        key_required=key_required,
        operation=operation.get("operationId"),
        parameters=dict(_parameters(path, operation)),
        responses={
            str(status): [f"method.response.header.{header}" for header in each.get("headers", {})]
            for status, each in (operation.get("responses") or {}).items()
        },
        integration=_integration(operation.get(_INTEGRATION)),
    )


def _parameters(path: str, operation: Mapping[str, Any]) -> Iterator[tuple[str, bool]]:
    places = {"query": "querystring", "header": "header", "path": "path"}
    for each in operation.get("parameters") or []:
        if each.get("in") in places:
            yield f"method.request.{places[each['in']]}.{each['name']}", each.get("required", False)
    last = path.rpartition("/")[2]
    if last.startswith("{") and not last.endswith("+}"):
        yield f"method.request.path.{last[1:-1]}", True


def _integration(said: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """Returns an integration with upper case where a document may have either."""
    if said is None:
        return None
    names = ("type", "httpMethod", "passthroughBehavior", "contentHandling", "connectionType")
    return dict(said) | {name: str(said[name]).upper() for name in names if said.get(name)}


def _errors(path: str, name: str, method: Method) -> Iterator[str]:
    """Yields what is wrong with the integration of a method."""
    integration = method.integration
    if integration is None:
        return
    place = f"'{name}' for resource at path '{path}'"
    if wrong := _wrong(integration):
        yield f"Unable to put integration on {place}: {wrong}"
    for response in (integration.get("responses") or {}).values():
        status = str(response.get("statusCode", "200"))
        unknown = [
            f"Invalid mapping expression parameter specified: {parameter}"
            for parameter in response.get("responseParameters") or {}
            if parameter not in method.responses.get(status, ())
        ]
        if status not in method.responses:
            unknown = ["No method response exists for method."]
        if unknown:
            yield (
                f"Unable to put integration response on {place}: Invalid mapping expression "
                f"specified: Validation Result: warnings : [], errors : [{', '.join(unknown)}]"
            )


def _wrong(integration: Mapping[str, Any]) -> str | None:
    kind, uri = integration.get("type"), str(integration.get("uri") or "")
    if kind not in _TYPES:
        return f"Enumeration value for IntegrationType must be one of {sorted(_TYPES)}"
    if integration.get("contentHandling") not in {None, *_HANDLING}:
        return f"Enumeration value for contentHandling must be one of {sorted(_HANDLING)}"
    if kind == "MOCK":
        return None
    if not integration.get("httpMethod"):
        return "Enumeration value for HttpMethod must be non-empty"
    if kind.startswith("AWS") and not _ARN.fullmatch(uri):
        return "AWS ARN for integration must contain path or action"
    if kind.startswith("HTTP") and not uri.startswith(("http://", "https://")):
        return "Invalid HTTP endpoint specified for URI"
    return None


def _gateway_errors(responses: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    for kind, response in responses.items():
        if kind not in _GATEWAY_RESPONSES:
            yield f"Unable to put gateway response '{kind}': Invalid response type"
        for parameter in response.get("responseParameters") or {}:
            if not parameter.startswith("gatewayresponse.header."):
                yield f"Unable to put gateway response '{kind}': Invalid parameter {parameter}"


def _compression(said: object) -> int | None:
    if said is None:
        return None
    if not isinstance(said, int) or not 0 <= said <= _SIZE_LIMIT:
        raise DocumentError(
            f"Invalid minimum compression size, must be between 0 and {_SIZE_LIMIT}"
        )
    return said


def _own_host(document: Mapping[str, Any]) -> bool | None:
    """Returns what the first server that has an endpoint configuration says of the host.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions-endpoint-configuration.html
    """
    for server in document.get("servers") or []:
        configuration = server.get(f"{_EXTENSION}endpoint-configuration") or {}
        if "disableExecuteApiEndpoint" in configuration:
            return not configuration["disableExecuteApiEndpoint"]
    return None
