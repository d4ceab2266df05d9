"""Payload format 1.0 of REST APIs, held against the published format and recorded events."""

from __future__ import annotations

import base64
import json
import re
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.sandbox.gateway.world import (
    ACCOUNT,
    DOMAIN,
    LONDON,
    Rest,
    World,
    add_domain,
    allow,
    get,
    make_function,
    rest_app,
)
from tfgen.sandbox.gateway.deployed import RestTarget
from tfgen.sandbox.gateway.events import rest_event
from tfgen.sandbox.gateway.moment import Moment
from tfgen.sandbox.gateway.request import Request
from tfgen.sandbox.gateway.snapshots import Match, Method, Resource

# https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html#api-gateway-simple-proxy-for-lambda-input-format
KEYS = {
    "resource": str,
    "path": str,
    "httpMethod": str,
    "headers": dict,
    "multiValueHeaders": dict,
    "queryStringParameters": dict,
    "multiValueQueryStringParameters": dict,
    "pathParameters": dict,
    "stageVariables": dict,
    "requestContext": dict,
    "body": str,
    "isBase64Encoded": bool,
}
CONTEXT = {
    "accountId": str,
    "apiId": str,
    "deploymentId": str,
    "domainName": str,
    "domainPrefix": str,
    "extendedRequestId": str,
    "httpMethod": str,
    "identity": dict,
    "path": str,
    "protocol": str,
    "requestId": str,
    "requestTime": str,
    "requestTimeEpoch": int,
    "resourceId": str,
    "resourcePath": str,
    "stage": str,
}
# Null unless somebody has signed: what an API without authorization gets.
NOBODY = {
    "accessKey",
    "accountId",
    "caller",
    "cognitoAuthenticationProvider",
    "cognitoAuthenticationType",
    "cognitoIdentityId",
    "cognitoIdentityPoolId",
    "principalOrgId",
    "user",
    "userArn",
}


def test_every_key_of_the_format_with_its_type(world: World) -> None:
    api = Rest(LONDON, make_function(LONDON)).method("/items/{id}").deploy(variables={"v": "1"})
    allow(LONDON, api.id)
    world.ask(api.host, "/live/items/7?a=1", "POST", {"User-Agent": "test/1"}, b"{}")
    event = world.event
    assert {key: type(value) for key, value in event.items()} == KEYS
    context = event["requestContext"]
    assert {key: type(value) for key, value in context.items()} == CONTEXT
    assert context["identity"] == dict.fromkeys(NOBODY) | {
        "sourceIp": "198.51.100.7",
        "userAgent": "test/1",
    }
    assert event["resource"] == context["resourcePath"] == "/items/{id}"
    assert event["path"] == "/items/7"
    assert event["httpMethod"] == context["httpMethod"] == "POST"
    assert event["pathParameters"] == {"id": "7"}
    assert event["stageVariables"] == {"v": "1"}
    assert event["body"] == "{}"
    assert (context["accountId"], context["apiId"], context["stage"]) == (ACCOUNT, api.id, "live")
    assert (context["domainName"], context["domainPrefix"]) == (api.host, api.id)
    assert context["path"] == "/live/items/7"
    assert context["protocol"] == "HTTP/1.1"
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", context["requestId"])
    assert re.fullmatch(r"[\w-]{15}=", context["extendedRequestId"])
    clock = r"\d\d/(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)/\d{4}:\d\d:\d\d:\d\d \+0000"
    assert re.fullmatch(clock, context["requestTime"])
    assert context["requestTimeEpoch"] > 1_700_000_000_000


def test_what_is_not_there_is_null(world: World) -> None:
    api = rest_app(LONDON)
    world.ask(api.host, "/live")
    absent = (
        "queryStringParameters",
        "multiValueQueryStringParameters",
        "pathParameters",
        "stageVariables",
        "body",
    )
    assert {key: world.event[key] for key in absent} == dict.fromkeys(absent)
    assert world.event["isBase64Encoded"] is False
    assert world.event["requestContext"]["identity"]["userAgent"] is None
    assert (world.event["resource"], world.event["path"]) == ("/", "/")


# Recorded from a REST API in AWS, with a stage named `stage` in the place of `live`.
@pytest.mark.parametrize(
    ("asked", "path", "proxy", "context_path"),
    [
        ("/live/a", "/a", "a", "/live/a"),
        ("/live/a/", "/a/", "a", "/live/a/"),
        ("/live/a//b", "/a//b", "a//b", "/live/a//b"),
        ("//live/a", "/a", "a", "/live/a"),
        ("/live//a", "/a", "a", "/live//a"),
        ("/live/t%2Ba@b.c/t+a@b.c", "/t%2Ba@b.c/t+a@b.c", "t%2Ba@b.c/t+a@b.c", None),
    ],
)
def test_paths_stay_as_they_were_asked_for(
    world: World, asked: str, path: str, proxy: str, context_path: str | None
) -> None:
    world.ask(rest_app(LONDON).host, asked)
    assert world.event["path"] == path
    assert world.event["pathParameters"] == {"proxy": proxy}
    assert world.event["requestContext"]["path"] == (context_path or f"/live{path}")


@pytest.mark.parametrize(
    ("query", "single", "multiple"),
    [
        ("c=x&c=y&p=1", {"c": "y", "p": "1"}, {"c": ["x", "y"], "p": ["1"]}),
        ("d=10.5+00&e=t%2Ba@b.c", {"d": "10.5 00", "e": "t+a@b.c"}, None),
        ("url=https://a.b/", {"url": "https://a.b/"}, None),
        ("empty=&bare", {"empty": "", "bare": ""}, None),
        ("n%C3%A4me=%E2%9C%93", {"näme": "✓"}, None),
    ],
)
def test_queries_are_decoded_and_the_last_value_counts(
    world: World, query: str, single: dict[str, str], multiple: dict[str, list[str]] | None
) -> None:
    world.ask(rest_app(LONDON).host, f"/live/x?{query}")
    assert world.event["queryStringParameters"] == single
    wanted = multiple or {name: [value] for name, value in single.items()}
    assert world.event["multiValueQueryStringParameters"] == wanted


def test_headers_keep_their_spelling_and_all_their_values(world: World) -> None:
    api = rest_app(LONDON)
    with world.served() as port:
        sent = [("tEsT-HEADeR", "aValUE"), ("X-Twice", "1"), ("x-twice", "2"), ("TE", "trailers")]
        assert get(port, api.host, "/live/x", sent).status == 200
    headers, multiple = world.event["headers"], world.event["multiValueHeaders"]
    assert (headers["tEsT-HEADeR"], multiple["tEsT-HEADeR"]) == ("aValUE", ["aValUE"])
    assert (headers["X-Twice"], multiple["X-Twice"]) == ("2", ["1", "2"])
    assert headers.keys() == multiple.keys()
    assert {name.lower() for name in headers}.isdisjoint({"te", "connection", "content-length"})


def test_headers_that_api_gateway_adds(world: World) -> None:
    world.ask(rest_app(LONDON).host, "/live/x", headers={"X-Forwarded-For": "203.0.113.9"})
    headers = world.event["headers"]
    assert headers["X-Forwarded-For"] == "203.0.113.9, 198.51.100.7"
    assert (headers["X-Forwarded-Port"], headers["X-Forwarded-Proto"]) == ("443", "https")
    assert re.fullmatch(r"Root=1-[0-9a-f]{8}-[0-9a-f]{24}", headers["X-Amzn-Trace-Id"])
    assert headers["Host"] == world.event["requestContext"]["domainName"]
    assert not [name for name in headers if name.startswith("CloudFront")]


def test_a_trace_that_is_under_way_goes_on(world: World) -> None:
    trace = "Root=1-67891233-abcdef012345678912345678"
    answered = world.ask(rest_app(LONDON).host, "/live/x", headers={"x-amzn-trace-id": trace})
    assert world.event["headers"]["X-Amzn-Trace-Id"] == trace
    assert (answered.header("X-Amzn-Trace-Id") or "").startswith(f"{trace};Parent=")


def test_an_edge_api_has_cloudfront_in_front(world: World) -> None:
    api = Rest(LONDON, make_function(LONDON), types="EDGE").method("/").deploy()
    allow(LONDON, api.id)
    world.ask(api.host, "/live")
    headers = world.event["headers"]
    assert headers["CloudFront-Forwarded-Proto"] == "https"
    assert headers["Via"].endswith(".cloudfront.net (CloudFront)")
    assert "X-Amz-Cf-Id" in headers


def test_a_custom_domain_shows_its_own_path(world: World) -> None:
    api = rest_app(LONDON, domain=DOMAIN, base="v1")
    world.ask(DOMAIN, "/v1/items/7")
    event, context = world.event, world.event["requestContext"]
    assert (event["path"], context["path"]) == ("/v1/items/7", "/v1/items/7")
    assert (event["resource"], event["pathParameters"]) == ("/{proxy+}", {"proxy": "items/7"})
    assert (context["domainName"], context["domainPrefix"]) == (DOMAIN, "api")
    assert (context["apiId"], context["stage"]) == (api.id, "live")
    assert event["headers"]["Host"] == DOMAIN


def test_text_that_is_not_utf_8_is_spoiled_without_a_binary_type(world: World) -> None:
    world.ask(rest_app(LONDON).host, "/live/x", "POST", {"Content-Type": "image/png"}, b"\x89PNG")
    assert (world.event["body"], world.event["isBase64Encoded"]) == ("\ufffdPNG", False)


@pytest.mark.parametrize("binary_type", ["image/png", "image/*", "*/*"])
def test_a_binary_body_is_base64(world: World, binary_type: str) -> None:
    api = _with_binary_types(binary_type)
    world.ask(api.host, "/live", "POST", {"Content-Type": "image/png; q=1"}, b"\x89PNG")
    assert world.event["isBase64Encoded"] is True
    assert base64.b64decode(world.event["body"]) == b"\x89PNG"


def test_other_bodies_of_an_api_with_binary_types_are_text(world: World) -> None:
    api = _with_binary_types("image/png")
    world.ask(api.host, "/live", "POST", {"Content-Type": "application/json"}, "ä".encode())
    assert (world.event["body"], world.event["isBase64Encoded"]) == ("ä", False)


def _with_binary_types(*types: str) -> Rest:
    from moto.apigateway.models import apigateway_backends

    api = Rest(LONDON, make_function(LONDON)).method("/")
    apigateway_backends[ACCOUNT][LONDON].apis[api.id].binaryMediaTypes = list(types)
    allow(LONDON, api.id)
    return api.deploy()


def test_an_edge_domain_has_cloudfront_in_front(world: World) -> None:
    api = rest_app(LONDON)
    add_domain(LONDON, DOMAIN, "EDGE")
    api.client.create_base_path_mapping(domainName=DOMAIN, restApiId=api.id, stage="live")
    world.ask(DOMAIN)
    assert "X-Amz-Cf-Id" in world.event["headers"]


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)


@settings(max_examples=60, deadline=None)
@given(pairs=st.lists(st.tuples(TEXT, TEXT), max_size=5), path=TEXT)
def test_any_query_and_path_survive(pairs: list[tuple[str, str]], path: str) -> None:
    event = _event_of(f"/{quote(path, safe='')}", urlencode(pairs))
    multiple = event["multiValueQueryStringParameters"] or {}
    flat = sorted((name, value) for name, values in multiple.items() for value in values)
    assert flat == sorted(pairs)
    assert event["queryStringParameters"] == (dict(pairs) or None)
    assert event["path"] == f"/{quote(path, safe='')}"
    assert json.loads(json.dumps(event)) == event


def _event_of(path: str, query: str) -> dict[str, Any]:
    class _Api:
        id = "abc"

    class _Stage:
        name, deployment_id, variables = "live", "d", None

    target = RestTarget(
        region=LONDON,
        account=ACCOUNT,
        api=_Api(),  # type: ignore[arg-type]
        stage=_Stage(),  # type: ignore[arg-type]
        host=DOMAIN,
        path=path,
        whole_path=path,
        base="",
        custom=True,
        edge=False,
    )
    request = Request(
        method="GET",
        host=DOMAIN,
        path=path,
        query=query,
        headers=(),
        source_ip="192.0.2.1",
        protocol="HTTP/1.1",
        body=b"",
        too_large=False,
        moment=Moment(0.0, "id", "short=", "Root=1"),
        region=None,
    )
    method = Method("ANY", "NONE", key_required=False, operation=None, integration=None)
    match = Match(Resource("r", "/{proxy+}", {"ANY": method}), method, {})
    return rest_event(target, request, match, ())
