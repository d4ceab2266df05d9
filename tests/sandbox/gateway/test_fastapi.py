"""A real framework behind a real adapter: FastAPI through mangum, with every kind of event."""

from __future__ import annotations

import asyncio
import importlib.util
from collections.abc import Callable
from typing import Any

import pytest

from tests.sandbox.gateway.world import DOMAIN, LONDON, Answer, Http, World, rest_app
from tests.support.trees import EXAMPLES

JSON = {"Content-Type": "application/json"}


@pytest.fixture(params=["rest", "http 1.0", "http 2.0"])
def host(request: pytest.FixtureRequest, world: World, monkeypatch: pytest.MonkeyPatch) -> str:
    """The example's app behind an API; where it is."""
    monkeypatch.setenv("MESSAGE", "Hello from London")
    monkeypatch.setenv("AWS_REGION", LONDON)
    world.functions.answer = _in_a_main_thread(_handler())
    api = rest_app(LONDON, domain=DOMAIN)
    family, _, version = request.param.partition(" ")
    if family == "rest":
        return DOMAIN
    return Http(LONDON, api.arn).route("$default", version).stage().host


def test_a_route(world: World, host: str) -> None:
    answered = world.ask(host, "/")
    assert answered.status == 200
    assert answered.json == {"message": "Hello from London", "region": LONDON}
    assert answered.header("Content-Type") == "application/json"


def test_path_query_and_cookies(world: World, host: str) -> None:
    path = "/greetings/Zo%C3%AB%20B?language=pt&language=ja"
    answered = world.ask(host, path, headers={"Cookie": "visits=41; other=1"})
    assert answered.status == 200
    # Format 2.0 joins what is repeated, and mangum takes it apart again.
    assert answered.body.decode() == "Olá, Zoë B!\nこんにちは, Zoë B!"
    cookies = [value for name, value in answered.headers if name.lower() == "set-cookie"]
    assert [cookie.partition(";")[0] for cookie in cookies] == ["visits=42", "name=known"]


def test_bodies(world: World, host: str) -> None:
    taken = world.ask(host, "/orders", "POST", JSON, '{"item": "thé", "quantity": 2}'.encode())
    assert (taken.status, taken.json["item"], taken.json["quantity"]) == (201, "thé", 2)
    refused = world.ask(host, "/orders", "POST", JSON, b'{"item": ""}')
    assert refused.status == 422


def test_what_the_app_refuses(world: World, host: str) -> None:
    assert world.ask(host, "/nothing").json == {"detail": "Not Found"}
    assert world.ask(host, "/", "DELETE").status == 405
    assert world.ask(host, "/openapi.json").json["info"]["title"] == "Greetings"


def _in_a_main_thread(handler: Callable[[dict[str, Any], object], Any]) -> Answer:
    """Gives the handler the event loop that it finds in Lambda, where it has the main thread."""

    def answer(event: dict[str, Any]) -> Any:
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        try:
            return handler(event, None)
        finally:
            loop.close()

    return answer


def _handler() -> Callable[[dict[str, Any], object], Any]:
    spec = importlib.util.spec_from_file_location("greetings", EXAMPLES / "fastapi/src/main.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    handler: Callable[[dict[str, Any], object], Any] = module.handler
    return handler
