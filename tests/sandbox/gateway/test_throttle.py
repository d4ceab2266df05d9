"""Limits of stages: what is over them is answered 429, and nothing is invoked for it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from tests.sandbox.gateway.world import LONDON, Answered, Http, Rest, World, make_function, rest_app
from tfgen.sandbox.gateway.throttle import Limit, refused_method, refused_route

ZERO = {"ThrottlingRateLimit": 0.0, "ThrottlingBurstLimit": 0}
TOO_MANY = b'{"message":"Too Many Requests"}'


class Clock:
    """Counts seconds when it is told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def http_app(**settings: Any) -> Http:
    api = Http(LONDON, make_function(LONDON)).route("$default").route("GET /open")
    api.client.create_stage(ApiId=api.id, StageName="$default", AutoDeploy=True, **settings)
    return api


def limit_methods(api: Rest, rate: int, burst: int) -> None:
    """Sets the limits of all methods, as the provider's `aws_api_gateway_method_settings` does."""
    values = {"rateLimit": rate, "burstLimit": burst}
    api.client.update_stage(
        restApiId=api.id,
        stageName="live",
        patchOperations=[
            {"op": "replace", "path": f"/*/*/throttling/{name}", "value": str(value)}
            for name, value in values.items()
        ],
    )


def is_refused(answered: Answered) -> bool:
    return (answered.status, answered.body) == (429, TOO_MANY)


def test_an_http_api_with_a_limit_of_zero_answers_nobody(world: World) -> None:
    api = http_app(DefaultRouteSettings=ZERO)
    assert is_refused(world.ask(api.host))
    assert is_refused(world.ask(api.host, "/open"))
    assert world.functions.events == []


def test_a_route_of_an_http_api_has_limits_of_its_own(world: World) -> None:
    api = http_app(RouteSettings={"GET /open": ZERO})
    assert is_refused(world.ask(api.host, "/open"))
    assert world.ask(api.host).status == 200


def test_a_rest_api_with_a_limit_of_zero_answers_nobody(world: World) -> None:
    api = rest_app(LONDON)
    limit_methods(api, 0, 0)
    refused = world.ask(api.host, "/live/")
    assert is_refused(refused)
    assert refused.header("x-amzn-ErrorType") == "TooManyRequestsException"
    assert world.functions.events == []
    limit_methods(api, -1, -1)
    assert world.ask(api.host, "/live/").status == 200


def test_a_rest_api_may_have_a_response_of_its_own_for_it(world: World) -> None:
    api = rest_app(LONDON)
    api.client.put_gateway_response(
        restApiId=api.id, responseType="THROTTLED", statusCode="420", responseParameters={}
    )
    api.deploy()
    limit_methods(api, 0, 0)
    assert world.ask(api.host, "/live/").status == 420


def test_requests_over_the_burst_are_refused(world: World) -> None:
    api = http_app(DefaultRouteSettings={"ThrottlingRateLimit": 0.001, "ThrottlingBurstLimit": 2})
    assert [world.ask(api.host).status for _ in range(4)] == [200, 200, 429, 429]
    assert world.ask(api.host, "/open").status == 200, "another route has a bucket of its own"


@pytest.mark.parametrize("kind", ["http", "rest"])
def test_tokens_come_back_at_the_rate(kind: str) -> None:
    settings = {"throttlingRateLimit": 2.0, "throttlingBurstLimit": 3}
    stage: Any = SimpleNamespace(
        default_route_settings=settings, route_settings={}, method_settings={"*/*": settings}
    )
    clock = Clock()

    def takes(requests: int) -> int:
        refused = [
            refused_route(stage, "$default", clock)
            if kind == "http"
            else refused_method(stage, "/items", "GET", clock)
            for _ in range(requests)
        ]
        assert set(refused) <= {None, Limit(2.0, 3)}
        return refused.count(None)

    assert takes(5) == 3
    clock.now = 0.4
    assert takes(5) == 0
    clock.now = 1.0
    assert takes(5) == 2
    clock.now = 60.0
    assert takes(5) == 3, "a bucket holds no more than its burst"


def test_a_limit_that_changes_counts_at_once() -> None:
    stage: Any = SimpleNamespace(default_route_settings=None, route_settings=None)
    assert refused_route(stage, "$default") is None
    stage.default_route_settings = {"throttlingRateLimit": 0, "throttlingBurstLimit": 5}
    assert refused_route(stage, "$default") == Limit(0.0, 5)
    stage.default_route_settings = {"throttlingRateLimit": 1, "throttlingBurstLimit": 1}
    assert refused_route(stage, "$default") is None
