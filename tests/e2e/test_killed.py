"""Killed at any moment, an apply can be run again: nothing is lost, and nothing is made twice."""

from __future__ import annotations

import os
import random
import signal
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import psutil
import pytest

from tests.support.app_folder import AppFolder, hello
from tests.support.killing import kill, kill_all
from tests.support.moments import Begun, BegunMany, begun_in, journals, wait_for, wait_until
from tfgen.aws.session import Aws
from tfgen.errors import ExitCode
from tfgen.sandbox.inventory import inventory
from tfgen.terraform.journal import is_running

pytestmark = pytest.mark.e2e

APPLY = ("apply", "--sandbox", "--yes")
DESTROY = ("destroy", "--sandbox", "--yes")

Account = Counter[tuple[str, str, str]]


@dataclass(frozen=True, slots=True)
class World:
    """An app that is applied and destroyed many times.

    Attributes:
        app: its folder. Only an apply that is killed has providers of its own, which die with it.
        undisturbed: what an apply makes that nobody disturbs.
        steps: how many resources such an apply works on.
    """

    app: AppFolder
    undisturbed: Account
    steps: int

    def apply(self) -> None:
        """Applies, unless everything exists."""
        if account(self.app) != self.undisturbed:
            self.app.tfgen(*APPLY)

    def destroy(self) -> None:
        """Destroys, unless nothing exists, and looks whether everything is gone."""
        if account(self.app):
            self.app.tfgen(*DESTROY)
        assert account(self.app) == Counter()

    def assert_converged(self) -> None:
        """Holds the account to what Terraform and an undisturbed apply say."""
        self.app.tfgen("plan", "--sandbox", "--detailed-exitcode")
        assert account(self.app) == self.undisturbed


def account(app: AppFolder) -> Account:
    """Returns how many of each kind exist in each region, deployments of APIs included."""
    endpoint = app.sandbox.endpoint
    found = inventory(endpoint)
    kinds = Counter((each.service, each.type, each.region) for each in found)
    for each in found:
        if each.type == "REST API":
            client = Aws(endpoint).client("apigateway", each.region)
            deployments = client.get_deployments(restApiId=each.id)["items"]
            kinds["apigateway", "deployment", each.region] += len(deployments)
    return kinds


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with hello(tmp_path_factory.mktemp("killed") / "hello") as app:
        # What this installs is there for all commands after it.
        app.unshared.tfgen(*APPLY)
        yield World(app, account(app), len(begun_in(journals(app)[-1])))


def test_an_update_and_a_destroy_are_killed(world: World) -> None:
    app = world.app
    world.apply()
    app.change(lambda config: config["regions"]["eu-west-2"]["env"].update(STEP="2"))
    earlier = journals(app)
    running = app.applied_apart.begin(*APPLY)
    wait_for(app, Begun("aws_lambda_function"), after=earlier)
    kill_all(running)
    app.tfgen(*APPLY)
    world.assert_converged()
    client = Aws(app.sandbox.endpoint).client("lambda", "eu-west-2")
    live = client.get_function_configuration(FunctionName="hello-production", Qualifier="live")
    assert live["Environment"]["Variables"]["STEP"] == "2"

    seed = int(os.environ.get("KILL_SEED", random.SystemRandom().randrange(10_000)))
    number = random.Random(seed).randint(1, world.steps * 3 // 4)  # noqa: S311 # nothing secret
    print(f"KILL_SEED={seed}: killed when {number} of {world.steps} have begun")  # noqa: T201
    earlier = journals(app)
    running = app.applied_apart.begin(*DESTROY)
    wait_for(app, BegunMany(number), after=earlier)
    kill_all(running)
    world.destroy()


def test_killed_while_it_asks(world: World) -> None:
    app = world.app
    world.destroy()
    earlier = journals(app)
    terminal = app.begin_in_terminal("apply", "--sandbox")
    terminal.expect_exact("Apply these changes to `production`")
    terminal.kill(signal.SIGKILL)
    terminal.close()
    assert app.terraforms() == []
    assert journals(app) == earlier
    assert account(app) == Counter()


def test_each_next_apply_is_cut_off_later(world: World) -> None:
    app = world.app
    world.destroy()
    earlier = journals(app)
    running = app.applied_apart.begin(*APPLY)
    wait_for(app, Begun("aws_kms_key"), after=earlier)
    kill_all(running)

    earlier = journals(app)
    running = app.applied_apart.begin(*APPLY)
    wait_for(app, Begun("aws_lambda_function"), after=earlier)
    (terraform,) = psutil.Process(running.pid).children()
    kill(terraform)
    _, said = running.communicate()
    assert running.returncode == ExitCode.FAILED
    assert "Terraform was killed by SIGKILL" in said
    assert "Traceback" not in said
    assert app.terraforms() == [], "its providers outlived it"

    earlier = journals(app)
    terminal = app.applied_apart.begin_in_terminal(*APPLY)
    with ThreadPoolExecutor() as reader:
        reading = reader.submit(terminal.read)
        wait_for(app, Begun("aws_api_gateway_stage"), after=earlier)
        terminal.sendintr()
        said = reading.result()
    terminal.close()
    assert terminal.exitstatus == ExitCode.INTERRUPTED, said

    earlier = journals(app)
    running = app.applied_apart.begin(*APPLY)
    wait_for(app, Begun("aws_route53_record.eu_west_2"), after=earlier)
    kill_all(running)

    app.tfgen(*APPLY)
    world.assert_converged()
    world.destroy()


def test_terraform_goes_on_without_tfgen(world: World) -> None:
    app = world.app
    world.destroy()
    earlier = journals(app)
    running = app.applied_apart.begin(*APPLY)
    journal = wait_for(app, Begun("aws_lambda_function"), after=earlier)
    running.kill()
    assert running.wait() == -signal.SIGKILL
    refused = app.tfgen(*APPLY, code=ExitCode.FAILED)
    assert "still at work" in refused.stderr
    wait_until(lambda: not is_running(journal), "the end of Terraform")
    assert account(app) == world.undisturbed
    assert "Nothing to change" in app.tfgen(*APPLY).stderr
    assert account(app) == world.undisturbed
