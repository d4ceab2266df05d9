"""MOCK integrations: what their mapping templates and parameters make of a request."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import pytest

from tests.sandbox.gateway.world import LONDON, Answered, Rest, World, make_function


def test_a_preflight(world: World) -> None:
    answered = _ask(
        world,
        responseParameters={
            "method.response.header.Access-Control-Allow-Origin": "'*'",
            "method.response.header.Access-Control-Allow-Methods": "'GET,POST'",
        },
    )
    assert (answered.status, answered.body) == (200, b"")
    assert answered.header("Access-Control-Allow-Origin") == "*"
    assert answered.header("Access-Control-Allow-Methods") == "GET,POST"
    assert answered.header("Content-Type") == "application/json"
    assert answered.header("x-amzn-RequestId")
    assert answered.header("X-Amzn-Trace-Id") is None
    assert world.functions.events == []


def test_a_fixed_body(world: World) -> None:
    answered = _ask(
        world,
        responseTemplates={"application/json": '{"a": 1}', "text/plain": "a"},
        responseParameters={"method.response.header.Content-Type": "'text/css'"},
    )
    assert (answered.json, answered.header("Content-Type")) == ({"a": 1}, "text/css")


@pytest.mark.parametrize(
    "template", ['{"statusCode": 200}', "{statusCode:200}", "{'statusCode' : 200 }"]
)
def test_the_spellings_of_a_status_code(world: World, template: str) -> None:
    assert _ask(world, template).status == 200


@pytest.mark.parametrize(
    "template", ["", "{}", '{"statusCode": "ok"}', '{"statusCode": $context.nothing}']
)
def test_no_status_code(world: World, template: str) -> None:
    answered = _ask(world, template)
    assert (answered.status, answered.json) == (500, {"message": "Internal server error"})


def test_no_response_for_the_status_code(world: World) -> None:
    assert _ask(world, '{"statusCode": 404}', selectionPattern="200").status == 500
    assert _ask(world, '{"statusCode": 200}', selectionPattern="2..", name="b").status == 200


def test_the_request_chooses_the_status(world: World) -> None:
    template = """
    {
      #if($input.params("scope") == "internal")
        "statusCode": 200
      #else
        "statusCode": 500
      #end
    }
    """
    assert _ask(world, template, path="/live?scope=internal", selectionPattern="200").status == 200
    refused = _ask(world, template, "b", path="/live?scope=all", selectionPattern="200")
    assert refused.status == 500


@pytest.mark.parametrize(
    ("template", "made"),
    [
        ("$context.httpMethod $context.identity.sourceIp", "OPTIONS 198.51.100.7"),
        ("$context.stage$context.resourcePath", "live/"),
        ("$context.identity.accountId.$context.nothing", "."),
        ("$stageVariables.color.", "blue."),
        ('$input.params("a") $input.params("X-A")', "1 é x"),
        ('$input.params().querystring.a $input.params().header.get("X-A")', "1 é x"),
        ('$input.params("x-a")$input.params().header.get("x-a").', "."),
        ("#foreach($kind in $input.params().keySet())$kind #end", "path querystring header "),
        ('$util.escapeJavaScript("it\'s 1/2 é")', r"it\'s 1\/2 \u00E9"),
        ('$util.urlEncode("a b/é~*") $util.urlDecode("a+%C3%A9")', "a+b%2F%C3%A9%7E* a é"),
        ('$util.base64Encode("é") $util.base64Decode("w6k=")', "w6k= é"),
        ('$util.parseJson("{""a"": [1, {""b"": true}]}").a[1].b', "true"),
        ('#set($m = {"a": "b"})#set($old = $m.put("a", "c"))$old $m.a $m.size()', "b c 1"),
        ('#set($t = " Ab ")$t.trim().toLowerCase().replaceAll("(a)", "$1$1")', "aab"),
        # What is not there is an empty text, and true.
        ('#if($nothing == "" && $nothing.at.all == "")a#end#if($nothing)b#end', "ab"),
        ("$nothing.trim().length()$!nothing${nothing}", "0"),
        ('$input.body$input.path("$.a")$input.json("$.a")', '""'),
        ("a $5 #1", "a $5 #1"),
    ],
)
def test_what_templates_know(world: World, template: str, made: str) -> None:
    answered = _ask(
        world,
        path="/live?a=1%20%C3%A9",
        headers={"X-A": "x"},
        responseTemplates={"application/json": template},
    )
    assert (answered.status, answered.body.decode()) == (200, made)


def test_a_body_reaches_the_request_template_only(world: World) -> None:
    """What the response needs of it goes by way of an override, which nobody else reads."""
    answered = _ask(
        world,
        """
        #set($context.requestOverride.path.kept = $input.json("$.items[0]['name']"))
        #set($items = $input.path("$.items"))
        {"statusCode": #if($items.size() == 2 && $items[1].none == "")200#{else}500#end}
        """,
        body=b'{"items": [{"name": "caf\xc3\xa9", "no": null}, {"none": null}]}',
        responseTemplates={"application/json": "$input.body$context.requestOverride.path.kept"},
    )
    assert (answered.status, answered.json) == (200, "café")


def test_a_template_overrides_status_and_headers(world: World) -> None:
    answered = _ask(
        world,
        headers={"Origin": "https://a.example"},
        responseParameters={
            "method.response.header.access-control-allow-origin": "'https://b.example'",
            "method.response.header.Vary": "'Origin'",
        },
        responseTemplates={
            "application/json": """
            #set($origin = $input.params().header.get("Origin"))
            #set($context.responseOverride.header.Access-Control-Allow-Origin = $origin)
            #set($context.responseOverride.header.X-Nothing = $nothing)
            #set($context.responseOverride.header["X-Text"] = "é")
            #set($context.responseOverride.status = 299)
            """
        },
    )
    assert answered.status == 299
    assert answered.header("Access-Control-Allow-Origin") == "https://a.example"
    assert len([name for name, _ in answered.headers if name.lower().endswith("-origin")]) == 1
    assert answered.header("Vary") == "Origin"
    assert answered.header("X-Nothing") is None
    assert (answered.header("X-Text") or "").encode("latin-1").decode() == "é"


def test_parameters_are_made_of_variables(world: World) -> None:
    answered = _ask(
        world,
        responseParameters={
            "method.response.header.X-Address": "context.identity.sourceIp",
            "method.response.header.X-Color": "stageVariables.color",
            "method.response.header.X-None": "context.nothing.at.all",
            "method.response.header.X-Text": "stageVariables.color.at",
            "method.response.header.X-Header": "integration.response.header.X",
        },
    )
    assert answered.header("X-Address") == "198.51.100.7"
    assert answered.header("X-Color") == "blue"
    for name in ("X-None", "X-Text", "X-Header"):
        assert answered.header(name) is None


@pytest.mark.parametrize(
    "wrong",
    [
        "#if($a",
        "#set($a = 1 / 0)",
        '$util.parseJson("{")',
        '$util.base64Decode("?")',
        "$util.urlEncode()",
        "#set($context.responseOverride.status = 99)",
        '#set($context.responseOverride.header.A = $util.urlDecode("a%0D%0AB: c"))',
        '#set($context.responseOverride.header[$util.urlDecode("A%0AB")] = "c")',
        # An override is final.
        "#foreach($a in [1, 2])#set($context.responseOverride.header.A = $a)#end",
        "#foreach($a in [200, 200])#set($context.responseOverride.status = $a)#end",
    ],
)
def test_a_template_that_fails(world: World, caplog: pytest.LogCaptureFixture, wrong: str) -> None:
    answered = _ask(world, responseTemplates={"application/json": wrong})
    assert (answered.status, answered.json) == (500, {"message": "Internal server error"})
    assert answered.header("x-amzn-ErrorType") == "InternalServerErrorException"
    assert "apping template" in caplog.text or "HTTP does not allow" in caplog.text
    assert _ask(world, wrong, "b").status == 500


def test_a_parameter_that_api_gateway_does_not_map(world: World) -> None:
    parameters = {"method.response.header.A": "method.request.header.Origin"}
    assert _ask(world, responseParameters=parameters).status == 500


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("#macro(a)b#end", "no #macro"),
        ('#if(false)#include("/etc/passwd")#end', "no #include"),
        ('#set($a = ["${context.stage.toCharArray()}"])', "no method toCharArray"),
        ('#set($a = {"b": $context.stage.format("c")})', "no method format"),
        ("$util.toJson($context)", "no method toJson"),
        ("$context.stage.__class__", "no method __class__"),
        ('$input.json("$..a")', "JSONPaths like $.items[0].name, not $..a"),
        ('$input.path("a")', "JSONPaths like $.items[0].name, not a"),
    ],
)
def test_what_is_not_simulated_is_refused(world: World, template: str, said: str) -> None:
    answered = _ask(world, responseTemplates={"application/json": template})
    assert answered.status == 501
    assert said in answered.json["message"]


def _ask(
    world: World,
    template: str = '{"statusCode": 200}',
    name: str = "a",
    *,
    path: str = "/live",
    headers: Mapping[str, str] = MappingProxyType({}),
    body: bytes = b"",
    **response: Any,
) -> Answered:
    api = Rest(LONDON, make_function(LONDON, name))
    templates = {"application/json": template} if template else {}
    api.method("/", "OPTIONS", type="MOCK", requestTemplates=templates, uri="")
    resource = {
        "restApiId": api.id,
        "resourceId": api.resources["/"],
        "httpMethod": "OPTIONS",
        "statusCode": "200",
    }
    parameters = dict.fromkeys(response.get("responseParameters", {}), True)
    api.client.put_method_response(**resource, responseParameters=parameters)
    api.client.put_integration_response(**resource, **response)
    api.deploy(variables={"color": "blue"})
    return world.ask(api.host, path, "OPTIONS", headers, body)
