"""MOCK integrations that answer with fixed values, or with one that a header chooses."""

from __future__ import annotations

from collections.abc import Mapping
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


@pytest.mark.parametrize("template", ["", "{}", '{"statusCode": "ok"}'])
def test_no_status_code(world: World, template: str) -> None:
    answered = _ask(world, template)
    assert (answered.status, answered.json) == (500, {"message": "Internal server error"})


def test_no_response_for_the_status_code(world: World) -> None:
    assert _ask(world, '{"statusCode": 404}', selectionPattern="200").status == 500
    assert _ask(world, '{"statusCode": 200}', selectionPattern="2..", name="b").status == 200


CHOICE = """\
#set($origin = $input.params().header.get("Origin"))
#if("$!origin" == "")
#set($origin = $input.params().header.get("origin"))
#end
#if($origin == "https://a.example" || $origin == "https://b.example")
#set($context.responseOverride.header.Access-Control-Allow-Origin = $origin)
#end
"""


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        ("https://b.example", "https://b.example"),
        ("https://a.example", "https://a.example"),
        ("https://c.example", "https://a.example"),
        (None, "https://a.example"),
    ],
)
def test_a_header_is_chosen_by_another(world: World, origin: str | None, allowed: str) -> None:
    answered = _ask(
        world,
        headers={"Origin": origin} if origin else {},
        responseTemplates={"application/json": CHOICE},
        responseParameters={
            "method.response.header.Access-Control-Allow-Origin": "'https://a.example'"
        },
    )
    assert (answered.status, answered.body) == (200, b"")
    assert answered.header("Access-Control-Allow-Origin") == allowed


@pytest.mark.parametrize(
    "computed",
    [
        {"responseTemplates": {"application/json": "$context.requestId"}},
        {"responseTemplates": {"application/json": "#if($a.matches('b'))\n#end"}},
        {"responseTemplates": {"application/json": "#set($context.path = 'a')"}},
        {"responseTemplates": {"application/json": "#foreach($a in $b)\n#end"}},
        {"responseTemplates": {"application/json": "#if($a == $b)\n"}},
        {"responseParameters": {"method.response.header.A": "context.requestId"}},
    ],
)
def test_what_has_to_be_computed_is_refused(world: World, computed: dict[str, Any]) -> None:
    answered = _ask(world, **computed)
    assert answered.status == 501
    assert "answer with fixed values" in answered.json["message"]


def _ask(
    world: World,
    template: str = '{"statusCode": 200}',
    name: str = "a",
    headers: Mapping[str, str] | None = None,
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
    api.deploy()
    return world.ask(api.host, "/live", "OPTIONS", headers=headers or {})
