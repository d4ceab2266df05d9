"""Regions come and go while clients keep asking, and no request of theirs fails."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.app_folder import AppFolder, hello
from tests.support.clients import Crowd
from tests.support.command import snapshot
from tests.support.moments import wait_until
from tfgen.errors import ExitCode
from tfgen.sandbox.client import Client
from tfgen.sandbox.inventory import inventory

pytestmark = pytest.mark.e2e

URL = "https://api.example.com/"
# What resolvers do in 60 seconds happens here in 8: the wait is the same one, only shorter.
TTL = 8.0
DRAIN = ("--drain", "10")
CONFIG = """\
name: hello
function: {source: ./src, runtime: python3.13, handler: app.handler}
api: {domain: api.example.com, zone: example.com, create_zone: true}
env: {LOG_LEVEL: info, MESSAGE: Hello}
# From the first one on.
regions:
  us-west-2: {env: {MESSAGE: Hello from us-west-2}}  # Oregon
  eu-central-1: {}
terraform: {aws_provider: 5}
"""


@pytest.fixture
def app(tmp_path: Path) -> Iterator[AppFolder]:
    with hello(tmp_path / "hello") as folder:
        (folder.path / "tfgen.yaml").write_text(CONFIG, "utf-8")
        folder.tfgen("render")
        yield folder


def regions_with_something(app: AppFolder) -> set[str]:
    return {each.region for each in inventory(app.sandbox.endpoint)} - {"global"}


def global_things(app: AppFolder) -> list[str]:
    found = inventory(app.sandbox.endpoint)
    return [f"{each.type} {each.id}" for each in found if each.region == "global"]


def drain_stamps(app: AppFolder) -> list[Path]:
    return list((app.path / ".tfgen/sandbox").glob("*/drains/*"))


def test_a_region_comes_and_goes(app: AppFolder) -> None:
    config = app.path / "tfgen.yaml"
    app.tfgen("apply", "--sandbox", "--yes")
    before = snapshot(app.path)
    with Crowd(Client(app.sandbox), URL, ("london", "oregon"), every=0.1, ttl=TTL) as crowd:
        london, oregon = crowd.clients["london"], crowd.clients["oregon"]
        app.tfgen("region", "add", "eu-west-2")
        assert config.read_text("utf-8") == CONFIG.replace(
            "terraform:", "  eu-west-2: {}\nterraform:"
        )
        app.tfgen("apply", "--sandbox", "--yes")
        wait_until(lambda: london.regions()["eu-west-2"] > 20, "London's new region")
        with_it = snapshot(app.path)

        command = ("region", "remove", "eu-west-2", "--sandbox", "--yes", *DRAIN)
        running = app.begin(*command)
        wait_until(lambda: drain_stamps(app), "the end of the first step")
        running.send_signal(signal.SIGKILL)
        running.communicate()
        assert "eu-west-2" in regions_with_something(app)
        assert snapshot(app.path) == with_it
        again = app.tfgen(*command).stderr
        assert "take its records out of DNS" not in again
        assert london.requests[-1].region == "eu-central-1"
        wait_until(lambda: len(london.requests) % 50 == 0, "some requests more")

    numbers = {
        place: {"requests": len(client.requests), "failures": len(client.failures()),
                "regions": dict(client.regions())}
        for place, client in crowd.clients.items()
    }  # fmt: skip
    print(f"\nrequests while a region came and went: {json.dumps(numbers)}")  # noqa: T201
    assert london.failures() == []
    assert oregon.failures() == []
    assert set(oregon.regions()) == {"us-west-2"}
    assert set(london.regions()) == {"eu-central-1", "eu-west-2"}
    assert snapshot(app.path) == before
    assert regions_with_something(app) == {"us-west-2", "eu-central-1"}
    assert not [each for each in global_things(app) if "eu-west-2" in each]
    app.tfgen("plan", "--sandbox", "--detailed-exitcode")
    assert drain_stamps(app) == []

    the_first_goes_and_the_last_stays(app)


def the_first_goes_and_the_last_stays(app: AppFolder) -> None:
    """Removes the region whose module the validation record is read from."""
    app.change(lambda config: config["env"].update(LOG_LEVEL="debug"))
    app.tfgen("render")
    before = snapshot(app.path)
    command = ("region", "remove", "us-west-2", "--sandbox", "--yes", "--drain", "0")
    refused = app.tfgen(*command, code=ExitCode.FAILED).stderr
    assert "Other changes are pending, which have nothing to do with `us-west-2`" in refused
    assert "module.eu_central_1.module.function.aws_lambda_function.this" in refused
    assert snapshot(app.path) == before
    app.tfgen("apply", "--sandbox", "--yes")

    app.tfgen(*command)
    assert regions_with_something(app) == {"eu-central-1"}
    left = global_things(app)
    assert not [each for each in left if "us-west-2" in each or "health check" in each]
    app.tfgen("plan", "--sandbox", "--detailed-exitcode")
    last = app.tfgen("region", "remove", "eu-central-1", "--sandbox", code=ExitCode.USAGE)
    assert "the last region" in last.stderr
