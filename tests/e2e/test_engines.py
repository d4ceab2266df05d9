"""Both engines plan the same, and a plan that one of them saved is the one that is applied."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from collections.abc import Iterator

import pytest

from tests.support.app_folder import AppFolder, hello
from tests.support.trees import CONFIGS
from tfgen.errors import ExitCode
from tfgen.sandbox.inventory import inventory

pytestmark = pytest.mark.e2e

# https://developer.hashicorp.com/terraform/cli/commands/plan#detailed-exitcode
CHANGES = 2


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppFolder]:
    """The walk-through, with a second config beside it."""
    with hello(tmp_path_factory.mktemp("engines") / "hello") as app:
        shutil.copy(CONFIGS / "provider-5.yaml", app.path)
        yield app.unshared


def added(plan: str) -> Counter[str]:
    """Returns how many resources a plan adds: module of the region, or "" for the root → number."""
    addresses = re.findall(r"^  # (.+) will be created$", plan, re.MULTILINE)
    modules = [re.match(r"module\.(\w+)\.", address) for address in addresses]
    return Counter(module[1] if module else "" for module in modules)


def assert_is_the_walk_through(plan: str) -> None:
    """Holds what a plan says to what the walk-through has."""
    assert "Plan: 43 to add, 0 to change, 0 to destroy." in plan
    assert added(plan) == {"us_west_2": 16, "eu_west_2": 16, "": 11}


def test_a_plan_of_the_binary(app: AppFolder) -> None:
    planned = app.tfgen(
        "plan", "--sandbox", "--detailed-exitcode", code=CHANGES, TFGEN_TERRAFORM="terraform"
    )
    assert_is_the_walk_through(planned.stdout)


def test_a_plan_of_three_regions_by_the_embedded_engine(app: AppFolder) -> None:
    planned = app.tfgen(
        *("plan", "--sandbox", "--config", "provider-5.yaml"), TFGEN_TERRAFORM="embedded"
    )
    modules = {"ap_northeast_1", "sa_east_1", "us_east_2"}
    numbers = added(planned.stdout)
    assert numbers.keys() == modules | {""}
    assert len({numbers[module] for module in modules}) == 1
    assert f"Plan: {numbers.total()} to add, 0 to change, 0 to destroy." in planned.stdout


def test_a_saved_plan_is_applied_by_the_embedded_engine(app: AppFolder) -> None:
    def tfgen(*arguments: str, code: int = ExitCode.DONE) -> str:
        done = app.tfgen(*arguments, "--sandbox", code=code, TFGEN_TERRAFORM="embedded")
        return done.stdout

    saved = "next.tfplan"
    planned = tfgen("plan", "--out", saved, "--detailed-exitcode", code=CHANGES)
    assert_is_the_walk_through(planned)
    assert tfgen("apply", saved) == "https://api.example.com/\n"
    tfgen("plan", "--detailed-exitcode")
    tfgen("destroy", "--yes")
    # The zone that the other config looks up is the sandbox's own.
    assert [each for each in inventory(app.sandbox.endpoint) if not each.seeded] == []
