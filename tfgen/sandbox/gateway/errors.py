"""Gateway responses: what a REST API answers in the function's place, as its developer wants it.

https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-gatewayResponse-definition.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Final
from urllib.parse import parse_qs

from tfgen.sandbox.gateway.request import Request
from tfgen.sandbox.gateway.response import Response, header_text
from tfgen.sandbox.gateway.snapshots import GatewayResponse, Snapshot

_HEADER: Final = "gatewayresponse.header."
_JSON: Final = "application/json"
_VARIABLE: Final = re.compile(r"\$(context|stageVariables)\.([A-Za-z0-9_]+(?:\.[A-Za-z0-9_]+)*)")


def customize(
    snapshot: Snapshot,
    request: Request,
    response: Response,
    variables: Mapping[str, str],
    stage_variables: Mapping[str, str],
) -> Response:
    """Makes an error response what the API has for its type, or for all of its class.

    Args:
        snapshot: what is deployed.
        request: what was asked.
        response: the error as API Gateway has it by default.
        variables: its ``$context``.
        stage_variables: of the stage.
    """
    if response.kind is None:
        return response
    of_class = f"DEFAULT_{response.status // 100}XX"
    default = snapshot.errors.get(of_class)
    own = snapshot.errors.get(response.kind, default)
    if own is None:
        return response
    status = own.status or (default.status if default is not None else None) or response.status
    headers = {
        name.removeprefix(_HEADER): _value(value, request, variables, stage_variables)
        for name, value in own.parameters.items()
        if name.startswith(_HEADER)
    }
    template = _template(own, request)
    names = {name.lower() for name in headers}
    kept = tuple((name, value) for name, value in response.headers if name.lower() not in names)
    added = tuple(
        (name, header_text(value)) for name, value in headers.items() if value is not None
    )
    if template is None:
        return replace(response, status=status, headers=(*kept, *added))
    media_type, text = template
    scopes = {"context": variables, "stageVariables": stage_variables}
    body = _VARIABLE.sub(lambda found: scopes[found[1]].get(found[2], ""), text)
    typed = tuple(each for each in kept if each[0].lower() != "content-type")
    if "content-type" not in names:
        typed = (("Content-Type", media_type), *typed)
    return replace(response, status=status, headers=(*typed, *added), body=body.encode())


def _template(own: GatewayResponse, request: Request) -> tuple[str, str] | None:
    """Returns the template for what the client accepts, with its media type."""
    if not own.templates:
        return None
    wanted = (request.header("Accept") or "").partition(",")[0].partition(";")[0].strip()
    media_type = next((each for each in (wanted, _JSON) if each in own.templates), None)
    if media_type is None:
        media_type = next(iter(own.templates))
    return media_type, own.templates[media_type]


def _value(
    value: str,
    request: Request,
    variables: Mapping[str, str],
    stage_variables: Mapping[str, str],
) -> str | None:
    """Returns what a parameter stands for; None if there is no such thing in the request."""
    if len(value) > 1 and value[0] == value[-1] == "'":
        return value[1:-1]
    for start, found in (
        ("method.request.header.", request.header),
        ("method.request.querystring.", lambda name: parse_qs(request.query).get(name, [None])[-1]),
        ("context.", variables.get),
        ("stageVariables.", stage_variables.get),
    ):
        if value.startswith(start):
            return found(value.removeprefix(start))
    return None
