"""``terraform validate`` accepts every stage of every committed config.

The trees are for provider 6, as by default, which ``tests.support.provider6`` stands in for. Those
for provider 5 are accepted as well, by one of the engines; ``tests.combinations`` has more of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.combinations.together import write_together
from tests.support.pool import validating
from tests.support.provider import validate, variables
from tests.support.trees import apps_of, configs, files_of, write_tree
from tfgen.app import ProviderMajor
from tfgen.terraform.engine import Engine

STAGES = [(case, app.stage) for case, path in configs().items() for app in apps_of(path)]

# Root modules of their own, with their backends; all others are looked at together.
ROOTS = [each for each in STAGES if each[0] in {"shapes", "stages", "examples/hello"}]
# One of them as people have it, with the provider that Terraform installs and starts.
WALK_THROUGH = ("examples/hello", "production")

Providers = Mapping[ProviderMajor, Mapping[str, str]]


@pytest.fixture(scope="module")
def provider() -> Iterator[Providers]:
    """For each major version, the environment in which all validations share a provider."""
    with validating(5) as five, validating(6) as six:
        yield {5: five, 6: six}


def test_all_trees_are_valid(engine: Engine, provider: Providers, tmp_path: Path) -> None:
    major: ProviderMajor = 5 if engine.source == "embedded" else 6
    trees = {case.replace("/", "-"): files_of(path, major) for case, path in configs().items()}
    for root in write_together(trees, tmp_path):
        assert validate(engine, root, provider[major]) == ""


@pytest.mark.parametrize("engine", ["embedded"], indirect=True)
@pytest.mark.parametrize(("case", "stage"), ROOTS)
def test_terraform_validate(
    case: str, stage: str, engine: Engine, provider: Providers, tmp_path: Path
) -> None:
    installed = (case, stage) == WALK_THROUGH
    write_tree(files_of(configs()[case], 5 if installed else 6), tmp_path)
    env = variables(tmp_path) if installed else provider[6]
    assert validate(engine, tmp_path / stage, env) == ""
