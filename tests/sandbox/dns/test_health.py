"""Health checks: when they ask, and when their status changes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import boto3
import moto
import pytest
from botocore.exceptions import ClientError

from tfgen.sandbox.dns.checks import Check, Target
from tfgen.sandbox.dns.health import HealthChecks
from tfgen.sandbox.patches import health as patch_of_health

TARGET = Target("HTTPS", "a.example.com", None, 443, "/_health", None)
ONE = Check("one", TARGET, interval=30, threshold=3)


class Inline(Executor):
    """Runs what is submitted at once, in the caller's thread."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        done: Future[Any] = Future()
        done.set_result(fn(*args, **kwargs))
        return done


class World:
    """Endpoints that answer or do not, checks that can be changed, and a clock."""

    def __init__(self, *checks: Check) -> None:
        self.now = 0.0
        self.up = True
        self.asked: list[tuple[float, Target]] = []
        self.checks = list(checks)
        self.health = HealthChecks(
            self.probe, clock=lambda: self.now, read=lambda: self.checks, executor=Inline()
        )

    def probe(self, target: Target) -> bool:
        self.asked.append((self.now, target))
        return self.up

    def pass_time(self, seconds: int) -> None:
        for _ in range(seconds):
            self.health.step()
            self.now += 1

    def first_change(self, within: int, id_: str = "one") -> float:
        """Returns how long it takes until a status is another one."""
        before, start = self.health.is_healthy(id_), self.now
        for _ in range(within):
            self.pass_time(1)
            if self.health.is_healthy(id_) is not before:
                return self.now - 1 - start
        raise AssertionError("the status did not change")


def test_it_asks_once_in_an_interval() -> None:
    world = World(ONE, Check("two", replace(TARGET, port=444), interval=10))
    world.pass_time(61)
    assert [at for at, target in world.asked if target == TARGET] == [0, 30, 60]
    assert [at for at, target in world.asked if target.port == 444] == [0, 10, 20, 30, 40, 50, 60]


@pytest.mark.parametrize(("interval", "threshold"), [(30, 3), (10, 1), (10, 3), (30, 10)])
def test_the_status_changes_after_as_many_results_as_the_threshold(
    interval: int, threshold: int
) -> None:
    world = World(Check("one", TARGET, interval, threshold))
    world.pass_time(interval)
    world.up = False
    assert world.first_change(1000) == interval * (threshold - 1)
    world.pass_time(interval - 1)
    world.up = True
    assert world.first_change(1000) == interval * (threshold - 1)


def test_one_good_result_starts_the_count_again() -> None:
    world = World(ONE)
    for up in (False, False, True, False, False):
        world.up = up
        world.pass_time(30)
    assert world.health.is_healthy("one")
    world.up = False
    world.pass_time(30)
    assert not world.health.is_healthy("one")


def test_new_and_unknown_health_checks_are_healthy() -> None:
    world = World(ONE)
    world.up = False
    assert world.health.is_healthy("one")
    world.pass_time(1)
    assert world.health.is_healthy("one")
    assert world.health.is_healthy("nobody")


def sick_world(check: Check) -> World:
    world = World(check)
    world.up = False
    world.pass_time(100)
    assert not world.health.is_healthy("one")
    return world


def test_a_deleted_health_check_is_not_asked() -> None:
    world = sick_world(ONE)
    world.checks.clear()
    world.pass_time(1)
    asked = len(world.asked)
    world.pass_time(100)
    assert len(world.asked) == asked
    assert world.health.is_healthy("one")


def test_another_target_begins_anew() -> None:
    world = sick_world(ONE)
    world.checks[:] = [replace(ONE, target=replace(TARGET, path="/other"))]
    world.pass_time(1)
    assert world.health.is_healthy("one")
    assert world.asked[-1] == (100, replace(TARGET, path="/other"))


def test_another_threshold_or_interval_keeps_the_status() -> None:
    world = sick_world(ONE)
    world.checks[:] = [replace(ONE, threshold=1, interval=10)]
    world.pass_time(1)
    assert not world.health.is_healthy("one")
    world.up = True
    assert world.first_change(100) <= 10


def test_a_disabled_health_check_is_healthy_and_asks_nobody() -> None:
    world = World(replace(ONE, disabled=True), replace(ONE, id="two", disabled=True, inverted=True))
    world.up = False
    world.pass_time(200)
    assert not world.asked
    assert world.health.is_healthy("one")
    assert not world.health.is_healthy("two")


def test_an_inverted_health_check() -> None:
    world = World(replace(ONE, inverted=True))
    world.pass_time(1)
    assert not world.health.is_healthy("one")
    world.up = False
    world.pass_time(100)
    assert world.health.is_healthy("one")


@pytest.mark.parametrize(
    ("needed", "healthy"), [(0, True), (1, True), (2, True), (3, False), (4, False)]
)
def test_a_calculated_health_check_counts_its_children(needed: int, healthy: bool) -> None:
    world = World(
        ONE,
        replace(ONE, id="two", inverted=True),
        Check("alarm", None),
        Check("all", None, children=("one", "two", "alarm"), children_needed=needed),
    )
    world.up = False
    world.pass_time(100)
    assert [world.health.is_healthy(id_) for id_ in ("one", "two", "alarm")] == [False, True, True]
    assert world.health.is_healthy("all") is healthy


def test_calculated_health_checks_in_a_circle_end() -> None:
    world = World(
        Check("a", None, children=("b",), children_needed=1),
        Check("b", None, children=("a",), children_needed=1),
    )
    world.pass_time(1)
    assert not world.health.is_healthy("a")


def test_a_probe_that_breaks_is_a_failure() -> None:
    def broken(_target: Target) -> bool:
        raise OSError("no route to host")

    now = iter(range(0, 1000, 30))
    health = HealthChecks(broken, clock=lambda: next(now), read=lambda: [ONE], executor=Inline())
    for _ in range(3):
        health.step()
    assert not health.is_healthy("one")


def test_a_slow_endpoint_is_not_asked_twice_and_holds_nobody_up() -> None:
    asked = {name: threading.Semaphore(0) for name in ("slow", "quick")}
    answer = threading.Event()

    def probe(target: Target) -> bool:
        assert target.host is not None
        asked[target.host].release()
        return target.host == "quick" or answer.wait(60)

    checks = [Check(host, replace(TARGET, host=host), interval=10) for host in asked]
    now = iter(range(0, 1000, 10))
    health = HealthChecks(probe, clock=lambda: next(now), read=lambda: checks)
    try:
        for _ in range(3):
            health.step()
            assert asked["quick"].acquire(timeout=60)
            while health.report()["quick"].last is None:
                threading.Event().wait(0.01)
        assert asked["slow"].acquire(timeout=60)
        assert not asked["slow"].acquire(blocking=False)
    finally:
        answer.set()
        health.close()


def test_it_runs_by_itself_and_ends() -> None:
    seen = threading.Event()

    def probe(_target: Target) -> bool:
        seen.set()
        return False

    health = HealthChecks(probe, read=lambda: [ONE])
    health.start()
    assert seen.wait(60)
    health.close()
    assert not [one for one in threading.enumerate() if one.name == "health-checks"]


@contextmanager
def patched(health: HealthChecks) -> Iterator[None]:
    from moto.route53.responses import Route53

    before = Route53.get_health_check_status
    patch_of_health.patch(health.report)
    try:
        yield
    finally:
        setattr(Route53, "get_health_check_status", before)  # noqa: B010 (as the patch does)


def test_the_api_reports_what_was_observed() -> None:
    up = True
    now = iter(range(0, 1000, 30))
    health = HealthChecks(lambda _: up, clock=lambda: next(now), executor=Inline())
    with moto.mock_aws(), patched(health):
        client = boto3.client("route53", region_name="us-east-1")
        made = client.create_health_check(
            CallerReference="one",
            HealthCheckConfig={"Type": "HTTPS", "FullyQualifiedDomainName": "a.example.com"},
        )
        id_ = made["HealthCheck"]["Id"]

        def said() -> list[str]:
            told = client.get_health_check_status(HealthCheckId=id_)["HealthCheckObservations"]
            return [one["StatusReport"]["Status"] for one in told]

        assert said() == []
        health.step()
        assert said() == ["Success: the endpoint answered"]
        up = False
        health.step()
        assert said() == ["Failure: no such answer"]
        with pytest.raises(ClientError, match="NoSuchHealthCheck"):
            client.get_health_check_status(HealthCheckId="nobody")


@contextmanager
def patched_regions() -> Iterator[None]:
    from moto.route53.models import Route53Backend
    from moto.route53.responses import Route53

    names = ("create_health_check", "update_health_check")
    before = [(owner, name, getattr(owner, name)) for owner in (Route53, Route53Backend)
              for name in names]  # fmt: skip
    with patched(HealthChecks(lambda _: True, executor=Inline())):
        try:
            yield
        finally:
            for owner, name, method in before:
                setattr(owner, name, method)


def test_checkers_are_kept_by_an_update_and_three_at_least() -> None:
    three = ["ap-southeast-1", "eu-west-1", "us-east-1"]
    with moto.mock_aws(), patched_regions():
        client = boto3.client("route53", region_name="us-east-1")
        config: Any = {"Type": "HTTPS", "FullyQualifiedDomainName": "a.example.com"}

        def make(reference: str, regions: list[Any]) -> str:
            wanted: Any = {**config, "Regions": regions}
            made = client.create_health_check(CallerReference=reference, HealthCheckConfig=wanted)
            return made["HealthCheck"]["Id"]

        def regions() -> list[str]:
            found = client.get_health_check(HealthCheckId=id_)["HealthCheck"]
            return [*found["HealthCheckConfig"].get("Regions", [])]

        with pytest.raises(ClientError, match="at least 3 regions"):
            make("same", ["us-east-1", "us-east-1", "us-east-1"])
        with pytest.raises(ClientError, match="InvalidInput"):
            make("unknown", ["us-east-1", "eu-west-1", "eu-west-2"])
        id_ = make("three", three)
        client.update_health_check(HealthCheckId=id_, FailureThreshold=5)
        assert regions() == three
        client.update_health_check(HealthCheckId=id_, ResetElements=["Regions"])
        assert regions() == []
