"""Host → region → domain → base path → stage → deployment → resource and method."""

from __future__ import annotations

import io

import pytest

from tests.sandbox.gateway.world import (
    ACCOUNT,
    DOMAIN,
    LONDON,
    OREGON,
    Http,
    Rest,
    World,
    add_domain,
    allow,
    get,
    make_function,
    rest_app,
)
from tfgen.sandbox.gateway.gateway import Served
from tfgen.sandbox.gateway.request import read_request


@pytest.mark.parametrize("host", [DOMAIN, "API.Example.com", f"{DOMAIN}:8640", f"{DOMAIN}."])
def test_a_domain_by_any_spelling(world: World, host: str) -> None:
    rest_app(LONDON, domain=DOMAIN)
    assert world.ask(host, "/x").status == 200
    assert world.event["requestContext"]["domainName"] == DOMAIN


def test_a_domain_that_nobody_deployed(world: World) -> None:
    rest_app(LONDON, domain=DOMAIN)
    answered = world.ask("other.example.com", "/x")
    assert (answered.status, answered.json) == (404, {"message": "Not Found"})
    assert world.gateway.served() == ()


def test_two_regions_and_who_decides(world: World) -> None:
    for region in (LONDON, OREGON):
        rest_app(region, domain=DOMAIN)
    asked: list[str] = []

    def choose(host: str) -> str:
        asked.append(host)
        return OREGON

    world.ask(DOMAIN)
    world.choose = choose
    world.ask(DOMAIN)
    world.ask(DOMAIN, headers={"X-Tfgen-Region": LONDON})
    assert [region for region, _, _ in world.functions.invoked] == [LONDON, OREGON, LONDON]
    assert asked == [DOMAIN]
    assert "X-Tfgen-Region" not in world.event["headers"]


def test_one_region_needs_no_decision(world: World) -> None:
    rest_app(LONDON, domain=DOMAIN)
    world.choose = lambda _host: OREGON
    assert world.ask(DOMAIN).status == 200


def test_a_record_that_leads_where_the_domain_is_not(world: World) -> None:
    rest_app(LONDON, domain=DOMAIN)
    answered = world.ask(DOMAIN, headers={"X-Tfgen-Region": "ap-northeast-1"})
    assert (answered.status, answered.json) == (403, {"message": "Forbidden"})
    assert answered.header("x-amzn-ErrorType") == "ForbiddenException"


def test_a_region_that_is_out(world: World) -> None:
    api = rest_app(LONDON, domain=DOMAIN)
    world.outages.fail(LONDON)
    for host in (DOMAIN, api.host):
        answered = world.ask(host, "/live/x")
        assert (answered.status, answered.json) == (503, {"message": "Service Unavailable"})
    world.outages.heal(LONDON)
    assert world.ask(api.host, "/live/x").status == 200
    assert set(world.gateway.served()) == {
        Served(LONDON, api.host, 200, 1),
        Served(LONDON, api.host, 503, 1),
        Served(LONDON, DOMAIN, 503, 1),
    }


def test_what_records_point_to_answers_nobody(world: World) -> None:
    rest_app(LONDON)
    target = add_domain(LONDON, DOMAIN)
    answered = world.ask(target)
    assert (answered.status, answered.json) == (403, {"message": "Forbidden"})


@pytest.mark.parametrize("path", ["/", "/dev/x", "/Live/x"])
def test_a_stage_that_is_not_there(world: World, path: str) -> None:
    answered = world.ask(rest_app(LONDON).host, path)
    assert (answered.status, answered.json) == (403, {"message": "Forbidden"})


def test_the_longest_base_path_decides(world: World) -> None:
    root = rest_app(LONDON, domain=DOMAIN)
    other = Rest(LONDON, root.arn).method("/").method("/{proxy+}").deploy("v1")
    allow(LONDON, other.id)
    for base in ("shop", "shop-2"):
        other.client.create_base_path_mapping(
            domainName=DOMAIN, restApiId=other.id, stage="v1", basePath=base
        )
    served = {}
    for path in ("/", "/shop", "/shop/", "/shop/a", "/shop-2/a", "/shopping", "/Shop"):
        world.ask(DOMAIN, path)
        served[path] = world.event["requestContext"]["apiId"]
    mine = [path for path, api in served.items() if api == other.id]
    assert mine == ["/shop", "/shop/", "/shop/a", "/shop-2/a"]


def test_a_domain_without_a_mapping_for_the_path(world: World) -> None:
    rest_app(LONDON, domain=DOMAIN, base="shop")
    answered = world.ask(DOMAIN, "/x")
    assert (answered.status, answered.json) == (403, {"message": "Forbidden"})


def test_a_mapping_that_leaves_the_stage_to_the_path(world: World) -> None:
    api = rest_app(LONDON)
    add_domain(LONDON, DOMAIN)
    api.client.create_base_path_mapping(domainName=DOMAIN, restApiId=api.id, basePath="shop")
    assert world.ask(DOMAIN, "/shop/live/x").status == 200
    assert world.event["pathParameters"] == {"proxy": "x"}
    assert world.event["path"] == "/shop/live/x"


def test_an_execute_api_host_that_is_disabled(world: World) -> None:
    from moto.apigateway.models import apigateway_backends

    api = rest_app(LONDON, domain=DOMAIN)
    backend = apigateway_backends["123456789012"][LONDON]
    backend.apis[api.id].disableExecuteApiEndpoint = True
    assert world.ask(api.host, "/live/x").status == 200  # until it is deployed
    api.deploy()
    answered = world.ask(api.host, "/live/x")
    assert (answered.status, answered.json) == (403, {"message": "Forbidden"})
    assert world.ask(DOMAIN, "/x").status == 200


def test_the_specific_goes_before_the_general(world: World) -> None:
    api = Rest(LONDON, make_function(LONDON))
    for path in ("/{proxy+}", "/a/{proxy+}", "/a/{id}", "/a/{id}/c", "/a/b", "/a/{id}/{rest+}"):
        api.method(path)
    api.deploy()
    allow(LONDON, api.id)
    paths = {
        "/a/b": "/a/b",
        "/a/b/": "/a/b",
        "/a/x": "/a/{id}",
        "/a/b/c": "/a/{id}/c",
        "/a/x/y/z": "/a/{id}/{rest+}",
        "/a": "/{proxy+}",
        "/x/y": "/{proxy+}",
        "/a/%62": "/a/b",
    }
    found = {}
    for path in paths:
        assert world.ask(api.host, f"/live{path}").status == 200
        found[path] = world.event["resource"]
    assert found == paths


def test_a_method_that_is_not_there(world: World) -> None:
    api = Rest(LONDON, make_function(LONDON)).method("/a", "GET").method("/a", "ANY").deploy()
    api.method("/b", "GET").deploy()
    allow(LONDON, api.id)
    assert world.ask(api.host, "/live/a", "PUT").status == 200
    for path, method in (("/live/b", "POST"), ("/live/c", "GET"), ("/live", "GET")):
        answered = world.ask(api.host, path, method)
        assert (answered.status, answered.json) == (
            403,
            {"message": "Missing Authentication Token"},
        )
        assert answered.header("x-amzn-ErrorType") == "MissingAuthenticationTokenException"


def test_what_is_not_deployed_is_not_served(world: World) -> None:
    api = Rest(LONDON, make_function(LONDON)).method("/a").deploy()
    allow(LONDON, api.id)
    api.method("/b")
    assert world.ask(api.host, "/live/b").status == 403
    api.deploy()
    assert world.ask(api.host, "/live/b").status == 200
    api.client.delete_resource(restApiId=api.id, resourceId=api.resources["/a"])
    assert world.ask(api.host, "/live/a").status == 200


def test_an_integration_that_the_sandbox_lacks(world: World) -> None:
    api = Rest(LONDON, make_function(LONDON))
    api.method("/", "GET", type="HTTP_PROXY", uri="https://example.com/").deploy()
    answered = world.ask(api.host, "/live")
    assert answered.status == 501
    assert answered.json == {"message": "The sandbox has no integrations of type HTTP_PROXY"}


def test_stage_variables_name_the_function(world: World) -> None:
    arn = make_function(LONDON)
    uri = arn.replace(":app:live", ":${stageVariables.name}:live")
    api = Rest(LONDON, uri).method("/").deploy(variables={"name": "app"})
    allow(LONDON, api.id)
    assert world.ask(api.host, "/live").status == 200
    assert world.functions.invoked == [(LONDON, "app", "live")]


@pytest.mark.parametrize("kind", ["AWS_IAM", "CUSTOM"])
def test_methods_with_authorization(world: World, kind: str) -> None:
    api = Rest(LONDON, make_function(LONDON)).method("/", authorization=kind).deploy()
    allow(LONDON, api.id)
    unsigned = world.ask(api.host, "/live")
    signed = world.ask(api.host, "/live", headers={"Authorization": "AWS4-HMAC-SHA256 x"})
    if kind == "AWS_IAM":
        assert (unsigned.status, signed.status) == (403, 200)
        assert unsigned.json == {"message": "Missing Authentication Token"}
    else:
        assert (unsigned.status, signed.status) == (401, 501)
        assert "authorizers of type CUSTOM" in signed.json["message"]


def test_a_method_that_asks_for_a_key(world: World) -> None:
    api = Rest(LONDON, make_function(LONDON)).method("/", key_required=True).deploy()
    allow(LONDON, api.id)
    key = api.client.create_api_key(name="app", enabled=True)["value"]
    assert world.ask(api.host, "/live").json == {"message": "Forbidden"}
    assert world.ask(api.host, "/live", headers={"x-api-key": "wrong"}).status == 403
    assert world.ask(api.host, "/live", headers={"x-api-key": key}).status == 200


def test_over_a_socket(world: World) -> None:
    rest_app(LONDON, domain=DOMAIN)
    world.functions.answer = lambda event: {"statusCode": 200, "body": event["body"]}
    with world.served() as port:
        answered = get(port, DOMAIN, "/%C3%A4%2Fb?q=%20", [], b"body \xc3\xa4")
        assert (answered.status, answered.body.decode()) == (200, "body ä")
        refused = get(port, "nobody.example.com", "/", [])
        assert (refused.status, refused.json) == (404, {"message": "Not Found"})
    assert world.event["path"] == "/%C3%A4%2Fb"
    assert world.event["queryStringParameters"] == {"q": " "}


def test_a_server_that_keeps_no_headers() -> None:
    request = read_request(
        {
            "REQUEST_METHOD": "get",
            "PATH_INFO": "/a b/100%/\xc3\xa4",
            "QUERY_STRING": "q=1",
            "HTTP_HOST": "Api.example.com:80",
            "HTTP_X_SOME_HEADER": "1",
            "CONTENT_TYPE": "text/plain",
            "CONTENT_LENGTH": "",
            "wsgi.input": io.BytesIO(),
        }
    )
    assert (request.method, request.host) == ("GET", DOMAIN)
    assert (request.path, request.query) == ("/a%20b/100%25/%C3%A4", "q=1")
    assert request.header("x-some-header") == "1"
    assert request.header("Content-Length") is None


def test_a_body_of_unknown_length_and_a_whole_url() -> None:
    request = read_request(
        {
            "REQUEST_METHOD": "POST",
            "RAW_URI": "http://api.example.com/a?b=//c#d",
            "wsgi.input": io.BytesIO(b"chunks"),
            "wsgi.input_terminated": True,
        }
    )
    assert (request.path, request.query, request.body) == ("/a", "b=//c", b"chunks")
    assert request.host == ""


def test_a_domain_with_both_families(world: World) -> None:
    rest = rest_app(LONDON, domain=DOMAIN)
    http = Http(LONDON, rest.arn).route("$default").stage()
    http.client.create_api_mapping(
        ApiId=http.id, DomainName=DOMAIN, Stage="$default", ApiMappingKey="new/one"
    )
    world.ask(DOMAIN, "/new/one/a")
    assert (world.event["version"], world.event["rawPath"]) == ("2.0", "/a")
    world.ask(DOMAIN, "/new")
    assert world.event["requestContext"]["apiId"] == rest.id


def test_a_wildcard_is_for_the_names_one_level_below(world: World) -> None:
    rest_app(LONDON, domain="*.example.com")
    assert world.ask("tenant1.example.com", "/x").status == 200
    context = world.event["requestContext"]
    assert (context["domainName"], context["domainPrefix"]) == ("tenant1.example.com", "tenant1")
    assert world.ask("Tenant2.Example.com", "/x").status == 200
    for host in ("example.com", "a.tenant1.example.com", "tenant1.example.org"):
        assert world.ask(host, "/x").status == 404


def test_the_very_name_comes_before_its_wildcard(world: World) -> None:
    rest_app(LONDON, domain="*.example.com")
    named = Http(LONDON, f"arn:aws:lambda:{LONDON}:{ACCOUNT}:function:app:live").route("$default")
    named.stage()
    add_domain(LONDON, DOMAIN)
    named.client.create_api_mapping(DomainName=DOMAIN, ApiId=named.id, Stage="$default")
    assert world.ask(DOMAIN).status == 200
    assert world.event["requestContext"]["apiId"] == named.id
    assert world.ask("tenant1.example.com").status == 200
    assert world.event["requestContext"]["apiId"] != named.id


def test_a_region_may_have_the_name_and_another_the_wildcard(world: World) -> None:
    rest_app(LONDON, domain=DOMAIN)
    rest_app(OREGON, domain="*.example.com")
    for region in (LONDON, OREGON):
        assert world.ask(DOMAIN, headers={"X-Tfgen-Region": region}).status == 200
    assert [region for region, _, _ in world.functions.invoked] == [LONDON, OREGON]
