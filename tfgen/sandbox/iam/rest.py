"""The operation that a method and a path stand for, from botocore's models of the services."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, unquote

if TYPE_CHECKING:
    from botocore.loaders import Loader

# How signatures name a service, where botocore's folder of its model has another name.
_MODELS: Final[Mapping[str, str]] = {
    "aoss": "opensearchserverless",
    "elasticfilesystem": "efs",
    "es": "opensearch",
    "execute-api": "apigatewaymanagementapi",
    "mediastore": "mediastore-data",
    "mobiletargeting": "pinpoint",
    "ses": "sesv2",
}
_LABEL: Final = re.compile(r"\{(\w+)(\+?)\}")


@dataclass(frozen=True, slots=True)
class _Route:
    """An operation as a path.

    Attributes:
        operation: its name.
        method: the HTTP method.
        path: what matches the path, with a group for each label.
        labels: the names of the labels, in order.
        literal: how many signs of the path are no label.
        query: what the query has to have, and None for any value.
        headers: which headers have to be there.
        members: whether the body has the rest of what it takes, and is not something for itself.
    """

    operation: str
    method: str
    path: re.Pattern[str]
    labels: tuple[str, ...]
    literal: int
    query: tuple[tuple[str, str | None], ...]
    headers: frozenset[str]
    members: bool

    def fits(self, query: Mapping[str, str], headers: Collection[str]) -> bool:
        return self.headers <= set(headers) and all(
            name in query and value in {None, query[name]} for name, value in self.query
        )


@dataclass(frozen=True, slots=True)
class Match:
    """What a method and a path stand for.

    Attributes:
        operation: its name.
        labels: what the path says, by the names of the API.
        members: whether the body says the rest, and is not something for itself.
    """

    operation: str
    labels: Mapping[str, str]
    members: bool


def match(
    service: str, method: str, path: str, query: Mapping[str, str], headers: Collection[str]
) -> Match | None:
    """Returns the operation that a request is for, and what its path says.

    Args:
        service: as signatures name it.
        method: the HTTP method.
        path: with escapes.
        query: what the query says.
        headers: the names of the headers, in lower case.

    Returns:
        The operation; None if there is none, or no such model.
    """
    best: tuple[tuple[int, int], _Route, re.Match[str]] | None = None
    path = path.rstrip("/") or "/"
    for route in _routes(service):
        if route.method != method or not route.fits(query, headers):
            continue
        if (found := route.path.fullmatch(path)) is None:
            continue
        rank = (len(route.query) + len(route.headers), route.literal)
        if best is None or rank > best[0]:
            best = rank, route, found
    if best is None:
        return None
    _, route, found = best
    values = (unquote(each) for each in found.groups())
    labels = dict(zip(route.labels, values, strict=True))
    return Match(route.operation, labels, route.members)


@cache
def _routes(service: str) -> tuple[_Route, ...]:
    from botocore.exceptions import UnknownServiceError
    from botocore.loaders import Loader

    try:
        model = _model(Loader(), _MODELS.get(service, service))
    except UnknownServiceError:
        return ()
    return tuple(
        _route(name, operation, model["shapes"])
        # CloudFront's have a date in the name that they carry themselves.
        for name, operation in model["operations"].items()
        if "requestUri" in operation["http"]
    )


def _model(loader: Loader, name: str) -> Mapping[str, Any]:
    model: Mapping[str, Any] = loader.load_service_model(name, "service-2")
    return model


def _route(name: str, operation: Mapping[str, Any], shapes: Mapping[str, Any]) -> _Route:
    uri, _, fixed = operation["http"]["requestUri"].partition("?")
    uri = uri.rstrip("/") or "/"
    shape = shapes.get(operation.get("input", {}).get("shape"), {})
    required = [shape["members"][name] for name in shape.get("required", [])]
    query = [(name, value or None) for name, value in parse_qsl(fixed, keep_blank_values=True)]
    query += [
        (each["locationName"], None) for each in required if each.get("location") == "querystring"
    ]
    headers = {
        each["locationName"].lower() for each in required if each.get("location") == "header"
    }
    # By the API's names, and not by those in the path.
    names = {
        each.get("locationName", name): name
        for name, each in shape.get("members", {}).items()
        if each.get("location") == "uri"
    }
    labels = [label for label, _ in _LABEL.findall(uri)]
    return _Route(
        operation=name,
        method=operation["http"]["method"],
        path=re.compile(_expression(uri)),
        labels=tuple(names.get(label, label) for label in labels),
        literal=len(_LABEL.sub("", uri)),
        query=tuple(query),
        headers=frozenset(headers),
        members="payload" not in shape,
    )


def _expression(uri: str) -> str:
    expression, end = "", 0
    for found in _LABEL.finditer(uri):
        expression += re.escape(uri[end : found.start()]) + ("(.+)" if found[2] else "([^/]+)")
        end = found.end()
    return expression + re.escape(uri[end:])
