"""REST APIs: resources, methods and their integrations."""

from __future__ import annotations

from collections.abc import Sequence

from tfgen.sandbox.gateway.calls import Call, CallError, Failure
from tfgen.sandbox.gateway.deployed import RestTarget
from tfgen.sandbox.gateway.events import is_binary, rest_event
from tfgen.sandbox.gateway.mock import answer_mock
from tfgen.sandbox.gateway.replies import MalformedError, rest_reply
from tfgen.sandbox.gateway.request import Request
from tfgen.sandbox.gateway.response import Response, refuse_rest, unsupported
from tfgen.sandbox.gateway.snapshots import Integration, Match, Method, snapshot_of
from tfgen.sandbox.invocation import Invoke


def answer_rest(target: RestTarget, request: Request, invoke: Invoke) -> Response:
    """Answers for a stage of a REST API.

    Args:
        target: the stage.
        request: what is asked.
        invoke: runs functions.

    Returns:
        The response, with the headers that every response of a REST API has.
    """
    response = _answer(target, request, invoke)
    return response.with_headers(
        ("x-amzn-RequestId", request.moment.request_id), ("x-amz-apigw-id", request.moment.short_id)
    )


def _answer(target: RestTarget, request: Request, invoke: Invoke) -> Response:
    deployment = target.api.deployments.get(target.stage.deployment_id or "")
    if deployment is None:
        return forbidden(f"The stage {target.stage.name} has no deployment")
    snapshot = snapshot_of(target.api, deployment)
    if not (target.custom or snapshot.own_host):
        return forbidden("The API's execute-api host is disabled")
    if request.too_large:
        return _too_long("The request is over 10 MB")
    found = snapshot.find(target.path, request.method)
    if found is None:
        return _no_token(f"Nothing is deployed for {request.method} {target.path}")
    refusal = _unauthorized(target, found.method, request)
    if refusal is not None:
        return refusal
    return _integrate(target, request, found, snapshot.binary_types, invoke)


def _integrate(
    target: RestTarget,
    request: Request,
    match: Match,
    binary_types: Sequence[str],
    invoke: Invoke,
) -> Response:
    integration = match.method.integration
    if integration is None:
        return _internal(500, f"The method of {match.resource.path} has no integration")
    if integration.type == "MOCK":
        return answer_mock(integration, request)
    if integration.type != "AWS_PROXY":
        return unsupported(f"The sandbox has no integrations of type {integration.type}")
    if integration.http_method != "POST":
        return _internal(500, f"Functions are called with POST, not {integration.http_method}")
    event = rest_event(target, request, match, binary_types)
    accepts_binary = is_binary(request.header("Accept"), binary_types)
    try:
        payload = _call(target, request, match, integration).run(invoke, event)
        reply = rest_reply(payload, accepts_binary=accepts_binary)
    except CallError as error:
        return _failed(error)
    except MalformedError as error:
        return _internal(502, error.reason)
    return reply.with_headers(("X-Amzn-Trace-Id", request.moment.trace_answer))


def forbidden(reason: str) -> Response:
    """Refuses what is not there as REST APIs do: a host, a base path, a stage."""
    return refuse_rest(403, "Forbidden", "ForbiddenException", reason)


def _call(target: RestTarget, request: Request, match: Match, integration: Integration) -> Call:
    from moto.utilities.utils import get_partition

    api = (
        f"arn:{get_partition(target.region)}:execute-api:{target.region}:{target.account}:"
        f"{target.api.id}/{target.stage.name}"
    )
    names = dict.fromkeys((request.method, match.method.http_method))
    return Call(
        uri=integration.uri,
        variables=target.stage.variables or {},
        sources=tuple(f"{api}/{name}{match.resource.path}" for name in names),
        account=target.account,
        timeout=integration.timeout,
        role=integration.role,
    )


def _unauthorized(target: RestTarget, method: Method, request: Request) -> Response | None:
    """Refuses whom the method's authorization keeps out; what the sandbox cannot check is said.

    A signature is not verified: whoever signs is let in.
    """
    credentials = request.header("Authorization")
    match method.authorization:
        case "NONE":
            pass
        case "AWS_IAM":
            if not (credentials or "").startswith("AWS4-"):
                return _no_token("The method asks for a signature (AWS_IAM)")
        case other:
            if credentials is None:
                reason = f"The method asks for a token ({other})"
                return refuse_rest(401, "Unauthorized", "UnauthorizedException", reason)
            return unsupported(f"The sandbox runs no authorizers of type {other}")
    if method.key_required and not _knows_key(target, request.header("x-api-key")):
        return forbidden("The method asks for an API key")
    return None


def _knows_key(target: RestTarget, value: str | None) -> bool:
    from moto.apigateway.models import apigateway_backends

    keys = list(apigateway_backends[target.account][target.region].keys.values())
    return any(key.value == value and str(key.enabled).lower() == "true" for key in keys)


def _failed(error: CallError) -> Response:
    match error.failure:
        case Failure.TIMEOUT:
            return refuse_rest(
                504, "Endpoint request timed out", "InternalServerErrorException", error.reason
            )
        case Failure.TOO_LARGE:
            return _too_long(error.reason)
        case Failure.DENIED | Failure.CONFIGURATION | Failure.THROTTLED:
            return _internal(500, error.reason)
        case Failure.FUNCTION:
            return _internal(502, error.reason)


def _internal(status: int, reason: str) -> Response:
    return refuse_rest(status, "Internal server error", "InternalServerErrorException", reason)


def _no_token(reason: str) -> Response:
    return refuse_rest(
        403, "Missing Authentication Token", "MissingAuthenticationTokenException", reason
    )


def _too_long(reason: str) -> Response:
    return refuse_rest(413, "Request Too Long", "RequestTooLongException", reason)
