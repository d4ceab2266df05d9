"""Regions come and go while clients keep asking, and no request of theirs fails.

All of it happens the way to a real account, with the committed tree and its state: the account is
a sandbox that the user's own environment names. The pages show the same with ``--sandbox``.
"""

from __future__ import annotations

import json
import math
import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.app_folder import AppFolder, hello
from tests.support.clients import Asking, Crowd
from tests.support.command import snapshot
from tests.support.moments import wait_until
from tfgen.errors import ExitCode
from tfgen.sandbox.client import Client
from tfgen.sandbox.inventory import inventory
from tfgen.sandbox.lifecycle import start
from tfgen.terraform import mirror
from tfgen.terraform.events import ApplyStart, parse_all

pytestmark = pytest.mark.e2e

URL = "https://api.example.com/"
# Shorter than Route 53's 60 seconds and the function's 15, in the same order.
TTL = 25.0
DRAIN = 30
CONFIG = """\
name: hello
function: {source: ./src, runtime: python3.13, handler: app.handler}
api: {domain: api.example.com, zone: example.com, create_zone: true}
env: {LOG_LEVEL: info, MESSAGE: Hello}
# From the first one on.
regions:
  eu-central-1: {env: {MESSAGE: Hallo}}  # Frankfurt
  us-west-2: {}
terraform: {aws_provider: 5}
"""


@dataclass(frozen=True, slots=True)
class World:
    """An app, and an account that is a sandbox.

    Attributes:
        app: its folder.
        account: the variables that lead there.
    """

    app: AppFolder
    account: dict[str, str]

    def tfgen(self, *arguments: str, code: int = ExitCode.DONE) -> str:
        """Runs a command and returns what it says to people."""
        return self.app.tfgen(*arguments, code=code, **self.account).stderr

    def committed(self) -> dict[str, bytes]:
        """Returns the files that git would keep: config, source, tree and manifest."""
        files = snapshot(self.app.path)
        return {
            path: content
            for path, content in files.items()
            if ".terraform" not in path and "tfstate" not in path and "__pycache__" not in path
        }

    def regions(self) -> set[str]:
        """Returns the regions in which anything exists."""
        return {each.region for each in inventory(self.app.sandbox.endpoint)} - {"global"}

    def global_things(self) -> list[str]:
        """Returns what exists outside of regions: roles, records, health checks."""
        found = inventory(self.app.sandbox.endpoint)
        return [f"{each.type} {each.id}" for each in found if each.region == "global"]

    def last_apply_began(self) -> float:
        """Returns when the last apply began with its first resource, in seconds since 1970."""
        journal = max((self.app.path / ".tfgen/runs").glob("*.jsonl"))
        with journal.open(encoding="utf-8") as lines:
            starts = [event.at for event in parse_all(lines) if isinstance(event, ApplyStart)]
        return min(starts).timestamp()

    def drains(self) -> list[Path]:
        """Returns the marks of records that were removed and are not forgotten yet."""
        return list((self.app.path / ".tfgen/drains").glob("*"))


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    found = mirror.find(os.environ)
    assert found is not None, "no mirror of the AWS provider on this machine"
    cli_config = tmp_path / "terraform.rc"
    mirror.write_cli_config(cli_config, found)
    with hello(tmp_path / "hello") as app:
        (app.path / "tfgen.yaml").write_text(CONFIG, "utf-8")
        app.tfgen("render")
        account = {
            "AWS_ENDPOINT_URL": start(app.path).endpoint,
            "AWS_ACCESS_KEY_ID": "user",
            "AWS_SECRET_ACCESS_KEY": "user",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
            "TF_CLI_CONFIG_FILE": str(cli_config),
        }
        yield World(app, account)


def test_regions_come_and_go(world: World) -> None:
    app = world.app
    config = app.path / "tfgen.yaml"
    world.tfgen("apply", "--yes")
    before = world.committed()
    london, oregon = Asking("london", TTL), Asking("oregon", TTL)
    # Nobody's resolver is like that; it shows that requests do fail which come too late.
    stubborn = Asking("london", math.inf)
    with Crowd(Client(app.sandbox), URL, london, oregon, stubborn, every=0.1) as crowd:
        world.tfgen("region", "add", "eu-west-2")
        added = CONFIG.replace("terraform:", "  eu-west-2: {}\nterraform:")
        assert config.read_text("utf-8") == added
        world.tfgen("apply", "--yes")
        crowd.ask_dns_again()
        wait_until(lambda: london.regions()["eu-west-2"] > 20, "London's new region")

        command = ("region", "remove", "eu-west-2", "--yes", "--drain", f"{DRAIN}")
        # The worst case: resolvers have just learned of the region that goes.
        crowd.ask_dns_again()
        running = app.begin(*command, **world.account)
        wait_until(world.drains, "the end of the first step")
        running.send_signal(signal.SIGKILL)
        running.communicate()
        (drain,) = world.drains()
        out_of_dns = drain.stat().st_mtime
        assert "eu-west-2" in world.regions()
        assert config.read_text("utf-8") == added
        assert "aws.eu_west_2" in (app.path / "infra/production/main.tf").read_text("utf-8")
        app.tfgen("render", "--check", code=ExitCode.STALE)
        again = world.tfgen(*command)
        assert "take its records out of DNS" not in again
        assert f"1. wait {DRAIN} s" in again
        assert world.last_apply_began() >= out_of_dns + DRAIN
        answered = len(london.requests)
        wait_until(lambda: len(london.requests) > answered + 20, "requests after the removal")

    numbers = {
        name: {"requests": len(client.requests), "failed": len(client.failures()),
               "by region": dict(client.regions())}
        for name, client in (("london", london), ("oregon", oregon), ("no TTL", stubborn))
    }  # fmt: skip
    print(f"\nwhile a region came and went: {json.dumps(numbers)}")  # noqa: T201 # to be quoted
    assert (london.failures(), oregon.failures()) == ([], [])
    assert set(oregon.regions()) == {"us-west-2"}
    assert set(london.regions()) == {"eu-central-1", "eu-west-2"}
    assert london.requests[-1].region == "eu-central-1"
    assert {request.region for request in stubborn.failures()} == {"eu-west-2"}
    assert world.committed() == before
    # The alarms are where Route 53 has its metrics.
    assert world.regions() == {"us-west-2", "eu-central-1", "us-east-1"}
    assert not [each for each in world.global_things() if "eu-west-2" in each]
    assert world.drains() == []
    world.tfgen("plan", "--detailed-exitcode")

    nothing_else_is_applied_on_the_way(world)
    the_first_goes_and_the_last_stays(world)


REMOVE_FIRST = ("region", "remove", "eu-central-1", "--yes", "--drain", "0")


def nothing_else_is_applied_on_the_way(world: World) -> None:
    """Refuses to remove a region while other changes are pending, and leaves no trace."""
    world.app.change(lambda config: config["env"].update(LOG_LEVEL="debug"))
    stale = world.tfgen(*REMOVE_FIRST, code=ExitCode.FAILED)
    assert "The rendered tree is out of date" in stale
    world.tfgen("render")
    before = world.committed()
    pending = world.tfgen(*REMOVE_FIRST, code=ExitCode.FAILED)
    assert "Other changes are pending, which have nothing to do with `eu-central-1`" in pending
    assert "module.us_west_2.module.function.aws_lambda_function.this" in pending
    assert world.committed() == before
    world.tfgen("apply", "--yes")


def the_first_goes_and_the_last_stays(world: World) -> None:
    """Removes the region whose module the validation record is read from.

    A region that is alone has no health check by default, so more than one region changes.
    """
    world.tfgen(*REMOVE_FIRST)
    assert world.regions() == {"us-west-2"}
    left = world.global_things()
    assert not [each for each in left if "eu-central-1" in each or "health check" in each]
    world.tfgen("plan", "--detailed-exitcode")
