"""REST APIs: resources, methods and their integrations."""

from __future__ import annotations

import time
from dataclasses import replace

from tfgen.sandbox.gateway import access_log
from tfgen.sandbox.gateway.calls import Call, CallError, Failure
from tfgen.sandbox.gateway.compress import compress
from tfgen.sandbox.gateway.deployed import RestTarget
from tfgen.sandbox.gateway.errors import customize
from tfgen.sandbox.gateway.events import is_binary, rest_event
from tfgen.sandbox.gateway.mock import answer_mock
from tfgen.sandbox.gateway.replies import MalformedError, rest_reply
from tfgen.sandbox.gateway.request import Request
from tfgen.sandbox.gateway.response import Response, refuse_rest, unsupported
from tfgen.sandbox.gateway.snapshots import Integration, Match, Method, Snapshot, snapshot_of
from tfgen.sandbox.gateway.throttle import refused_method
from tfgen.sandbox.gateway.trail import Trail, context
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
    trail = Trail()
    response = _answer(target, request, invoke, trail)
    latency = int((time.time() - request.moment.seconds) * 1000)
    if access_log.has_role(target.account, target.region):
        access_log.write(target.stage, context(target, request, response, trail, latency))
    return response.with_headers(
        ("x-amzn-RequestId", request.moment.request_id), ("x-amz-apigw-id", request.moment.short_id)
    )


def _answer(target: RestTarget, request: Request, invoke: Invoke, trail: Trail) -> Response:
    deployment = target.api.deployments.get(target.stage.deployment_id or "")
    if deployment is None:
        return forbidden(f"The stage {target.stage.name} has no deployment")
    snapshot = snapshot_of(target.api, deployment)
    if not (target.custom or snapshot.own_host):
        return forbidden("The API's execute-api host is disabled")
    response = _serve(snapshot, target, request, invoke, trail)
    variables = context(target, request, response, trail)
    response = customize(snapshot, request, response, variables, target.stage.variables or {})
    return compress(response, request, snapshot.compression)


def _serve(
    snapshot: Snapshot, target: RestTarget, request: Request, invoke: Invoke, trail: Trail
) -> Response:
    if request.too_large:
        return _too_long("The request is over 10 MB")
    found = snapshot.find(target.path, request.method)
    if found is None:
        return _no_token(f"Nothing is deployed for {request.method} {target.path}")
    trail.resource, trail.resource_id = found.resource.path, found.resource.id
    limit = refused_method(target.stage, found.resource.path, found.method.http_method)
    if limit is not None:
        return _throttled(f"{found.method.http_method} {found.resource.path} takes {limit}")
    refusal = _unauthorized(target, found.method, request)
    if refusal is not None:
        trail.authorizer_error = refusal.message
        return refusal
    return _integrate(snapshot, target, request, found, invoke=invoke, trail=trail)


def _integrate(
    snapshot: Snapshot,
    target: RestTarget,
    request: Request,
    match: Match,
    *,
    invoke: Invoke,
    trail: Trail,
) -> Response:
    integration = match.method.integration
    if integration is None:
        return _misconfigured(f"The method of {match.resource.path} has no integration")
    if integration.type == "MOCK":
        return answer_mock(target, request, match, integration, snapshot.binary_types)
    if integration.type != "AWS_PROXY":
        return unsupported(f"The sandbox has no integrations of type {integration.type}")
    if integration.http_method != "POST":
        return _misconfigured(f"Functions are called with POST, not {integration.http_method}")
    event = rest_event(target, request, match, snapshot.binary_types)
    accepts_binary = is_binary(request.header("Accept"), snapshot.binary_types)
    started = time.monotonic()
    try:
        payload = _call(target, request, match, integration).run(invoke, event)
        reply = rest_reply(payload, accepts_binary=accepts_binary)
    except CallError as error:
        trail.integration_error = error.reason
        return _failed(error)
    except MalformedError as error:
        trail.integration_error = error.reason
        return _bad_gateway(error.reason)
    finally:
        trail.integration_ms = int((time.monotonic() - started) * 1000)
    trail.integration_status = reply.status
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
                return refuse_rest(
                    401, "Unauthorized", "UnauthorizedException", reason, "UNAUTHORIZED"
                )
            return unsupported(f"The sandbox runs no authorizers of type {other}")
    if method.key_required and not _knows_key(target, request.header("x-api-key")):
        return replace(forbidden("The method asks for an API key"), kind="INVALID_API_KEY")
    return None


def _knows_key(target: RestTarget, value: str | None) -> bool:
    from moto.apigateway.models import apigateway_backends

    keys = list(apigateway_backends[target.account][target.region].keys.values())
    return any(key.value == value and str(key.enabled).lower() == "true" for key in keys)


def _failed(error: CallError) -> Response:
    match error.failure:
        case Failure.TIMEOUT:
            return refuse_rest(
                504,
                "Endpoint request timed out",
                "InternalServerErrorException",
                error.reason,
                "INTEGRATION_TIMEOUT",
            )
        case Failure.TOO_LARGE:
            return _too_long(error.reason)
        case Failure.DENIED | Failure.CONFIGURATION | Failure.THROTTLED:
            return _misconfigured(error.reason)
        case Failure.FUNCTION:
            return _bad_gateway(error.reason)


def _misconfigured(reason: str) -> Response:
    return _internal(500, reason, "API_CONFIGURATION_ERROR")


def _bad_gateway(reason: str) -> Response:
    return _internal(502, reason, "INTEGRATION_FAILURE")


def _internal(status: int, reason: str, kind: str) -> Response:
    return refuse_rest(
        status, "Internal server error", "InternalServerErrorException", reason, kind
    )


def _no_token(reason: str) -> Response:
    return refuse_rest(
        403,
        "Missing Authentication Token",
        "MissingAuthenticationTokenException",
        reason,
        "MISSING_AUTHENTICATION_TOKEN",
    )


def _throttled(reason: str) -> Response:
    return refuse_rest(429, "Too Many Requests", "TooManyRequestsException", reason, "THROTTLED")


def _too_long(reason: str) -> Response:
    return refuse_rest(
        413, "Request Too Long", "RequestTooLongException", reason, "REQUEST_TOO_LARGE"
    )
