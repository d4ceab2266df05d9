"""Both engines, the oldest Terraform that is tried and the one in the wheel, plan the same."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.command import environment, tfgen
from tests.support.trees import EXAMPLES
from tfgen.errors import ExitCode
from tfgen.sandbox.lifecycle import stop

pytestmark = pytest.mark.e2e

ENGINES = ["terraform", "embedded"]
CHANGES = 2


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("engines") / "hello"
    shutil.copytree(EXAMPLES / "hello", folder, ignore=shutil.ignore_patterns(".tfgen"))
    yield folder
    stop(folder)


@pytest.mark.parametrize("engine", ENGINES)
def test_validate(project: Path, engine: str) -> None:
    result = tfgen(project, "validate", "--sandbox", env=environment(TFGEN_TERRAFORM=engine))
    assert result.returncode == ExitCode.DONE, result.stderr


@pytest.mark.parametrize("engine", ENGINES)
def test_plan(project: Path, engine: str) -> None:
    result = tfgen(
        project,
        *("plan", "--sandbox", "--json", "--detailed-exitcode"),
        env=environment(TFGEN_TERRAFORM=engine),
    )
    assert result.returncode == CHANGES, result.stderr
    events = [json.loads(line) for line in result.stdout.splitlines()]
    created = Counter(
        event["change"]["resource"]["module"].split(".module.")[0]
        for event in events
        if event["type"] == "planned_change" and event["change"]["action"] == "create"
    )
    assert created == {"": 8, "module.eu_west_2": 20, "module.us_west_2": 20}


@pytest.mark.parametrize("engine", ENGINES)
def test_a_saved_plan_and_a_narrow_one(project: Path, engine: str) -> None:
    env = environment(TFGEN_TERRAFORM=engine)
    saved = f"{engine}.tfplan"
    result = tfgen(project, "plan", "--sandbox", "--out", saved, "--region", "eu-west-2", env=env)
    assert result.returncode == ExitCode.DONE, result.stderr
    assert (project / saved).is_file()
    assert "module.eu_west_2.module.function.aws_lambda_function.this" in result.stdout
    assert "module.us_west_2" not in result.stdout
