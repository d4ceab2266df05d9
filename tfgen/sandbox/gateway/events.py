"""The events that functions get: payload format 1.0 of REST and HTTP APIs, and 2.0 of HTTP APIs.

What the formats leave open was settled by recorded events of AWS's: REST APIs pass the path on
percent-encoded, HTTP APIs decode it; absent values are null in 1.0 and left out in 2.0.
https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final
from urllib.parse import parse_qsl, unquote

from tfgen.sandbox.gateway.deployed import HttpTarget, RestTarget
from tfgen.sandbox.gateway.jwt import Claims
from tfgen.sandbox.gateway.request import Request
from tfgen.sandbox.gateway.snapshots import Match

# https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html
_DROPPED: Final = frozenset(
    {
        "connection",
        "content-length",
        "content-md5",
        "expect",
        "max-forwards",
        "proxy-authenticate",
        "server",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "www-authenticate",
    }
)
_HOP_BY_HOP: Final = frozenset({"connection", "expect", "te", "trailer", "transfer-encoding"})
_ADDED: Final = frozenset(
    {"host", "x-amzn-trace-id", "x-forwarded-for", "x-forwarded-port", "x-forwarded-proto"}
)

# What HTTP APIs pass on as text. Everything else is binary for them, forms included.
_TEXT: Final = frozenset({"application/json", "application/javascript", "application/xml"})

_NOBODY: Final = (
    "accessKey",
    "accountId",
    "caller",
    "cognitoAuthenticationProvider",
    "cognitoAuthenticationType",
    "cognitoIdentityId",
    "cognitoIdentityPoolId",
    "principalOrgId",
    "user",
    "userArn",
)

Event = dict[str, Any]


def rest_event(
    target: RestTarget,
    request: Request,
    match: Match,
    binary_types: Sequence[str],
) -> Event:
    """Makes the event of a REST API.

    Args:
        target: the stage.
        request: what is asked.
        match: what answers it.
        binary_types: the API's binary media types.
    """
    headers = _grouped([*_passed_on(request, target.host, _DROPPED), *_edge(target, request)])
    query = _grouped_query(request.query)
    binary = is_binary(request.header("Content-Type"), binary_types)
    context = {
        "accountId": target.account,
        "apiId": target.api.id,
        "deploymentId": target.stage.deployment_id,
        "domainName": target.host,
        "domainPrefix": target.host.partition(".")[0],
        "extendedRequestId": request.moment.short_id,
        "httpMethod": request.method,
        "identity": _identity(request),
        "path": target.whole_path,
        "protocol": request.protocol,
        "requestId": request.moment.request_id,
        "requestTime": request.moment.text,
        "requestTimeEpoch": request.moment.milliseconds,
        "resourceId": match.resource.id,
        "resourcePath": match.resource.path,
        "stage": target.stage.name,
    }
    if match.method.operation:
        context["operationName"] = match.method.operation
    return {
        "resource": match.resource.path,
        "path": target.whole_path if target.custom else "/" + target.path.lstrip("/"),
        "httpMethod": request.method,
        "headers": {name: values[-1] for name, values in headers.items()},
        "multiValueHeaders": headers,
        "queryStringParameters": {name: values[-1] for name, values in query.items()} or None,
        "multiValueQueryStringParameters": query or None,
        "pathParameters": dict(match.parameters) or None,
        "stageVariables": dict(target.stage.variables or {}) or None,
        "requestContext": context,
        "body": _encoded(request.body, binary=binary),
        "isBase64Encoded": binary and bool(request.body),
    }


def http_event_1(
    target: HttpTarget,
    request: Request,
    *,
    route: str,
    parameters: Mapping[str, str],
    claims: Claims | None = None,
) -> Event:
    """Makes the event of an HTTP API whose integration asks for format 1.0.

    Args:
        target: the stage.
        request: what is asked.
        route: the key of the route that it matches.
        parameters: its path parameters.
        claims: of the client's token, if the route asks for one.
    """
    headers = _grouped(_lower(_passed_on(request, target.host, _HOP_BY_HOP)))
    query = _grouped_query(request.query)
    binary = bool(request.body) and not _is_text(request)
    path = unquote(target.whole_path)
    resource = route.partition(" ")[2] or route
    return {
        "version": "1.0",
        "resource": resource,
        "path": path,
        "httpMethod": request.method,
        "headers": {name: values[-1] for name, values in headers.items()},
        "multiValueHeaders": headers,
        "queryStringParameters": {name: values[-1] for name, values in query.items()} or None,
        "multiValueQueryStringParameters": query or None,
        "requestContext": {
            "accountId": target.account,
            "apiId": target.api.api_id,
            "domainName": target.host,
            "domainPrefix": target.host.partition(".")[0],
            "extendedRequestId": request.moment.short_id,
            "httpMethod": request.method,
            "identity": _identity(request) | {"cognitoAmr": None},
            "path": path,
            "protocol": request.protocol,
            "requestId": request.moment.short_id,
            "requestTime": request.moment.text,
            "requestTimeEpoch": request.moment.milliseconds,
            "resourceId": route,
            "resourcePath": resource,
            "stage": target.stage.name,
            **_authorizer(claims),
        },
        "pathParameters": dict(parameters) or None,
        "stageVariables": dict(target.stage.stage_variables or {}) or None,
        "body": _encoded(request.body, binary=binary),
        "isBase64Encoded": binary,
    }


def http_event_2(
    target: HttpTarget,
    request: Request,
    *,
    route: str,
    parameters: Mapping[str, str],
    claims: Claims | None = None,
) -> Event:
    """Makes the event of an HTTP API in format 2.0.

    Args:
        target: the stage.
        request: what is asked.
        route: the key of the route that it matches.
        parameters: its path parameters.
        claims: of the client's token, if the route asks for one.
    """
    headers = _grouped(_lower(_passed_on(request, target.host, _HOP_BY_HOP)))
    headers["content-length"] = [str(len(request.body))]
    cookies = [part for line in headers.pop("cookie", []) for part in line.split("; ") if part]
    query = _grouped_query(request.query)
    binary = bool(request.body) and not _is_text(request)
    stage = target.stage.name
    path = "/" + unquote(target.path).lstrip("/")
    if stage != "$default":
        path = f"/{stage}{path}"
    optional = {
        "cookies": cookies,
        "queryStringParameters": {name: ",".join(values) for name, values in query.items()},
        "pathParameters": dict(parameters),
        "stageVariables": dict(target.stage.stage_variables or {}),
        "body": _encoded(request.body, binary=binary),
    }
    return {
        "version": "2.0",
        "routeKey": route,
        "rawPath": path,
        "rawQueryString": request.query,
        "headers": {name: ",".join(values) for name, values in headers.items()},
        "requestContext": {
            "accountId": target.account,
            "apiId": target.api.api_id,
            "domainName": target.host,
            "domainPrefix": target.host.partition(".")[0],
            "http": {
                "method": request.method,
                "path": path,
                "protocol": request.protocol,
                "sourceIp": request.source_ip,
                "userAgent": request.header("User-Agent") or "",
            },
            "requestId": request.moment.short_id,
            "routeKey": route,
            "stage": stage,
            "time": request.moment.text,
            "timeEpoch": request.moment.milliseconds,
            **({"authorizer": {"jwt": _authorizer(claims)["authorizer"]}} if claims else {}),
        },
        **{name: value for name, value in optional.items() if value},
        "isBase64Encoded": binary,
    }


def _authorizer(claims: Claims | None) -> Event:
    if claims is None:
        return {}
    scopes = None if claims.scopes is None else list(claims.scopes)
    return {"authorizer": {"claims": dict(claims.values), "scopes": scopes}}


def is_binary(media_type: str | None, binary_types: Sequence[str]) -> bool:
    """Says whether a REST API takes a media type as binary.

    Args:
        media_type: of a ``Content-Type``; of an ``Accept``, only the first type counts:
            https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-payload-encodings-workflow.html
        binary_types: the API's, ``image/*`` and ``*/*`` included.
    """
    if "*/*" in binary_types:
        return True
    plain = (media_type or "").partition(",")[0].partition(";")[0].strip().lower()
    group = f"{plain.partition('/')[0]}/*"
    return any(each.lower() in {plain, group} for each in binary_types) and bool(plain)


def _passed_on(request: Request, host: str, dropped: frozenset[str]) -> Iterable[tuple[str, str]]:
    forwarded = [value for name, value in request.headers if name.lower() == "x-forwarded-for"]
    yield from (
        (name, value)
        for name, value in request.headers
        if name.lower() not in dropped and name.lower() not in _ADDED
    )
    yield "Host", host
    yield "X-Amzn-Trace-Id", request.moment.trace
    yield "X-Forwarded-For", ", ".join([*forwarded, request.source_ip])
    yield "X-Forwarded-Port", "443"
    yield "X-Forwarded-Proto", "https"


def _edge(target: RestTarget, request: Request) -> Iterable[tuple[str, str]]:
    """Returns what CloudFront adds, except where the client is: nobody here knows that."""
    if not target.edge:
        return []
    return [
        ("CloudFront-Forwarded-Proto", "https"),
        ("CloudFront-Is-Desktop-Viewer", "true"),
        ("CloudFront-Is-Mobile-Viewer", "false"),
        ("CloudFront-Is-SmartTV-Viewer", "false"),
        ("CloudFront-Is-Tablet-Viewer", "false"),
        ("Via", f"1.1 {request.moment.short_parent}.cloudfront.net (CloudFront)"),
        ("X-Amz-Cf-Id", request.moment.request_id),
    ]


def _identity(request: Request) -> dict[str, str | None]:
    known = {"sourceIp": request.source_ip, "userAgent": request.header("User-Agent")}
    return dict.fromkeys(_NOBODY) | known


def _lower(headers: Iterable[tuple[str, str]]) -> Iterable[tuple[str, str]]:
    return ((name.lower(), value) for name, value in headers)


def _grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Groups values by name; names that differ in case only go with the first of them."""
    names: dict[str, str] = {}
    groups: dict[str, list[str]] = {}
    for name, value in pairs:
        groups.setdefault(names.setdefault(name.lower(), name), []).append(value)
    return groups


def _grouped_query(query: str) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = {}
    for name, value in parse_qsl(query, keep_blank_values=True, errors="replace"):
        groups.setdefault(name, []).append(value)
    return groups


def _is_text(request: Request) -> bool:
    plain = (request.header("Content-Type") or "").partition(";")[0].strip().lower()
    if not (plain.startswith("text/") or plain in _TEXT):
        return False
    try:
        request.body.decode()
    except UnicodeDecodeError:
        return False
    return True


def _encoded(body: bytes, *, binary: bool) -> str | None:
    if not body:
        return None
    if binary:
        return base64.b64encode(body).decode()
    # A REST API that knows no binary type for it spoils what is not UTF-8, and so does this.
    return body.decode("utf-8", "replace")
