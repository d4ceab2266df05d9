"""MOCK integrations, as far as CORS preflights need them: fixed values, and a choice by header.

https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-mock-integration.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from tfgen.sandbox.gateway.request import Request
from tfgen.sandbox.gateway.response import Response, refuse_rest, unsupported
from tfgen.sandbox.gateway.snapshots import Integration, IntegrationResponse
from tfgen.sandbox.gateway.template import NotComputedError, fill

_STATUS: Final = re.compile(r"""['"]?statusCode['"]?\s*:\s*(\d{3})""")
_HEADER: Final = "method.response.header."
_JSON: Final = "application/json"


def answer_mock(integration: Integration, request: Request) -> Response:
    """Answers for a MOCK integration.

    Args:
        integration: the integration.
        request: what is asked.

    Returns:
        The response that its status code selects; a refusal if that has to be computed.
    """
    template = _for_type(integration.templates, request.header("Content-Type") or _JSON)
    found = _STATUS.search(template)
    if found is None:
        return _misconfigured("The request template of the MOCK integration has no statusCode")
    selected = _select(integration.responses, found.group(1))
    if selected is None:
        return _misconfigured(f"No integration response of the MOCK fits {found.group(1)}")
    dynamic = [value for value in selected.parameters.values() if not _is_fixed(value)]
    if dynamic:
        return _not_computed(dynamic[0])
    try:
        answer = fill(_for_type(selected.templates, request.header("Accept") or _JSON), request)
    except NotComputedError as error:
        return _not_computed(str(error))
    fixed = {
        name.removeprefix(_HEADER): value[1:-1]
        for name, value in selected.parameters.items()
        if name.startswith(_HEADER)
    }
    headers = list({**fixed, **answer.headers}.items())
    if not any(name.lower() == "content-type" for name, _ in headers):
        headers.append(("Content-Type", _JSON))
    return Response(int(selected.status), tuple(headers), answer.body.encode())


def _not_computed(what: str) -> Response:
    return unsupported(f"The sandbox's MOCK integrations answer with fixed values, not {what}")


def _select(responses: tuple[IntegrationResponse, ...], status: str) -> IntegrationResponse | None:
    for each in responses:
        if each.pattern and re.fullmatch(each.pattern, status):
            return each
    return next((each for each in responses if not each.pattern), None)


def _for_type(templates: Mapping[str, str], media_type: str) -> str:
    plain = media_type.partition(",")[0].partition(";")[0].strip()
    fallback = templates.get(_JSON) or next(iter(templates.values()), "")
    return templates.get(plain) or fallback


def _is_fixed(value: str) -> bool:
    return len(value) > 1 and value[0] == value[-1] == "'"


def _misconfigured(reason: str) -> Response:
    return refuse_rest(
        500,
        "Internal server error",
        "InternalServerErrorException",
        reason,
        "API_CONFIGURATION_ERROR",
    )
