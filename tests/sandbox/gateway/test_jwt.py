"""JWT authorizers of HTTP APIs: which token lets its client in, and what the function learns."""

from __future__ import annotations

import base64
import json
import time
from typing import Any

import pytest
from moto.apigatewayv2.models import apigatewayv2_backends
from moto.core.models import DEFAULT_ACCOUNT_ID

from tests.sandbox.gateway.world import LONDON, Answered, Http, World, make_function

ISSUER = "https://id.example.com"
GOOD: dict[str, Any] = {"iss": ISSUER, "aud": "app", "exp": time.time() + 86_400, "sub": "alice"}


def token(claims: object, algorithm: str = "RS256", signature: str = "c2lnbmF0dXJl") -> str:
    return ".".join([_part({"alg": algorithm, "kid": "one"}), _part(claims), signature])


def _part(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def api(version: str = "2.0", **settings: Any) -> Http:
    made = Http(LONDON, make_function(LONDON))
    authorizer = made.client.create_authorizer(
        ApiId=made.id,
        Name="jwt",
        AuthorizerType="JWT",
        IdentitySource=settings.pop("sources", ["$request.header.Authorization"]),
        JwtConfiguration={"Issuer": ISSUER, "Audience": ["app", "other"]},
    )["AuthorizerId"]
    jwt = {"AuthorizationType": "JWT", "AuthorizerId": authorizer}
    return made.route("$default", version, **jwt, **settings).route("GET /_health").stage()


def ask(world: World, made: Http, credentials: str, path: str = "/") -> Answered:
    return world.ask(made.host, path, headers={"Authorization": credentials})


@pytest.mark.parametrize("scheme", ["Bearer ", "bearer ", ""])
def test_a_good_token_lets_in_and_its_claims_reach_the_function(world: World, scheme: str) -> None:
    claims = GOOD | {"aud": ["app"], "exp": 4102444800, "admin": True, "groups": ["a", 2]}
    assert ask(world, api(), scheme + token(claims)).status == 200
    assert world.event["requestContext"]["authorizer"] == {
        "jwt": {
            "claims": {
                "iss": ISSUER,
                "aud": "[app]",
                "exp": "4102444800",
                "sub": "alice",
                "admin": "true",
                "groups": "[a 2]",
            },
            "scopes": None,
        }
    }


def test_the_older_format_has_the_claims_elsewhere(world: World) -> None:
    made = api("1.0", AuthorizationScopes=["read"])
    assert ask(world, made, token(GOOD | {"scope": "read write"})).status == 200
    found = world.event["requestContext"]["authorizer"]
    assert found["claims"]["sub"] == "alice"
    assert found["scopes"] == ["read", "write"]


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        ("", "the token is not well-formed"),
        ("a.b", "the token is not well-formed"),
        ("a.b.c", "the token is not well-formed"),
        (token(["no", "object"]), "the token is not well-formed"),
        (token(GOOD, signature="?"), "the token is not well-formed"),
        (token(GOOD, "HS256"), "signing method HS256 is invalid"),
        (token(GOOD, "none"), "signing method none is invalid"),
        (token(GOOD | {"iss": "https://evil.example.com"}), "valid issuer"),
        (token(GOOD | {"aud": "else"}), "valid audience"),
        (token(GOOD | {"aud": "else", "client_id": "app"}), "valid audience"),
        (token(GOOD | {"exp": time.time() - 1}), "has expired"),
        (token({name: GOOD[name] for name in ("iss", "aud")}), "has expired"),
        (token(GOOD | {"exp": "soon"}), "valid exp"),
        (token(GOOD | {"nbf": 4102444800}), "is not valid yet"),
        (token(GOOD | {"iat": 4102444800}), "is not valid yet"),
    ],
)
def test_a_bad_token_keeps_out(world: World, sent: str, why: str) -> None:
    answered = ask(world, api(), f"Bearer {sent}")
    assert (answered.status, answered.json) == (401, {"message": "Unauthorized"})
    challenge = answered.header("www-authenticate") or ""
    assert challenge.startswith('Bearer scope="" error="invalid_token" error_description="')
    assert why in challenge
    assert world.functions.events == []


def test_a_client_id_counts_where_there_is_no_audience(world: World) -> None:
    made = api()
    claims = {name: value for name, value in GOOD.items() if name != "aud"}
    assert ask(world, made, token(claims | {"client_id": "app"})).status == 200
    assert ask(world, made, token(claims)).status == 401


def test_no_token(world: World) -> None:
    made = api()
    answered = world.ask(made.host)
    assert (answered.status, answered.header("www-authenticate")) == (401, "Bearer")
    assert world.ask(made.host, "/_health").status == 200
    assert "authorizer" not in world.event["requestContext"]


@pytest.mark.parametrize(
    ("claims", "status"),
    [
        ({"scope": "read write"}, 200),
        ({"scp": ["write"]}, 200),
        ({"scope": "admin"}, 403),
        ({}, 403),
    ],
)
def test_one_of_the_routes_scopes_is_needed(
    world: World, claims: dict[str, Any], status: int
) -> None:
    made = api(AuthorizationScopes=["write", "all"])
    answered = ask(world, made, token(GOOD | claims))
    assert answered.status == status
    if status == 403:
        assert answered.json == {"message": "Forbidden"}
        assert 'scope="write all" error="insufficient_scope"' in (
            answered.header("www-authenticate") or ""
        )


def test_a_token_in_the_query(world: World) -> None:
    made = api(sources=["$request.querystring.token"])
    assert world.ask(made.host, f"/?token={token(GOOD)}").status == 200
    assert ask(world, made, token(GOOD)).status == 401


def test_a_route_whose_authorizer_is_gone_lets_nobody_in(world: World) -> None:
    made = api()
    routes = made.client.get_routes(ApiId=made.id)["Items"]
    (authorizer,) = [each["AuthorizerId"] for each in routes if "AuthorizerId" in each]
    # API Gateway deletes none that a route has.
    backend = apigatewayv2_backends[DEFAULT_ACCOUNT_ID][LONDON]
    del backend.apis[made.id].authorizers[authorizer]
    assert ask(world, made, token(GOOD)).status == 401
