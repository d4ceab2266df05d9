"""MOCK integrations: what they answer is made by mapping templates, and by nobody behind them.

https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-mock-integration.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from tfgen.sandbox.gateway.deployed import RestTarget
from tfgen.sandbox.gateway.events import rest_event
from tfgen.sandbox.gateway.request import Request
from tfgen.sandbox.gateway.response import Response, header_text, refuse_rest, unsupported
from tfgen.sandbox.gateway.snapshots import Integration, IntegrationResponse, Match
from tfgen.sandbox.gateway.variables import (
    Input,
    Map,
    Overrides,
    TemplateUnsupportedError,
    Util,
    to_value,
)
from tfgen.sandbox.gateway.velocity import TemplateFailedError, evaluate

_STATUS: Final = re.compile(r"""['"]?statusCode['"]?\s*:\s*(\d{3})\b""")
_BREAKS: Final = re.compile(r"[\r\n\0]")
_HEADER: Final = "method.response.header."
_JSON: Final = "application/json"


def answer_mock(
    target: RestTarget,
    request: Request,
    match: Match,
    integration: Integration,
    binary_types: Sequence[str],
) -> Response:
    """Answers for a MOCK integration.

    Args:
        target: the stage.
        request: what is asked.
        match: what answers it.
        integration: the method's integration.
        binary_types: the API's binary media types.

    Returns:
        The response that its status code selects; a refusal if a template cannot be evaluated.
    """
    variables = _variables(target, request, match, binary_types)
    try:
        return _answer(request, integration, variables)
    except TemplateFailedError as error:
        return _misconfigured(str(error))
    except TemplateUnsupportedError as error:
        return unsupported(str(error))


def _answer(request: Request, integration: Integration, variables: dict[str, Any]) -> Response:
    template = _for_type(integration.templates, request.header("Content-Type") or _JSON)
    found = _STATUS.search(evaluate(template, variables))
    if found is None:
        return _misconfigured("The request template of the MOCK integration has no statusCode")
    selected = _select(integration.responses, found[1])
    if selected is None:
        return _misconfigured(f"No integration response of the MOCK fits {found[1]}")
    # What a MOCK answers with, before it is mapped, is empty.
    variables["input"] = Input("", variables["input"].params())
    body = evaluate(_for_type(selected.templates, request.header("Accept") or _JSON), variables)
    overrides = variables["context"]["responseOverride"]
    status = str(overrides.get("status", selected.status))
    if not re.fullmatch(r"[2-5]\d\d", status):
        return _misconfigured(f"The mapping template makes the status {status!r}")
    headers = _headers(selected.parameters, variables) | overrides["header"]
    named = {name.lower(): (name, _header(name, value)) for name, value in headers.items()}
    sent = {"content-type": ("Content-Type", _JSON)} | {
        key: (name, value) for key, (name, value) in named.items() if value
    }
    return Response(int(status), tuple(sent.values()), body.encode())


def _variables(
    target: RestTarget, request: Request, match: Match, binary_types: Sequence[str]
) -> dict[str, Any]:
    """Returns the variables of the templates: of the event that a function would get."""
    event = rest_event(target, request, match, binary_types)
    params = {
        "path": event["pathParameters"] or {},
        "querystring": event["queryStringParameters"] or {},
        "header": event["headers"],
    }
    context = to_value(event["requestContext"] | {"xrayTraceId": request.moment.trace})
    context["requestOverride"] = Overrides({name: Overrides() for name in params})
    context["responseOverride"] = Overrides({"header": Overrides()})
    return {
        "context": context,
        "input": Input(event["body"] or "", to_value(params)),
        "stageVariables": to_value(event["stageVariables"] or {}),
        "util": Util(),
    }


def _headers(parameters: Mapping[str, str], variables: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the headers that the parameters map.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-parameter-mapping-sources.html
    """
    return {
        name.removeprefix(_HEADER): _mapped(source, variables)
        for name, source in parameters.items()
        if name.startswith(_HEADER)
    }


def _header(name: str, value: Any) -> str:
    text = "" if value is None else str(value)
    if _BREAKS.search(name + text):
        raise TemplateFailedError(f"HTTP does not allow the header {name!r}: {text!r}")
    return header_text(text)


def _mapped(source: str, variables: Mapping[str, Any]) -> Any:
    """Returns what a parameter stands for; nothing if there is no such thing."""
    if len(source) > 1 and source[0] == source[-1] == "'":
        return source[1:-1]
    scope, _, path = source.partition(".")
    if source.startswith("integration.response."):
        # A MOCK's own response has neither headers nor a body.
        return None
    if scope not in {"context", "stageVariables"}:
        raise TemplateFailedError(f"API Gateway maps no {source} into a response")
    value = variables[scope]
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Map) else None
    return value


def _select(responses: tuple[IntegrationResponse, ...], status: str) -> IntegrationResponse | None:
    for each in responses:
        if each.pattern and re.fullmatch(each.pattern, status):
            return each
    return next((each for each in responses if not each.pattern), None)


def _for_type(templates: Mapping[str, str], media_type: str) -> str:
    plain = media_type.partition(",")[0].partition(";")[0].strip()
    fallback = templates.get(_JSON) or next(iter(templates.values()), "")
    return templates.get(plain) or fallback


def _misconfigured(reason: str) -> Response:
    return refuse_rest(
        500,
        "Internal server error",
        "InternalServerErrorException",
        reason,
        "API_CONFIGURATION_ERROR",
    )
