"""``terraform validate`` accepts any text in the environment and in the tags."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.render.test_hcl import AWKWARD, TEXT
from tests.render.test_properties import NAMES, TAG_NAMES, app_with
from tests.support.trees import write_tree
from tfgen.render.render import render
from tfgen.terraform import args, environment, mirror
from tfgen.terraform.engine import Engine
from tfgen.terraform.initialize import ensure_initialized
from tfgen.terraform.runner import run


@dataclass(frozen=True, slots=True)
class Tree:
    """A tree that is rendered again and again, and initialized once."""

    folder: Path
    engine: Engine
    env: Mapping[str, str]

    def validate(self, variables: dict[str, str], tags: dict[str, str]) -> tuple[int, str]:
        app = app_with(variables, tags)
        write_tree(render([app]).files, self.folder)
        root = self.folder / app.stage
        ensure_initialized(self.engine, root, self.env, backend=False)
        result = run(self.engine, args.validate(no_color=True), cwd=root, env=self.env)
        return result.returncode, result.stderr


@pytest.fixture
def tree(tmp_path: Path, engine: Engine) -> Tree:
    found = mirror.find(os.environ)
    cli_config = None
    if found is not None:
        cli_config = tmp_path / "terraform.rc"
        mirror.write_cli_config(cli_config, found)
    env = environment.prepare(os.environ, cli_config=cli_config).variables
    return Tree(tmp_path / "infra", engine, env)


# Each example is a process of seconds, so there are few, with many texts in each.
@settings(
    max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    variables=st.dictionaries(NAMES, TEXT, min_size=20, max_size=60),
    tags=st.dictionaries(TAG_NAMES, TEXT, min_size=10, max_size=40),
)
def test_terraform_validate_accepts_any_text(
    tree: Tree, variables: dict[str, str], tags: dict[str, str]
) -> None:
    variables = variables | {f"AWKWARD_{index}": text for index, text in enumerate(AWKWARD)}
    assert tree.validate(variables, tags) == (0, "")
