"""What a REST API makes of what its function returns, and of one that does not."""

from __future__ import annotations

import base64
import threading
from typing import Any

import pytest

from tests.sandbox.gateway.world import ACCOUNT, LONDON, Answered, Rest, World, rest_app
from tfgen.sandbox.gateway.replies import MalformedError, rest_reply
from tfgen.sandbox.invocation import InvokeError


def test_a_response(world: World) -> None:
    world.functions.answer = lambda _event: {
        "statusCode": "201",
        "headers": {"Test-Header": "value", "flag": True, "number": 7, "none": None},
        "body": "äb",
    }
    answered = world.ask(rest_app(LONDON).host, "/live/x")
    assert (answered.status, answered.body.decode()) == (201, "äb")
    assert answered.header("Test-Header") == "value"
    assert (answered.header("flag"), answered.header("number")) == ("true", "7")
    assert answered.header("none") is None
    assert answered.header("Content-Type") == "application/json"
    assert answered.header("Content-Length") == "3"
    context = world.event["requestContext"]
    assert answered.header("x-amzn-RequestId") == context["requestId"]
    assert answered.header("x-amz-apigw-id") == context["extendedRequestId"]
    trace = answered.header("X-Amzn-Trace-Id") or ""
    assert trace.startswith(world.event["headers"]["X-Amzn-Trace-Id"])


# Recorded from a REST API in AWS: nothing is required, and nothing else is allowed.
@pytest.mark.parametrize("returned", [{}, {"headers": {"a": "b"}}, {"statusCode": 200}])
def test_every_field_may_be_left_out(world: World, returned: dict[str, Any]) -> None:
    world.functions.answer = lambda _event: returned
    answered = world.ask(rest_app(LONDON).host, "/live/x")
    assert (answered.status, answered.body) == (200, b"")


@pytest.mark.parametrize(
    ("returned", "reason"),
    [
        ({"statusCode": 200, "wrongValue": "x"}, "an unknown key, wrongValue"),
        ({"statusCode": "test"}, "the statusCode 'test'"),
        ({"statusCode": 99}, "the statusCode 99"),
        ({"statusCode": True}, "the statusCode True"),
        ({"statusCode": 200, "multiValueHeaders": {"a": "b"}}, "that is no list"),
        ({"statusCode": 200, "headers": ["a"]}, "headers that are no object"),
        ({"statusCode": 200, "headers": {"a": ["b"]}}, "a header a that is no string"),
        ({"statusCode": 200, "headers": {"a": "b\r\nc: d"}}, "that HTTP does not allow"),
        ({"statusCode": 200, "headers": {"a b": "c"}}, "that HTTP does not allow"),
        ({"statusCode": 200, "body": {"a": 1}}, "use json.dumps"),
        ("justAString", "a str instead of a response"),
        (None, "nothing instead of a response"),
        (b"<html>", "not JSON"),
    ],
)
def test_a_malformed_response_is_a_502(world: World, returned: Any, reason: str) -> None:
    world.functions.answer = lambda _event: returned
    _is_error(_ask(world), 502, reason)


def test_multiple_headers_come_first_and_decide_the_spelling(world: World) -> None:
    world.functions.answer = lambda _event: {
        "multiValueHeaders": {"tesT-Multi": ["1", "2"], "Set-Cookie": ["a=1", "b=2"]},
        "headers": {"test-multi": "solo"},
    }
    answered = world.ask(rest_app(LONDON).host, "/live/x")
    found = [pair for pair in answered.headers if pair[0].lower() == "test-multi"]
    assert found == [("tesT-Multi", "1"), ("tesT-Multi", "2"), ("tesT-Multi", "solo")]
    assert [value for name, value in answered.headers if name == "Set-Cookie"] == ["a=1", "b=2"]


def test_headers_of_the_gateways_own_are_remapped(world: World) -> None:
    world.functions.answer = lambda _event: {
        "headers": {
            "Content-Length": "99",
            "Server": "mine",
            "WWW-Authenticate": "Basic",
            "Transfer-Encoding": "chunked",
            "Content-Type": "text/html",
        },
        "body": "ok",
    }
    answered = world.ask(rest_app(LONDON).host, "/live/x")
    assert answered.header("x-amzn-Remapped-Content-Length") == "99"
    assert answered.header("x-amzn-Remapped-Server") == "mine"
    assert answered.header("x-amzn-Remapped-WWW-Authenticate") == "Basic"
    assert (answered.header("Content-Length"), answered.header("Content-Type")) == (
        "2",
        "text/html",
    )
    assert answered.header("Transfer-Encoding") is None


@pytest.mark.parametrize(
    ("types", "accept", "decoded"),
    [
        ((), "image/png", False),
        (("image/png",), "image/png", True),
        (("image/png",), "image/png,text/html;q=0.9", True),
        (("image/png",), "text/html,image/png", False),
        (("image/png",), "*/*", False),
        (("*/*",), "text/html", True),
        (("*/*",), None, True),
    ],
)
def test_base64_is_decoded_if_the_first_accepted_type_is_binary(
    world: World, types: tuple[str, ...], accept: str | None, decoded: bool
) -> None:
    from moto.apigateway.models import apigateway_backends

    api = rest_app(LONDON)
    apigateway_backends[ACCOUNT][LONDON].apis[api.id].binaryMediaTypes = list(types)
    api.deploy()
    encoded = base64.b64encode(b"\x89PNG")
    world.functions.answer = lambda _event: {"body": encoded.decode(), "isBase64Encoded": True}
    answered = world.ask(api.host, "/live/x", headers={"Accept": accept} if accept else {})
    assert answered.body == (b"\x89PNG" if decoded else encoded)


def test_what_is_not_base64_is_malformed() -> None:
    with pytest.raises(MalformedError, match="not base64"):
        rest_reply(b'{"body": "a", "isBase64Encoded": true}', accepts_binary=True)


def test_head_and_no_content_have_no_body(world: World) -> None:
    api = rest_app(LONDON)
    assert world.ask(api.host, "/live/x", "HEAD").body == b""
    world.functions.answer = lambda _event: {"statusCode": 204, "body": "ignored"}
    answered = world.ask(api.host, "/live/x")
    assert (answered.status, answered.body, answered.header("Content-Length")) == (204, b"", None)


def test_a_function_that_fails_is_a_502(world: World) -> None:
    world.functions.error = "Unhandled"
    world.functions.answer = lambda _event: {"errorMessage": "boom", "errorType": "ValueError"}
    _is_error(_ask(world), 502, "The function failed: ", "boom")


@pytest.mark.parametrize(
    ("code", "status", "answer", "message"),
    [
        ("RequestEntityTooLargeException", 413, 413, "Request Too Long"),
        ("TooManyRequestsException", 429, 500, "Internal server error"),
        ("ResourceNotFoundException", 404, 500, "Internal server error"),
        ("InvalidRuntimeException", 502, 502, "Internal server error"),
    ],
)
def test_an_invocation_that_lambda_refuses(
    world: World, code: str, status: int, answer: int, message: str
) -> None:
    def refuse(_event: Any) -> Any:
        raise InvokeError(code, status, "it cannot run here")

    world.functions.answer = refuse
    answered = _ask(world)
    assert (answered.status, answered.json) == (answer, {"message": message})
    assert answered.header("X-Tfgen-Reason") == f"{code}: it cannot run here"


def test_a_function_that_takes_too_long(world: World) -> None:
    api = rest_app(LONDON)
    _set_timeout(api, 100)
    released = threading.Event()
    world.functions.answer = lambda _event: released.wait(60)
    try:
        answered = world.ask(api.host, "/live/x", headers={"X-Tfgen-Region": LONDON})
    finally:
        released.set()
    assert (answered.status, answered.json) == (504, {"message": "Endpoint request timed out"})
    assert "the integration's 0.1 seconds" in (answered.header("X-Tfgen-Reason") or "")


def test_requests_over_10_mb_are_refused(world: World) -> None:
    api = rest_app(LONDON)
    most = b"x" * (10 * 1024 * 1024)
    assert world.ask(api.host, "/live/x", "POST", {}, most).status == 200
    answered = world.ask(api.host, "/live/x", "POST", {}, most + b"x")
    assert (answered.status, answered.json) == (413, {"message": "Request Too Long"})
    assert len(world.functions.events) == 1


def test_the_reason_is_for_the_sandboxs_own_client(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world.functions.answer = lambda _event: None
    answered = world.ask(rest_app(LONDON).host, "/live/x")
    assert answered.header("X-Tfgen-Reason") is None
    assert "502: The function returned nothing instead of a response" in caplog.text


def _ask(world: World) -> Answered:
    return world.ask(rest_app(LONDON).host, "/live/x", headers={"X-Tfgen-Region": LONDON})


def _set_timeout(api: Rest, milliseconds: int) -> None:
    api.method("/slow", timeoutInMillis=milliseconds)
    api.method("/{proxy+}", timeoutInMillis=milliseconds).deploy()


def _is_error(answered: Answered, status: int, *reasons: str) -> None:
    assert (answered.status, answered.json) == (status, {"message": "Internal server error"})
    assert answered.header("x-amzn-ErrorType") == "InternalServerErrorException"
    assert answered.header("x-amzn-RequestId")
    assert answered.header("X-Amzn-Trace-Id") is None
    for reason in reasons:
        assert reason in (answered.header("X-Tfgen-Reason") or "")
