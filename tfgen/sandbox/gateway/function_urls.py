"""Function URLs: a function, or an alias of one, that answers HTTP by itself.

https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from types import SimpleNamespace
from typing import Any, Final

from tfgen.sandbox.functions.urls import FunctionUrl, find_url
from tfgen.sandbox.gateway import cors, deployed
from tfgen.sandbox.gateway.deployed import HttpTarget
from tfgen.sandbox.gateway.events import Event, http_event_2
from tfgen.sandbox.gateway.replies import MalformedError, http_reply_2
from tfgen.sandbox.gateway.request import Request
from tfgen.sandbox.gateway.response import Response, unsupported
from tfgen.sandbox.invocation import Invoke, InvokeError

#: The largest request: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
LARGEST_BODY: Final = 6 * 1024 * 1024

_HELP: Final = "https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html"
_CREDENTIAL: Final = re.compile(r"AWS4-[A-Z0-9-]+ Credential=([^/,\s]+)/")

# Both must be granted since October 2025: https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
_ACTIONS: Final = ("lambda:InvokeFunctionUrl", "lambda:InvokeFunction")


def answer_url(request: Request, invoke: Invoke) -> Response:
    """Answers for the host of a function URL.

    Args:
        request: what is asked.
        invoke: runs functions.

    Returns:
        The response, with the headers that every response of a function URL has.
    """
    url = find_url(request.host)
    if url is None:
        response = _refuse(404, "Not Found", f"No function has the URL https://{request.host}/")
    else:
        settings = _cors(url)
        if settings is not None and cors.is_preflight(request):
            preflight = cors.answer_preflight(settings, request)
            response = Response(200, preflight.headers, b"")
        else:
            response = _answer(url, request, invoke)
            if settings is not None:
                response = cors.with_cors(settings, request, response)
    return response.with_headers(
        ("x-amzn-RequestId", request.moment.request_id),
        ("X-Amzn-Trace-Id", request.moment.trace_answer),
    )


def _answer(url: FunctionUrl, request: Request, invoke: Invoke) -> Response:
    if request.too_large or len(request.body) > LARGEST_BODY:
        return _refuse(413, "Request Entity Too Large", "The request is over 6 MB")
    denied = _why_denied(url, request)
    if denied is not None:
        message = f"Forbidden. For troubleshooting Function URL authorization issues, see: {_HELP}"
        return _refuse(403, message, denied, error="AccessDeniedException")
    if url.mode != "BUFFERED":
        return unsupported(f"The sandbox has no function URLs of the mode {url.mode}")
    payload = json.dumps(_event(url, request), ensure_ascii=False, separators=(",", ":")).encode()
    try:
        done = invoke(url.region, url.function, url.qualifier, payload)
    except InvokeError as error:
        return _failed(error)
    if done.error is not None:
        said = " ".join(done.payload.decode("utf-8", "replace").split())[:300]
        return _broken(f"The function failed: {said}")
    try:
        return http_reply_2(done.payload)
    except MalformedError as error:
        return _broken(error.reason)


def _failed(error: InvokeError) -> Response:
    reason = f"{error.code}: {error.message}"
    if error.status == 429:
        return _refuse(429, "Rate Exceeded.", reason, error=error.code)
    if error.status == 413:
        return _refuse(413, "Request Entity Too Large", reason)
    return _broken(reason)


def _broken(reason: str) -> Response:
    """Answers for a function that did not: in plain text, and without saying why."""
    headers = (("Content-Type", "application/octet-stream"),)
    return Response(502, headers, b"Internal Server Error", reason)


def _refuse(status: int, message: str, reason: str, *, error: str | None = None) -> Response:
    headers = [("Content-Type", "application/json")]
    if error is not None:
        headers.append(("x-amzn-ErrorType", error))
    body = json.dumps({"Message": message}, separators=(",", ":")).encode()
    return Response(status, tuple(headers), body, reason)


def _event(url: FunctionUrl, request: Request) -> Event:
    """Makes the event: format 2.0 as an HTTP API's `$default` route and stage make it."""
    api: Any = SimpleNamespace(api_id=url.id)
    stage: Any = SimpleNamespace(name="$default", stage_variables=None)
    target = HttpTarget(
        region=url.region,
        account=deployed.account() if url.auth == "AWS_IAM" else "anonymous",
        api=api,
        stage=stage,
        host=url.host,
        path=request.path,
        whole_path=request.path,
        base="",
    )
    event = http_event_2(target, request, route="$default", parameters={})
    context = event["requestContext"] | {"requestId": request.moment.request_id}
    if (key := _access_key(request)) is not None and url.auth == "AWS_IAM":
        context["authorizer"] = {"iam": _caller(key)}
    return event | {"requestContext": context}


def _caller(key: str) -> Mapping[str, str | None]:
    """Returns who calls: whoever signs is the account itself, because no signature is verified."""
    account = deployed.account()
    return {
        "accessKey": key,
        "accountId": account,
        "callerId": account,
        "cognitoIdentity": None,
        "principalOrgId": None,
        "userArn": f"arn:aws:iam::{account}:root",
        "userId": account,
    }


def _access_key(request: Request) -> str | None:
    found = _CREDENTIAL.match(request.header("Authorization") or "")
    return found[1] if found else None


def _cors(url: FunctionUrl) -> cors.Cors | None:
    configured = url.cors
    if not configured:
        return None
    age = configured.get("MaxAge")
    return cors.Cors(
        origins=tuple(configured.get("AllowOrigins") or ()),
        methods=tuple(configured.get("AllowMethods") or ()),
        headers=tuple(configured.get("AllowHeaders") or ()),
        exposed=tuple(configured.get("ExposeHeaders") or ()),
        max_age=int(age) if age else None,
        credentials=bool(configured.get("AllowCredentials")),
    )


def _why_denied(url: FunctionUrl, request: Request) -> str | None:
    """Says why a client is kept out; None if it is not.

    One of the account needs no permission of the function's, and IAM policies are not enforced
    here. Anybody else needs both, from the policy of what the URL belongs to.
    """
    if url.auth == "AWS_IAM":
        if _access_key(request) is not None:
            return None
        return "The URL asks for a signature (AWS_IAM)"
    statements = _policy(url)
    for action in _ACTIONS:
        if not any(_allows(each, url, action) for each in statements):
            return (
                f"The policy of {url.arn} does not let everybody do {action}; a public URL needs "
                f"{' and '.join(_ACTIONS)}, each in an aws_lambda_permission with that qualifier"
            )
    return None


def _policy(url: FunctionUrl) -> list[Mapping[str, Any]]:
    from moto.awslambda.models import lambda_backends

    function = lambda_backends[deployed.account()][url.region].get_function(url.function, None)
    return list(function.policy.statements)


def _allows(statement: Mapping[str, Any], url: FunctionUrl, action: str) -> bool:
    context = {
        "lambda:functionurlauthtype": url.auth,
        "lambda:invokedviafunctionurl": "true",
    }
    conditions: Mapping[str, Mapping[str, Any]] = statement.get("Condition") or {}
    return (
        statement.get("Effect") == "Allow"
        and statement.get("Resource") == url.arn
        and statement.get("Action") == action
        and _is_everybody(statement.get("Principal"))
        and all(
            operator in {"StringEquals", "Bool"}
            and context.get(key.lower()) in {str(each) for each in _list(wanted)}
            for operator, keys in conditions.items()
            for key, wanted in keys.items()
        )
    )


def _is_everybody(principal: object) -> bool:
    return principal == "*" or (isinstance(principal, Mapping) and principal.get("AWS") == "*")


def _list(value: object) -> Iterable[object]:
    return value if isinstance(value, (list, tuple)) else (value,)
