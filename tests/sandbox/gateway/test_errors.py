"""Gateway responses and compression: what a REST API makes of its own answers."""

from __future__ import annotations

import gzip
import zlib
from typing import Any

import pytest

from tests.sandbox.gateway.world import LONDON, Rest, World, allow, make_function

ORIGIN = {"gatewayresponse.header.Access-Control-Allow-Origin": "'*'"}


def app(**responses: dict[str, Any]) -> Rest:
    """An API with a method for everybody and one for who signs."""
    made = Rest(LONDON, make_function(LONDON)).method("/").method("/iam", authorization="AWS_IAM")
    allow(LONDON, made.id)
    for kind, settings in responses.items():
        made.client.put_gateway_response(restApiId=made.id, responseType=kind, **settings)
    return made.deploy()


def test_errors_get_the_headers_of_their_class(world: World) -> None:
    made = app(
        DEFAULT_4XX={"responseParameters": ORIGIN},
        DEFAULT_5XX={"responseParameters": ORIGIN, "statusCode": "500"},
    )
    refused = world.ask(made.host, "/live/iam")
    assert (refused.status, refused.json) == (403, {"message": "Missing Authentication Token"})
    assert refused.header("Access-Control-Allow-Origin") == "*"
    assert refused.header("x-amzn-ErrorType") == "MissingAuthenticationTokenException"
    world.functions.answer = lambda _event: b"no JSON"
    failed = world.ask(made.host, "/live/")
    assert (failed.status, failed.json) == (500, {"message": "Internal server error"})
    assert failed.header("Access-Control-Allow-Origin") == "*"
    world.functions.answer = lambda _event: {"statusCode": 404, "body": "mine"}
    own = world.ask(made.host, "/live/")
    assert (own.status, own.header("Access-Control-Allow-Origin")) == (404, None)


def test_a_type_of_its_own_goes_before_its_class(world: World) -> None:
    made = app(
        DEFAULT_4XX={"statusCode": "400", "responseParameters": ORIGIN},
        MISSING_AUTHENTICATION_TOKEN={
            "statusCode": "404",
            "responseParameters": {
                "gatewayresponse.header.X-Origin": "method.request.header.Origin",
                "gatewayresponse.header.X-Query": "method.request.querystring.a",
                "gatewayresponse.header.X-Method": "context.httpMethod",
                "gatewayresponse.header.X-None": "method.request.header.None",
            },
            "responseTemplates": {
                "application/json": '{"error":$context.error.messageString}',
                "text/plain": "$context.error.responseType",
            },
        },
    )
    headers = {"Origin": "https://example.com", "Accept": "text/plain"}
    answered = world.ask(made.host, "/live/none?a=1", headers=headers)
    assert (answered.status, answered.body) == (404, b"MISSING_AUTHENTICATION_TOKEN")
    assert answered.header("Content-Type") == "text/plain"
    assert answered.header("X-Origin") == "https://example.com"
    assert (answered.header("X-Query"), answered.header("X-Method")) == ("1", "GET")
    assert answered.header("X-None") is None
    assert answered.header("Access-Control-Allow-Origin") is None
    assert world.ask(made.host, "/live/none").json == {"error": "Missing Authentication Token"}


def test_a_header_of_the_request_comes_back_as_it_was(world: World) -> None:
    source = {"gatewayresponse.header.X-Origin": "method.request.header.Origin"}
    made = app(DEFAULT_4XX={"responseParameters": source})
    sent = "https://b\u00fccher.example/\u20ac"
    headers = {"origin": sent.encode().decode("latin-1")}
    answered = world.ask(made.host, "/live/iam", headers=headers)
    assert (answered.header("X-Origin") or "").encode("latin-1").decode() == sent
    assert world.ask(made.host, "/live/iam").header("X-Origin") is None


def test_a_gateway_response_goes_live_with_a_deployment(world: World) -> None:
    made = app()
    made.client.put_gateway_response(
        restApiId=made.id, responseType="DEFAULT_4XX", responseParameters=ORIGIN
    )
    assert world.ask(made.host, "/live/iam").header("Access-Control-Allow-Origin") is None
    made.deploy()
    assert world.ask(made.host, "/live/iam").header("Access-Control-Allow-Origin") == "*"


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [("gzip, br", "gzip"), ("deflate", "deflate"), ("*", "gzip"), ("br", None), ("gzip;q=0", None)],
)
def test_a_large_body_is_compressed(world: World, accepted: str, coding: str | None) -> None:
    made = app()
    made.client.update_rest_api(
        restApiId=made.id,
        patchOperations=[{"op": "replace", "path": "/minimumCompressionSize", "value": "100"}],
    )
    made.deploy()
    world.functions.answer = lambda _event: {"statusCode": 200, "body": "a" * 100}
    answered = world.ask(made.host, "/live/", headers={"Accept-Encoding": accepted})
    assert answered.header("Content-Encoding") == coding
    assert answered.header("Content-Length") == str(len(answered.body))
    assert _plain(answered.body, coding) == b"a" * 100
    world.functions.answer = lambda _event: {"statusCode": 200, "body": "a" * 99}
    small = world.ask(made.host, "/live/", headers={"Accept-Encoding": accepted})
    assert small.header("Content-Encoding") is None


def _plain(body: bytes, coding: str | None) -> bytes:
    match coding:
        case "gzip":
            return gzip.decompress(body)
        case "deflate":
            return zlib.decompress(body)
        case _:
            return body


def test_what_is_compressed_already_stays_as_it_is(world: World) -> None:
    made = app()
    made.client.update_rest_api(
        restApiId=made.id,
        patchOperations=[{"op": "replace", "path": "/minimumCompressionSize", "value": "0"}],
    )
    made.deploy()
    headers = {"Content-Encoding": "br"}
    world.functions.answer = lambda _event: {"statusCode": 200, "headers": headers, "body": "b"}
    answered = world.ask(made.host, "/live/", headers={"Accept-Encoding": "gzip"})
    assert (answered.header("Content-Encoding"), answered.body) == ("br", b"b")
