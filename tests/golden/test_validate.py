"""``terraform validate`` accepts every stage of every committed config."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.combinations.together import write_together
from tests.support.provider import attached
from tests.support.provider import validate as validate_together
from tests.support.trees import apps_of, configs, files_of, write_tree
from tfgen.terraform import args, environment, mirror
from tfgen.terraform.engine import Engine
from tfgen.terraform.initialize import ensure_initialized
from tfgen.terraform.runner import run

STAGES = [(case, app.stage) for case, path in configs().items() for app in apps_of(path)]


# Root modules of their own, with their backends; all others are looked at together.
ROOTS = [each for each in STAGES if each[0] in {"shapes", "stages", "examples/hello"}]


def test_all_trees_are_valid(engine: Engine, tmp_path: Path) -> None:
    trees = {case.replace("/", "-"): files_of(path, 5) for case, path in configs().items()}
    root = write_together(trees, tmp_path / "trees")
    with attached(engine, tmp_path) as env:
        assert validate_together(engine, root, env) == ""


@pytest.mark.parametrize("engine", ["embedded"], indirect=True)
@pytest.mark.parametrize(("case", "stage"), ROOTS)
def test_terraform_validate(case: str, stage: str, engine: Engine, tmp_path: Path) -> None:
    validate(case, stage, engine, tmp_path)


def validate(case: str, stage: str, engine: Engine, tmp_path: Path) -> None:
    """Holds one stage of a config to Terraform."""
    write_tree(files_of(configs()[case], 5), tmp_path / "infra")
    found = mirror.find(os.environ)
    cli_config = None
    if found is not None:
        cli_config = tmp_path / "terraform.rc"
        mirror.write_cli_config(cli_config, found)
    env = environment.prepare(os.environ, cli_config=cli_config).variables
    root = tmp_path / "infra" / stage
    ensure_initialized(engine, root, env, backend=False)
    result = run(engine, args.validate(no_color=True), cwd=root, env=env)
    assert (result.returncode, result.stderr) == (0, "")
