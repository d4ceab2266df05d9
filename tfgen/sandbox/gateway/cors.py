"""CORS of HTTP APIs, which API Gateway answers for by itself.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Any

from tfgen.sandbox.gateway.request import Request
from tfgen.sandbox.gateway.response import Response


@dataclass(frozen=True, slots=True)
class Cors:
    """An API's configuration.

    Attributes:
        origins: for example ``https://example.com``, ``https://*`` or ``*``.
        methods: for example ``GET`` or ``*``.
        headers: those that a request may have.
        exposed: those of a response that a page may read.
        max_age: seconds for which a preflight counts; None leaves that to the browser.
        credentials: whether cookies may come along.
    """

    origins: tuple[str, ...]
    methods: tuple[str, ...]
    headers: tuple[str, ...]
    exposed: tuple[str, ...]
    max_age: int | None
    credentials: bool


def settings_of(configuration: Any) -> Cors | None:
    """Reads what moto keeps; None if the API has no CORS configuration."""
    if not isinstance(configuration, Mapping) or not configuration:
        return None
    age = configuration.get("maxAge")
    return Cors(
        origins=tuple(configuration.get("allowOrigins") or ()),
        methods=tuple(configuration.get("allowMethods") or ()),
        headers=tuple(configuration.get("allowHeaders") or ()),
        exposed=tuple(configuration.get("exposeHeaders") or ()),
        max_age=None if age is None else int(age),
        credentials=bool(configuration.get("allowCredentials")),
    )


def is_preflight(request: Request) -> bool:
    """Says whether a browser asks whether it may ask."""
    return (
        request.method == "OPTIONS"
        and request.header("Origin") is not None
        and request.header("Access-Control-Request-Method") is not None
    )


def answer_preflight(settings: Cors, request: Request) -> Response:
    """Answers a browser that asks whether it may ask; without headers, it may not."""
    allowed = _allowed(settings, request)
    if not allowed:
        return Response(204, (), b"")
    lists = [
        ("Access-Control-Allow-Methods", settings.methods),
        ("Access-Control-Allow-Headers", settings.headers),
    ]
    headers = [*allowed, *_lists(lists)]
    if settings.max_age is not None:
        headers.append(("Access-Control-Max-Age", str(settings.max_age)))
    return Response(204, tuple(headers), b"")


def with_cors(settings: Cors, request: Request, response: Response) -> Response:
    """Puts the API's CORS headers in the place of those that a function returned."""
    kept = tuple(
        (name, value)
        for name, value in response.headers
        if not name.lower().startswith("access-control-")
    )
    allowed = _allowed(settings, request)
    exposed = _lists([("Access-Control-Expose-Headers", settings.exposed)]) if allowed else []
    headers = (*kept, *allowed, *exposed)
    return replace(response, headers=headers)


def _allowed(settings: Cors, request: Request) -> list[tuple[str, str]]:
    origin = request.header("Origin")
    if origin is None:
        return []
    if "*" in settings.origins:
        answer = "*"
    elif any(fnmatchcase(origin.lower(), each.lower()) for each in settings.origins):
        answer = origin
    else:
        return []
    headers = [("Access-Control-Allow-Origin", answer)]
    if settings.credentials:
        headers.append(("Access-Control-Allow-Credentials", "true"))
    return headers


def _lists(headers: Iterable[tuple[str, tuple[str, ...]]]) -> list[tuple[str, str]]:
    return [(name, ",".join(values)) for name, values in headers if values]
