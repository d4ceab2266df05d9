"""``terraform validate`` accepts every stage of every committed config."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.support.trees import apps_of, configs, files_of, write_tree
from tfgen.terraform import args, environment, mirror
from tfgen.terraform.engine import Engine
from tfgen.terraform.initialize import ensure_initialized
from tfgen.terraform.runner import run

STAGES = [(case, app.stage) for case, path in configs().items() for app in apps_of(path)]


# What an engine itself makes of a tree is in these: it is the provider that judges the others.
OF_BOTH_ENGINES = [each for each in STAGES if each[0] in {"shapes", "stages", "examples/hello"}]


@pytest.mark.parametrize("engine", ["terraform"], indirect=True)
@pytest.mark.parametrize(("case", "stage"), STAGES)
def test_terraform_validate(case: str, stage: str, engine: Engine, tmp_path: Path) -> None:
    validate(case, stage, engine, tmp_path)


@pytest.mark.parametrize("engine", ["embedded"], indirect=True)
@pytest.mark.parametrize(("case", "stage"), OF_BOTH_ENGINES)
def test_embedded_validate(case: str, stage: str, engine: Engine, tmp_path: Path) -> None:
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
