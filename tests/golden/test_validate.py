"""``terraform validate`` accepts every stage of every committed config."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.combinations.together import write_together
from tests.support.pool import validating
from tests.support.provider import validate, variables
from tests.support.trees import apps_of, configs, files_of, write_tree
from tfgen.terraform.engine import Engine

STAGES = [(case, app.stage) for case, path in configs().items() for app in apps_of(path)]

# Root modules of their own, with their backends; all others are looked at together.
ROOTS = [each for each in STAGES if each[0] in {"shapes", "stages", "examples/hello"}]
# One of them as people have it, with the provider that Terraform installs and starts.
WALK_THROUGH = ("examples/hello", "production")


@pytest.fixture(scope="module")
def provider() -> Iterator[dict[str, str]]:
    """The environment in which all validations share a provider."""
    with validating() as env:
        yield env


def test_all_trees_are_valid(engine: Engine, provider: Mapping[str, str], tmp_path: Path) -> None:
    trees = {case.replace("/", "-"): files_of(path, 5) for case, path in configs().items()}
    for root in write_together(trees, tmp_path):
        assert validate(engine, root, provider) == ""


@pytest.mark.parametrize("engine", ["embedded"], indirect=True)
@pytest.mark.parametrize(("case", "stage"), ROOTS)
def test_terraform_validate(
    case: str, stage: str, engine: Engine, provider: Mapping[str, str], tmp_path: Path
) -> None:
    write_tree(files_of(configs()[case], 5), tmp_path)
    env = variables(tmp_path) if (case, stage) == WALK_THROUGH else provider
    assert validate(engine, tmp_path / stage, env) == ""
