"""Lambda's Invoke: functions run in processes of this machine.

moto runs them in Docker, from images that it has to fetch, one container for each invocation, and
knows neither errors that a function does not catch nor the version that ran.
https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
"""

from __future__ import annotations

import base64
import json
import logging
from collections.abc import Mapping, MutableMapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, TypeAlias
from urllib.parse import parse_qs, unquote

from tfgen.sandbox.functions.functions import Functions
from tfgen.sandbox.invocation import InvokeError
from tfgen.sandbox.patches.expect import expect_method

if TYPE_CHECKING:
    from moto.awslambda.models import LambdaBackend, LambdaFunction
    from moto.awslambda.responses import LambdaResponse

Response: TypeAlias = tuple[int, dict[str, str], bytes]

_log = logging.getLogger("tfgen.sandbox")

# moto gives every answer a random ID, and Lambda's is the one that is in the function's log.
_REQUEST_ID: Final = "x-tfgen-request-id"


def patch(functions: Functions) -> None:
    """Changes moto's Lambda.

    Args:
        functions: what runs functions.

    Raises:
        TfgenError: moto does not have what this builds on.
    """
    _patch_api(functions)
    _patch_services(functions)


def _patch_api(functions: Functions) -> None:
    from moto.awslambda.responses import LambdaResponse

    expect_method(LambdaResponse, "invoke")
    expect_method(LambdaResponse, "invoke_async")
    call_action = expect_method(LambdaResponse, "call_action")

    def call_and_name_the_request(self: LambdaResponse) -> Response:
        status, headers, body = call_action(self)
        if (request_id := headers.pop(_REQUEST_ID, None)) is not None:
            headers["x-amzn-requestid"] = request_id
        return status, headers, body

    def invoke(self: LambdaResponse) -> Response:
        call = _Call(self)
        try:
            return _invoke(functions, call, self.headers.get("X-Amz-Invocation-Type"))
        except InvokeError as error:
            return _refusal(error)

    def invoke_async(self: LambdaResponse) -> Response:
        call = _Call(self)
        try:
            functions.invoke_later(call.region, call.function, None, call.payload)
        except InvokeError as error:
            return _refusal(error)
        return _answer(HTTPStatus.ACCEPTED, {}, b'{"Status":202}')

    LambdaResponse.call_action = call_and_name_the_request  # type: ignore[method-assign, assignment]
    LambdaResponse.invoke = invoke  # type: ignore[method-assign]
    LambdaResponse.invoke_async = invoke_async  # type: ignore[method-assign]


class _Call:
    """What a request to Lambda's API asks for."""

    def __init__(self, request: LambdaResponse) -> None:
        body = request.body or b""
        parts = request.path.rstrip("/").split("/")
        context = request.headers.get("X-Amz-Client-Context")
        # Not moto's own, for which an event without a query is a form.
        query: Mapping[str, list[Any]] = parse_qs(request.parsed_url.query)
        self.region: str = request.region
        self.function = unquote(parts[parts.index("functions") + 1])
        self.qualifier: str | None = query.get("Qualifier", [None])[0]
        self.payload: bytes = body.encode() if isinstance(body, str) else body
        self.context = base64.b64decode(context).decode() if context else None
        self.trace: str | None = request.headers.get("X-Amzn-Trace-Id")
        self.wants_log = request.headers.get("X-Amz-Log-Type") == "Tail"


def _invoke(functions: Functions, call: _Call, kind: str | None) -> Response:
    asked = (call.region, call.function, call.qualifier, call.payload)
    if kind == "DryRun":
        functions.check(*asked)
        return _answer(HTTPStatus.NO_CONTENT, {}, b"")
    _require_json(call.payload)
    if kind == "Event":
        request_id = functions.invoke_later(*asked, client_context=call.context, trace=call.trace)
        return _answer(HTTPStatus.ACCEPTED, {_REQUEST_ID: request_id}, b"")
    done = functions.invoke(*asked, client_context=call.context, trace=call.trace)
    headers = {
        "Content-Type": "application/json",
        _REQUEST_ID: done.request_id,
        "X-Amz-Executed-Version": done.version,
    }
    if done.error is not None:
        headers["X-Amz-Function-Error"] = done.error
    if call.wants_log:
        headers["X-Amz-Log-Result"] = base64.b64encode(done.log).decode()
    return _answer(HTTPStatus.OK, headers, done.payload)


def _answer(status: HTTPStatus | int, headers: dict[str, str], body: bytes) -> Response:
    # moto takes the status from this header and from nowhere else.
    return int(status), headers | {"status": str(int(status))}, body


def _require_json(payload: bytes) -> None:
    try:
        json.loads(payload or b"{}")
    except ValueError as error:
        raise InvokeError(
            "InvalidRequestContentException",
            HTTPStatus.BAD_REQUEST,
            f"Could not parse request body into json: {error}",
        ) from error


def _refusal(error: InvokeError) -> Response:
    said = {"Type": "Service" if error.status >= 500 else "User", "Message": error.message}
    if error.code == "TooManyRequestsException":
        said["Reason"] = "ReservedFunctionConcurrentInvocationLimitExceeded"
    headers = {"Content-Type": "application/json", "x-amzn-ErrorType": error.code}
    return _answer(error.status, headers, json.dumps(said).encode())


def _patch_services(functions: Functions) -> None:
    """Lets the other services of moto run functions.

    A queue waits for its function, to know whether it may delete the message, and so does what
    goes through the backend. A table, a topic and a log group do not wait in AWS either; here they
    must not, because they are called in the middle of a request that the function may wait for.
    """
    from moto.awslambda.models import LambdaBackend, LambdaFunction

    expect_method(LambdaFunction, "invoke", "body", "request_headers", "response_headers")
    expect_method(
        LambdaBackend,
        "invoke",
        *("function_name", "qualifier", "body", "headers", "response_headers"),
    )

    def invoke_later(
        self: LambdaFunction,
        body: str,
        request_headers: Any,
        response_headers: Any,
    ) -> bytes:
        del request_headers, response_headers
        payload = _encoded(body)
        try:
            functions.invoke_later(self.region, self.function_name, str(self.version), payload)
        except InvokeError as error:
            _log.warning("an event for %s was dropped: %s", self.function_name, error.message)
        return b""

    def invoke(  # noqa: PLR0917 (moto decides)
        self: LambdaBackend,
        function_name: str,
        qualifier: str | None,
        body: Any,
        headers: Any,
        response_headers: MutableMapping[str, Any],
    ) -> bytes:
        del headers
        try:
            done = functions.invoke(self.region_name, function_name, qualifier, _encoded(body))
        except InvokeError as error:
            response_headers["x-amz-function-error"] = error.code
            return b""
        if done.error is not None:
            response_headers["x-amz-function-error"] = done.error
        return done.payload

    LambdaFunction.invoke = invoke_later  # type: ignore[method-assign]
    LambdaBackend.invoke = invoke  # type: ignore[method-assign]


def _encoded(body: str | bytes | None) -> bytes:
    return body.encode() if isinstance(body, str) else body or b""
