"""Deployments of REST APIs: what was there when one was made is what it serves.

API Gateway serves a snapshot, so a method that is not deployed again does not go live
(https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-deploy-api.html). moto keeps
no snapshot. `patch` makes it keep one; without it, the resources as they are now are served.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote

from tfgen.sandbox.patches.expect import expect_attributes, expect_method

if TYPE_CHECKING:
    from moto.apigateway import models

_KEPT: Final = "tfgen_snapshot"

# https://docs.aws.amazon.com/apigateway/latest/api/API_Integration.html#apigw-Type-Integration-timeoutInMillis
_TIMEOUT: Final = 29.0


@dataclass(frozen=True, slots=True)
class IntegrationResponse:
    """What an integration that is no proxy makes of an outcome.

    Attributes:
        status: the status code of the method's response.
        pattern: a regular expression for the outcome; empty for all others.
        parameters: ``method.response.header.…`` → value.
        templates: media type → mapping template.
    """

    status: str
    pattern: str
    parameters: Mapping[str, str]
    templates: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Integration:
    """What answers for a method.

    Attributes:
        type: for example ``AWS_PROXY``.
        uri: what is called, with its stage variables still in it.
        http_method: how it is called.
        timeout: seconds.
        role: whether it is called with a role of its own.
        templates: media type → mapping template of the request.
        responses: for integrations that are no proxies.
    """

    type: str
    uri: str
    http_method: str
    timeout: float
    role: bool
    templates: Mapping[str, str]
    responses: tuple[IntegrationResponse, ...]


@dataclass(frozen=True, slots=True)
class Method:
    """A method of a resource.

    Attributes:
        http_method: for example ``GET``, or ``ANY``.
        authorization: for example ``NONE``.
        key_required: whether the client must send an API key.
        operation: the name of the operation, if it has one.
        integration: what answers.
    """

    http_method: str
    authorization: str
    key_required: bool
    operation: str | None
    integration: Integration | None


@dataclass(frozen=True, slots=True)
class Resource:
    """A path of an API.

    Attributes:
        id: its ID.
        path: for example ``/items/{id}``.
        methods: by HTTP method.
    """

    id: str
    path: str
    methods: Mapping[str, Method]

    @property
    def parts(self) -> tuple[str, ...]:
        """The path's segments; none for the root."""
        return tuple(self.path.strip("/").split("/")) if self.path != "/" else ()


@dataclass(frozen=True, slots=True)
class Match:
    """What answers a request.

    Attributes:
        resource: the resource.
        method: its method.
        parameters: the path parameters, which REST APIs do not decode.
    """

    resource: Resource
    method: Method
    parameters: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class GatewayResponse:
    """What API Gateway answers in the function's place.

    Attributes:
        status: the status code; None leaves it as it is.
        parameters: ``gatewayresponse.header.…`` → value.
        templates: media type → mapping template of the body.
    """

    status: int | None
    parameters: Mapping[str, str]
    templates: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """An API as it was deployed.

    Attributes:
        resources: with their segments, the most specific first.
        binary_types: the media types whose bodies are binary.
        own_host: whether the execute-api host serves.
        compression: the size in bytes from which responses are compressed; None is never.
        errors: the gateway responses by their types.
    """

    resources: tuple[tuple[tuple[str, ...], Resource], ...]
    binary_types: tuple[str, ...]
    own_host: bool
    compression: int | None
    errors: Mapping[str, GatewayResponse]

    def find(self, path: str, http_method: str) -> Match | None:
        """Finds what answers.

        Args:
            path: below the stage, percent-encoded. A slash at its end does not matter.
            http_method: what the client wants.

        Returns:
            The method; None if the most specific resource for the path has no such method.
        """
        segments = split_path(path.rstrip("/"))
        for parts, resource in self.resources:
            parameters = match_path(parts, segments)
            if parameters is not None:
                method = resource.methods.get(http_method) or resource.methods.get("ANY")
                return Match(resource, method, parameters) if method else None
        return None


def split_path(path: str) -> list[str]:
    """Splits a path into segments. Slashes at its start do not count; others do."""
    inner = path.lstrip("/")
    return inner.split("/") if inner else []


def match_path(parts: Sequence[str], segments: Sequence[str]) -> dict[str, str] | None:
    """Holds the segments of a path against those of a resource or route.

    Args:
        parts: fixed ones, ``{name}`` for one segment, and at the end ``{name+}`` for all others.
        segments: of the path.

    Returns:
        The path parameters; None if it does not fit.
    """
    found: dict[str, str] = {}
    for position, part in enumerate(parts):
        if part.endswith("+}"):
            rest = "/".join(segments[position:])
            return found | {part[1:-2]: rest} if rest else None
        if position >= len(segments):
            return None
        segment = segments[position]
        if part.startswith("{"):
            if not segment:
                return None
            found[part[1:-1]] = segment
        elif part not in {segment, unquote(segment)}:
            return None
    return found if len(parts) == len(segments) else None


def precedence(parts: Sequence[str]) -> tuple[int, ...]:
    """Returns what puts the specific before the general: fixed, then one segment, then greedy."""
    return tuple(2 if part.endswith("+}") else int(part.startswith("{")) for part in parts)


def snapshot_of(api: models.RestAPI, deployment: models.Deployment) -> Snapshot:
    """Returns what a deployment serves.

    Args:
        api: the API.
        deployment: one of its deployments.
    """
    kept: Snapshot | None = vars(deployment).get(_KEPT)
    return take(api) if kept is None else kept


def take(api: models.RestAPI) -> Snapshot:
    """Takes a snapshot of an API as it is now."""
    resources = [
        Resource(
            id=each.id,
            path=each.get_path(),
            methods={name: _method(method) for name, method in each.resource_methods.items()},
        )
        for each in list(api.resources.values())
    ]
    with_parts = [(resource.parts, resource) for resource in resources if resource.methods]
    return Snapshot(
        resources=tuple(sorted(with_parts, key=lambda each: precedence(each[0]))),
        binary_types=tuple(api.binaryMediaTypes),
        own_host=not api.disableExecuteApiEndpoint,
        compression=api.minimum_compression_size,
        errors={
            kind: GatewayResponse(
                status=int(each.status_code) if each.status_code else None,
                parameters=dict(each.response_parameters or {}),
                templates=dict(each.response_templates or {}),
            )
            for kind, each in list(api.gateway_responses.items())
        },
    )


def patch() -> None:
    """Makes moto keep what is deployed.

    Raises:
        TfgenError: moto does not have what this builds on.
    """
    from moto.apigateway import models

    rest_api = models.RestAPI
    create = expect_method(rest_api, "create_deployment", "name", "description", "stage_variables")
    expect_method(models.Resource, "get_path")
    api = rest_api("id", "123456789012", "us-east-1", "app", "")  # type: ignore[abstract]
    expect_attributes(api, "resources", "stages", "deployments", "binaryMediaTypes")
    expect_attributes(api, "gateway_responses", "minimum_compression_size")

    def create_with_snapshot(self: models.RestAPI, *args: Any, **named: Any) -> models.Deployment:
        deployment: models.Deployment = create(self, *args, **named)
        vars(deployment)[_KEPT] = take(self)
        return deployment

    rest_api.create_deployment = create_with_snapshot  # type: ignore[method-assign]


def _method(method: models.Method) -> Method:
    integration = method.method_integration
    return Method(
        http_method=method.http_method,
        authorization=method.authorization_type or "NONE",
        key_required=str(method.api_key_required).lower() == "true",
        operation=method.operation_name,
        integration=_integration(integration) if integration else None,
    )


def _integration(integration: models.Integration) -> Integration:
    milliseconds = integration.timeout_in_millis
    responses = integration.integration_responses or {}
    return Integration(
        type=integration.integration_type,
        uri=integration.uri or "",
        http_method=integration.http_method or "",
        timeout=float(milliseconds) / 1000 if milliseconds else _TIMEOUT,
        role=bool(integration.credentials),
        templates=dict(integration.request_templates or {}),
        responses=tuple(
            IntegrationResponse(
                status=str(each.status_code),
                pattern=each.selection_pattern or "",
                parameters=dict(each.response_parameters or {}),
                templates={name: text or "" for name, text in each.response_templates.items()},
            )
            for each in list(responses.values())
        ),
    )
