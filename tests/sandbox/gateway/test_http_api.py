"""HTTP APIs: both payload formats, routes, what their functions return, and CORS."""

from __future__ import annotations

import base64
import re
import threading
from typing import Any

import pytest

from tests.sandbox.gateway.world import (
    ACCOUNT,
    DOMAIN,
    LONDON,
    Http,
    World,
    get,
    make_function,
)

# https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
KEYS = {
    "version": str,
    "routeKey": str,
    "rawPath": str,
    "rawQueryString": str,
    "cookies": list,
    "headers": dict,
    "queryStringParameters": dict,
    "requestContext": dict,
    "body": str,
    "pathParameters": dict,
    "isBase64Encoded": bool,
    "stageVariables": dict,
}
CONTEXT = {
    "accountId": str,
    "apiId": str,
    "domainName": str,
    "domainPrefix": str,
    "http": dict,
    "requestId": str,
    "routeKey": str,
    "stage": str,
    "time": str,
    "timeEpoch": int,
}
KEYS_1 = {
    "version": str,
    "resource": str,
    "path": str,
    "httpMethod": str,
    "headers": dict,
    "multiValueHeaders": dict,
    "queryStringParameters": dict,
    "multiValueQueryStringParameters": dict,
    "requestContext": dict,
    "pathParameters": dict,
    "stageVariables": dict,
    "body": str,
    "isBase64Encoded": bool,
}
JSON = {"Content-Type": "application/json"}


def test_format_2_has_every_key(world: World) -> None:
    api = _api().route("POST /items/{id}").stage(variables={"v": "1"})
    sent = {"Cookie": "a=1; b=2", "User-Agent": "test/1"} | JSON
    world.ask(api.host, "/items/7%2F8?a=1&a=2&b=%20", "POST", sent, b"{}")
    event = world.event
    assert {key: type(value) for key, value in event.items()} == KEYS
    context = event["requestContext"]
    assert {key: type(value) for key, value in context.items()} == CONTEXT
    assert context["http"] == {
        "method": "POST",
        "path": "/items/7/8",
        "protocol": "HTTP/1.1",
        "sourceIp": "198.51.100.7",
        "userAgent": "test/1",
    }
    assert (event["version"], event["routeKey"]) == ("2.0", "POST /items/{id}")
    assert (event["rawPath"], event["rawQueryString"]) == ("/items/7/8", "a=1&a=2&b=%20")
    assert event["queryStringParameters"] == {"a": "1,2", "b": " "}
    assert event["pathParameters"] == {"id": "7/8"}
    assert event["cookies"] == ["a=1", "b=2"]
    assert event["stageVariables"] == {"v": "1"}
    assert (event["body"], event["isBase64Encoded"]) == ("{}", False)
    assert (context["accountId"], context["apiId"]) == (ACCOUNT, api.id)
    assert (context["stage"], context["routeKey"]) == ("$default", "POST /items/{id}")
    assert re.fullmatch(r"[\w-]{15}=", context["requestId"])


def test_format_2_leaves_out_what_is_not_there(world: World) -> None:
    world.ask(_api().route("GET /").stage().host, "/")
    absent = {"cookies", "queryStringParameters", "body", "pathParameters", "stageVariables"}
    assert world.event.keys() == KEYS.keys() - absent
    assert world.event["rawQueryString"] == ""
    assert world.event["headers"].keys() == {
        "content-length",
        "host",
        "x-amzn-trace-id",
        "x-forwarded-for",
        "x-forwarded-port",
        "x-forwarded-proto",
    }
    assert world.event["headers"]["content-length"] == "0"


def test_format_2_joins_headers(world: World) -> None:
    api = _api().route("$default").stage()
    with world.served() as port:
        get(port, api.host, "/", [("X-Twice", "1"), ("x-twice", "2"), ("Cookie", "a=1")])
    assert world.event["headers"]["x-twice"] == "1,2"
    assert "cookie" not in world.event["headers"]
    assert world.event["cookies"] == ["a=1"]


def test_format_1_has_every_key(world: World) -> None:
    api = _api().route("ANY /items/{proxy+}", "1.0").stage("dev", {"v": "1"})
    world.ask(api.host, "/dev/items/a%20b?a=1&a=2", "PUT", JSON, b"{}")
    event, context = world.event, world.event["requestContext"]
    assert {key: type(value) for key, value in event.items()} == KEYS_1
    assert event["version"] == "1.0"
    assert (event["resource"], context["resourcePath"]) == ("/items/{proxy+}",) * 2
    assert context["resourceId"] == "ANY /items/{proxy+}"
    assert (event["path"], context["path"]) == ("/dev/items/a b",) * 2
    assert event["pathParameters"] == {"proxy": "a b"}
    assert event["multiValueQueryStringParameters"] == {"a": ["1", "2"]}
    assert context["requestId"] == context["extendedRequestId"]
    assert context["identity"]["sourceIp"] == "198.51.100.7"
    assert event["headers"].keys() == event["multiValueHeaders"].keys()


# Recorded from an HTTP API in AWS.
@pytest.mark.parametrize(
    ("media_type", "binary"),
    [
        ("text/plain; charset=utf-8", False),
        ("application/json", False),
        ("application/xml", False),
        ("application/javascript", False),
        ("application/x-www-form-urlencoded", True),
        ("application/octet-stream", True),
        ("multipart/form-data; boundary=x", True),
        (None, True),
    ],
)
@pytest.mark.parametrize("version", ["1.0", "2.0"])
def test_what_is_not_text_is_base64(
    world: World, version: str, media_type: str | None, binary: bool
) -> None:
    api = _api().route("$default", version).stage()
    headers = {"Content-Type": media_type} if media_type else {}
    world.ask(api.host, "/", "POST", headers, b"a=1")
    wanted = base64.b64encode(b"a=1").decode() if binary else "a=1"
    assert (world.event["body"], world.event["isBase64Encoded"]) == (wanted, binary)


@pytest.mark.parametrize(
    ("stage", "asked", "raw"),
    [("$default", "/a/", "/a/"), ("$default", "/dev/a", "/dev/a"), ("dev", "/dev/a", "/dev/a")],
)
def test_a_stage_in_the_path(world: World, stage: str, asked: str, raw: str) -> None:
    world.ask(_api().route("$default").stage(stage).host, asked)
    assert (world.event["rawPath"], world.event["requestContext"]["stage"]) == (raw, stage)


def test_a_domain_takes_its_mapping_off_the_path_of_format_2_only(world: World) -> None:
    api = _api().route("GET /a", "1.0").route("GET /b").stage()
    api.client.create_domain_name(DomainName=DOMAIN)
    api.client.create_api_mapping(
        ApiId=api.id, DomainName=DOMAIN, Stage="$default", ApiMappingKey="v1"
    )
    world.ask(DOMAIN, "/v1/a")
    assert world.event["path"] == "/v1/a"
    world.ask(DOMAIN, "/v1/b")
    assert world.event["rawPath"] == "/b"
    assert world.ask(DOMAIN, "/v2/a").status == 403


def test_which_route_is_taken(world: World) -> None:
    keys = [
        "$default",
        "ANY /{proxy+}",
        "GET /pets/{proxy+}",
        "GET /pets/{id}",
        "ANY /pets/{id}",
        "GET /pets/dog",
    ]
    api = _api()
    for key in keys:
        api.route(key)
    api.stage()
    taken = {}
    for method, path in [
        ("GET", "/pets/dog"),
        ("GET", "/pets/7"),
        ("POST", "/pets/7"),
        ("POST", "/pets/dog"),
        ("GET", "/pets/7/a"),
        ("POST", "/pets/7/a"),
        ("GET", "/"),
    ]:
        world.ask(api.host, path, method)
        taken[f"{method} {path}"] = world.event["routeKey"]
    assert taken == {
        "GET /pets/dog": "GET /pets/dog",
        "GET /pets/7": "GET /pets/{id}",
        "POST /pets/7": "ANY /pets/{id}",
        "POST /pets/dog": "ANY /pets/{id}",
        "GET /pets/7/a": "GET /pets/{proxy+}",
        "POST /pets/7/a": "ANY /{proxy+}",
        "GET /": "$default",
    }


def test_what_is_not_there(world: World) -> None:
    api = _api().route("GET /a").stage("dev")
    for path in ("/dev/b", "/dev/a/", "/a", "/"):
        answered = world.ask(api.host, path)
        assert (answered.status, answered.json) == (404, {"message": "Not Found"})


def test_a_host_that_is_disabled(world: World) -> None:
    api = _api().route("$default").stage()
    api.client.update_api(ApiId=api.id, DisableExecuteApiEndpoint=True)
    assert world.ask(api.host, "/").json == {"message": "Not Found"}


@pytest.mark.parametrize(
    ("returned", "body", "media_type"),
    [
        ("Hello", b"Hello", "application/json"),
        ({"message": "Hello"}, b'{"message": "Hello"}', "application/json"),
        ([1], b"[1]", "application/json"),
        (None, b"null", "application/json"),
        ({"statusCode": 200, "body": "Hello"}, b"Hello", "text/plain;charset=UTF-8"),
        ({"statusCode": 200, "body": "SGk=", "isBase64Encoded": True}, b"Hi", None),
        ({"statusCode": 200, "headers": {"content-type": "text/css"}}, b"", "text/css"),
    ],
)
def test_format_2_infers_the_response(
    world: World, returned: Any, body: bytes, media_type: str | None
) -> None:
    world.functions.answer = lambda _event: returned
    answered = world.ask(_api().route("$default").stage().host, "/")
    assert (answered.status, answered.body) == (200, body)
    assert media_type is None or answered.header("Content-Type") == media_type
    assert answered.header("Apigw-Requestid") == world.event["requestContext"]["requestId"]


def test_format_2_sets_cookies(world: World) -> None:
    world.functions.answer = lambda _event: {
        "statusCode": 204,
        "cookies": ["a=1; Secure", "b=2"],
        "headers": {"Connection": "close"},
    }
    answered = world.ask(_api().route("$default").stage().host, "/")
    cookies = [value for name, value in answered.headers if name == "Set-Cookie"]
    assert (answered.status, cookies) == (204, ["a=1; Secure", "b=2"])
    assert answered.header("Connection") is None


@pytest.mark.parametrize(
    ("version", "returned"),
    [
        ("1.0", {"body": "no status"}),
        ("1.0", "Hello"),
        ("2.0", {"statusCode": "x"}),
        ("2.0", {"statusCode": 200, "body": {}}),
        ("2.0", {"statusCode": 200, "cookies": "a=1"}),
        ("2.0", b"<html>"),
    ],
)
def test_a_malformed_response_is_a_500(world: World, version: str, returned: Any) -> None:
    world.functions.answer = lambda _event: returned
    answered = world.ask(_api().route("$default", version).stage().host, "/")
    assert (answered.status, answered.json) == (500, {"message": "Internal Server Error"})


def test_format_1_returns_as_a_rest_api_does(world: World) -> None:
    world.functions.answer = lambda _event: {
        "statusCode": 200,
        "multiValueHeaders": {"Set-Cookie": ["a=1", "b=2"]},
        "body": "ok",
    }
    answered = world.ask(_api().route("$default", "1.0").stage().host, "/")
    assert [value for name, value in answered.headers if name == "Set-Cookie"] == ["a=1", "b=2"]


def test_a_function_that_fails_or_is_not_allowed(world: World) -> None:
    world.functions.error = "Unhandled"
    answered = world.ask(_api().route("$default").stage().host, "/")
    assert (answered.status, answered.json) == (500, {"message": "Internal Server Error"})
    world.functions.error = None
    arn = make_function(LONDON, "closed")
    closed = Http(LONDON, arn, permitted=False).route("$default").stage()
    assert world.ask(closed.host, "/").status == 500
    assert len(world.functions.events) == 1


def test_a_function_that_takes_too_long(world: World) -> None:
    api = _api().route("$default", integration={"TimeoutInMillis": 100}).stage()
    released = threading.Event()
    world.functions.answer = lambda _event: released.wait(60)
    try:
        answered = world.ask(api.host, "/")
    finally:
        released.set()
    assert (answered.status, answered.json) == (503, {"message": "Service Unavailable"})


def test_requests_over_10_mb_are_refused(world: World) -> None:
    api = _api().route("$default").stage()
    answered = world.ask(api.host, "/", "POST", {}, b"x" * (10 * 1024 * 1024 + 1))
    assert (answered.status, answered.json) == (413, {"message": "Request Entity Too Large"})


def test_routes_with_authorization(world: World) -> None:
    api = _api().route("GET /iam", AuthorizationType="AWS_IAM")
    api.route("GET /lambda", AuthorizationType="CUSTOM").stage()
    token = {"Authorization": "Bearer x"}
    signature = {"Authorization": "AWS4-HMAC-SHA256 x"}
    assert world.ask(api.host, "/iam").json == {"message": "Forbidden"}
    assert world.ask(api.host, "/iam", headers=signature).status == 200
    assert world.ask(api.host, "/lambda").json == {"message": "Unauthorized"}
    assert world.ask(api.host, "/lambda", headers=token).status == 501


CORS = {
    "AllowOrigins": ["https://app.example.com", "https://*.example.org"],
    "AllowMethods": ["GET", "PUT"],
    "AllowHeaders": ["x-a"],
    "ExposeHeaders": ["x-b"],
    "MaxAge": 300,
    "AllowCredentials": True,
}


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        ("https://app.example.com", True),
        ("https://a.example.org", True),
        ("https://evil.example.com", False),
        ("http://app.example.com", False),
    ],
)
def test_a_preflight(world: World, origin: str, allowed: bool) -> None:
    api = _api(CORS).route("$default").stage()
    asked = {"Origin": origin, "Access-Control-Request-Method": "PUT"}
    answered = world.ask(api.host, "/", "OPTIONS", asked)
    assert (answered.status, answered.body, world.functions.events) == (204, b"", [])
    found = {name: value for name, value in answered.headers if name.startswith("Access-")}
    wanted = {
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Allow-Credentials": "true",
        "Access-Control-Allow-Methods": "GET,PUT",
        "Access-Control-Allow-Headers": "x-a",
        "Access-Control-Max-Age": "300",
    }
    assert found == (wanted if allowed else {})


def test_the_apis_cors_goes_before_the_functions(world: World) -> None:
    api = _api(CORS).route("$default").stage()
    world.functions.answer = lambda _event: {
        "statusCode": 200,
        "headers": {"Access-Control-Allow-Origin": "*", "x-b": "1"},
    }
    asked = world.ask(api.host, "/", headers={"Origin": "https://app.example.com"})
    assert asked.header("Access-Control-Allow-Origin") == "https://app.example.com"
    assert asked.header("Access-Control-Expose-Headers") == "x-b"
    plain = world.ask(api.host, "/")
    assert plain.header("Access-Control-Allow-Origin") is None
    assert plain.header("x-b") == "1"


def test_every_origin(world: World) -> None:
    api = _api({"AllowOrigins": ["*"]}).route("$default").stage()
    answered = world.ask(api.host, "/", headers={"Origin": "https://a.b"})
    assert answered.header("Access-Control-Allow-Origin") == "*"


def _api(cors: dict[str, Any] | None = None) -> Http:
    return Http(LONDON, make_function(LONDON), cors)
