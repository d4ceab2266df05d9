"""HTTP APIs: routes, their integrations, and CORS."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING
from urllib.parse import unquote

from tfgen.sandbox.gateway import access_log, cors
from tfgen.sandbox.gateway.calls import Call, CallError, Failure
from tfgen.sandbox.gateway.deployed import HttpTarget
from tfgen.sandbox.gateway.events import http_event_1, http_event_2
from tfgen.sandbox.gateway.jwt import Asked, Claims, RefusedError, authorize
from tfgen.sandbox.gateway.replies import MalformedError, http_reply_1, http_reply_2
from tfgen.sandbox.gateway.request import Request
from tfgen.sandbox.gateway.response import Response, refuse_http, unsupported
from tfgen.sandbox.gateway.snapshots import match_path, precedence, split_path
from tfgen.sandbox.gateway.throttle import refused_route
from tfgen.sandbox.gateway.trail import Trail, context
from tfgen.sandbox.invocation import Invoke

if TYPE_CHECKING:
    from moto.apigatewayv2.models import Integration, Route


def answer_http(target: HttpTarget, request: Request, invoke: Invoke) -> Response:
    """Answers for a stage of an HTTP API.

    Args:
        target: the stage.
        request: what is asked.
        invoke: runs functions.

    Returns:
        The response, with the headers that every response of an HTTP API has.
    """
    trail = Trail()
    settings = cors.settings_of(target.api.cors_configuration)
    if settings is not None and cors.is_preflight(request):
        response = cors.answer_preflight(settings, request)
    else:
        response = _answer(target, request, invoke, trail)
        if settings is not None:
            response = cors.with_cors(settings, request, response)
    latency = int((time.time() - request.moment.seconds) * 1000)
    access_log.write(target.stage, context(target, request, response, trail, latency))
    return response.with_headers(("Apigw-Requestid", request.moment.short_id))


def not_found(reason: str) -> Response:
    """Refuses what is not there as HTTP APIs do: a host, a stage, a route."""
    return refuse_http(404, "Not Found", reason)


def _answer(target: HttpTarget, request: Request, invoke: Invoke, trail: Trail) -> Response:
    if request.too_large:
        return _too_large("The request is over 10 MB")
    found = _route(target, request.method)
    if found is None:
        return not_found(f"There is no route for {request.method} {target.path}")
    route, parameters = found
    trail.route, trail.resource = route.route_key, route.route_key.partition(" ")[2] or None
    limit = refused_route(target.stage, route.route_key)
    if limit is not None:
        return refuse_http(429, "Too Many Requests", f"The route {route.route_key} takes {limit}")
    try:
        trail.claims = _claims(target, route, request)
    except RefusedError as error:
        trail.authorizer_error = error.reason
        word = "Forbidden" if error.status == 403 else "Unauthorized"
        refusal = refuse_http(error.status, word, error.reason)
        return refusal.with_headers(("www-authenticate", error.challenge))
    refused = _unauthorized(route, request)
    if refused is not None:
        trail.authorizer_error = refused.message
        return refused
    return _integrate(target, request, route, parameters, invoke=invoke, trail=trail)


def _integrate(
    target: HttpTarget,
    request: Request,
    route: Route,
    parameters: dict[str, str],
    *,
    invoke: Invoke,
    trail: Trail,
) -> Response:
    integration = _integration(target, route)
    if integration is None:
        return _internal(f"The route {route.route_key} has no integration")
    if integration.integration_type != "AWS_PROXY" or integration.integration_subtype:
        kind = integration.integration_subtype or integration.integration_type
        return unsupported(f"The sandbox has no integrations of type {kind}")
    old = integration.payload_format_version == "1.0"
    event = (http_event_1 if old else http_event_2)(
        target, request, route=route.route_key, parameters=parameters, claims=trail.claims
    )
    started = time.monotonic()
    try:
        payload = _call(target, request, route, integration).run(invoke, event)
        reply = http_reply_1(payload) if old else http_reply_2(payload)
    except CallError as error:
        trail.integration_error = error.reason
        return _failed(error)
    except MalformedError as error:
        trail.integration_error = error.reason
        return _internal(error.reason)
    finally:
        trail.integration_ms = int((time.monotonic() - started) * 1000)
    trail.integration_status = reply.status
    return reply


def _route(target: HttpTarget, method: str) -> tuple[Route, dict[str, str]] | None:
    """Finds the route, with its path parameters, which HTTP APIs decode.

    A full match goes first, then the longest greedy one, then ``$default``.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html#http-api-develop-routes.evaluation
    """
    segments = split_path(target.path)
    fitting = []
    fallback = None
    for route in list(target.api.routes.values()):
        name, _, path = route.route_key.partition(" ")
        if not path:
            fallback = (route, dict[str, str]()) if name == "$default" else fallback
            continue
        parts = split_path(path)
        found = match_path(parts, segments) if name in {method, "ANY"} else None
        if found is not None:
            fitting.append((precedence(parts), name == "ANY", route, found))
    if not fitting:
        return fallback
    _, _, route, found = min(fitting, key=lambda each: each[:2])
    return route, {parameter: unquote(value) for parameter, value in found.items()}


def _integration(target: HttpTarget, route: Route) -> Integration | None:
    return target.api.integrations.get((route.target or "").removeprefix("integrations/"))


def _call(target: HttpTarget, request: Request, route: Route, integration: Integration) -> Call:
    from moto.utilities.utils import get_partition

    api = (
        f"arn:{get_partition(target.region)}:execute-api:{target.region}:{target.account}:"
        f"{target.api.api_id}/{target.stage.name}"
    )
    name, _, path = route.route_key.partition(" ")
    names = dict.fromkeys((request.method, name)) if path else ("$default",)
    return Call(
        uri=integration.integration_uri or "",
        variables=target.stage.stage_variables or {},
        sources=tuple(f"{api}/{each}{path}" for each in names),
        account=target.account,
        timeout=float(integration.timeout_in_millis or 30_000) / 1000,
        role=bool(integration.credentials_arn),
    )


def _claims(target: HttpTarget, route: Route, request: Request) -> Claims | None:
    """Returns what the token says that the route asks for; None if it asks for none.

    Raises:
        RefusedError: the token does not let the client in.
    """
    if route.authorization_type != "JWT":
        return None
    authorizer = target.api.authorizers.get(route.authorizer_id or "")
    if authorizer is None:
        raise RefusedError(401, "Bearer", f"The route {route.route_key} has no authorizer")
    # moto calls text what it keeps as it came, a JSON object and a list.
    asked = Asked.of(authorizer.jwt_config, authorizer.identity_source)
    return authorize(request, asked, tuple(route.authorization_scopes or ()))


def _unauthorized(route: Route, request: Request) -> Response | None:
    """Refuses whom the route's authorization keeps out; what the sandbox cannot check is said.

    A signature is not verified: whoever signs is let in.
    """
    credentials = request.header("Authorization")
    match route.authorization_type or "NONE":
        case "NONE" | "JWT":
            return None
        case "AWS_IAM":
            if (credentials or "").startswith("AWS4-"):
                return None
            return refuse_http(403, "Forbidden", "The route asks for a signature (AWS_IAM)")
        case other:
            if credentials is None:
                return refuse_http(401, "Unauthorized", f"The route asks for a token ({other})")
            return unsupported(f"The sandbox runs no authorizers of type {other}")


def _failed(error: CallError) -> Response:
    match error.failure:
        case Failure.TIMEOUT | Failure.THROTTLED:
            return refuse_http(503, "Service Unavailable", error.reason)
        case Failure.TOO_LARGE:
            return _too_large(error.reason)
        case Failure.DENIED | Failure.CONFIGURATION | Failure.FUNCTION:
            return _internal(error.reason)


def _internal(reason: str) -> Response:
    return refuse_http(500, "Internal Server Error", reason)


def _too_large(reason: str) -> Response:
    return refuse_http(413, "Request Entity Too Large", reason)
