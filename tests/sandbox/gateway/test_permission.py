"""Only what the policy of the alias lets in is invoked: anything else is a 500, as in AWS."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.gateway.world import (
    ACCOUNT,
    LONDON,
    Answered,
    Rest,
    World,
    allow,
    client_of,
    make_function,
)
from tfgen.sandbox.gateway.permission import FunctionArn, parse_function_arn

BASE = f"arn:aws:execute-api:{LONDON}:{ACCOUNT}"


def test_the_alias_must_allow_it(world: World) -> None:
    api = Rest(LONDON, make_function(LONDON)).method("/items/{id}").deploy()
    refused = _ask(world, api)
    assert (refused.status, refused.json) == (500, {"message": "Internal server error"})
    reason = refused.header("X-Tfgen-Reason") or ""
    assert "function:app:live does not let apigateway.amazonaws.com invoke it" in reason
    assert f"{api.id}/live/GET/items/{{id}}" in reason
    assert world.functions.events == []
    allow(LONDON, api.id)
    assert _ask(world, api).status == 200


def test_a_permission_for_the_function_is_none_for_its_alias(world: World) -> None:
    api = Rest(LONDON, make_function(LONDON)).method("/items/{id}").deploy()
    allow(LONDON, api.id, qualifier=None)
    assert _ask(world, api).status == 500


def test_a_function_without_a_qualifier(world: World) -> None:
    arn = make_function(LONDON).removesuffix(":live")
    api = Rest(LONDON, arn).method("/items/{id}").deploy()
    allow(LONDON, api.id)
    assert _ask(world, api).status == 500
    allow_all = {"Principal": "apigateway.amazonaws.com"}
    _permit(None, **allow_all)
    assert _ask(world, api).status == 200
    assert world.functions.invoked == [(LONDON, "app", None)]


@pytest.mark.parametrize(
    ("permission", "status"),
    [
        ({"SourceArn": "{base}:{api}/*/*"}, 200),
        ({"SourceArn": "{base}:{api}/*"}, 200),
        ({"SourceArn": "{base}:{api}/live/GET/items/*"}, 200),
        ({"SourceArn": "{base}:{api}/live/ANY/items/*"}, 200),
        ({"SourceArn": "{base}:*"}, 200),
        ({"SourceArn": "arn:aws:execute-api:*:*:{api}/*/*/*"}, 200),
        ({"SourceAccount": ACCOUNT}, 200),
        ({"SourceAccount": ACCOUNT, "SourceArn": "{base}:{api}/*/*"}, 200),
        ({"SourceArn": "{base}:{api}/other/*"}, 500),
        ({"SourceArn": "{base}:{api}/live/POST/*"}, 500),
        ({"SourceArn": "{base}:{api}"}, 500),
        ({"SourceArn": "arn:aws:execute-api:us-west-2:*:{api}/*/*"}, 500),
        ({"SourceArn": "arn:aws:*"}, 500),
        ({"SourceArn": "{base}:{api}/*/*", "SourceAccount": "210987654321"}, 500),
        ({"PrincipalOrgID": "o-a1b2c3d4e5"}, 500),
        ({"Principal": "s3.amazonaws.com"}, 500),
        ({"Principal": "*"}, 200),
        ({"Action": "lambda:GetFunction"}, 500),
        ({"Action": "lambda:*"}, 200),
    ],
)
def test_conditions(world: World, permission: dict[str, str], status: int) -> None:
    api = Rest(LONDON, make_function(LONDON)).method("/items/{id}").deploy()
    settings = {key: value.format(base=BASE, api=api.id) for key, value in permission.items()}
    _permit("live", **settings)
    assert _ask(world, api).status == status


def test_a_role_of_the_integrations_own_asks_no_policy(world: World) -> None:
    arn = make_function(LONDON)
    role = f"arn:aws:iam::{ACCOUNT}:role/app-{LONDON}"
    api = Rest(LONDON, arn).method("/items/{id}", credentials=role).deploy()
    assert _ask(world, api).status == 200


@pytest.mark.parametrize("name", ["missing:live", "app:missing"])
def test_a_function_that_is_not_there(world: World, name: str) -> None:
    arn = make_function(LONDON).replace("app:live", name)
    answered = _ask(world, Rest(LONDON, arn).method("/items/{id}").deploy())
    assert answered.status == 500
    assert answered.header("X-Tfgen-Reason") == f"There is no function {arn}"


def test_the_uri_of_something_else(world: World) -> None:
    arn = make_function(LONDON)
    api = Rest(LONDON, arn.replace(":app:live", ":${stageVariables.missing}"))
    answered = _ask(world, api.method("/items/{id}").deploy())
    assert answered.status == 500
    assert (answered.header("X-Tfgen-Reason") or "").startswith("The integration's URI is no")


@pytest.mark.parametrize(
    ("uri", "function"),
    [
        (
            "arn:aws:lambda:eu-west-2:123456789012:function:app",
            ("eu-west-2", "123456789012", "app", None),
        ),
        (
            "arn:aws-cn:lambda:cn-north-1:123456789012:function:a_b-c:$LATEST",
            ("cn-north-1", "123456789012", "a_b-c", "$LATEST"),
        ),
        ("arn:aws:sqs:eu-west-2:123456789012:queue", None),
        ("https://example.com", None),
        ("", None),
    ],
)
def test_function_arns(uri: str, function: tuple[Any, ...] | None) -> None:
    assert parse_function_arn(uri) == (FunctionArn(uri, *function) if function else None)


def _ask(world: World, api: Rest) -> Answered:
    return world.ask(api.host, "/live/items/7", headers={"X-Tfgen-Region": LONDON})


def _permit(qualifier: str | None, **settings: str) -> None:
    defaults = {"Action": "lambda:InvokeFunction", "Principal": "apigateway.amazonaws.com"}
    client_of("lambda", LONDON).add_permission(
        FunctionName="app",
        StatementId="test",
        **({"Qualifier": qualifier} if qualifier else {}),
        **(defaults | settings),
    )
