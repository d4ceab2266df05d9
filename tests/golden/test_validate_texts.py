"""``terraform validate`` accepts whatever text a config may hold."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.render.test_hcl import AWKWARD, TEXT
from tests.support.trees import apps_of, configs, write_tree
from tfgen.app import App
from tfgen.render.hcl import quote
from tfgen.render.render import render
from tfgen.terraform import args, environment, mirror
from tfgen.terraform.engine import Engine
from tfgen.terraform.initialize import ensure_initialized
from tfgen.terraform.runner import run


@dataclass(frozen=True, slots=True)
class Root:
    """A folder that Terraform has initialized for the provider, and what looks at it."""

    tree: Path
    engine: Engine
    variables: Mapping[str, str]

    def validate(self, files: Mapping[str, str]) -> None:
        """Writes a tree over the one before, and holds it to Terraform."""
        write_tree(files, self.tree)
        root = self.tree / "production"
        ensure_initialized(self.engine, root, self.variables, backend=False)
        result = run(self.engine, args.validate(no_color=True), cwd=root, env=self.variables)
        assert (result.returncode, result.stderr) == (0, "")


@pytest.fixture(scope="module")
def root(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Root:
    folder = tmp_path_factory.mktemp("texts")
    found = mirror.find(os.environ)
    cli_config = None
    if found is not None:
        cli_config = folder / "terraform.rc"
        mirror.write_cli_config(cli_config, found)
    variables = environment.prepare(os.environ, cli_config=cli_config).variables
    return Root(folder / "infra", engine, variables)


def app_that_says(texts: Sequence[str]) -> App:
    """Returns an app with each text as a variable, as a tag and, unless it is empty, as a name."""
    app = apps_of(configs()["provider-5"])[0]
    env = {f"TEXT_{index}": text for index, text in enumerate(texts)}
    tags = {f"text {index}": text for index, text in enumerate(texts)}
    tags |= {text: "name" for text in texts if text}
    regions = tuple(replace(region, env=env) for region in app.regions)
    return replace(app, env={}, tags=tags, regions=regions)


def descriptions(texts: Sequence[str]) -> str:
    """Returns a file in which each text is the description of an output."""
    return "\n".join(
        f'output "text_{index}" {{\n  description = {quote(text)}\n  value       = {index}\n}}\n'
        for index, text in enumerate(texts)
    )


# Terraform takes seconds to look at a tree, however many texts are in it.
@settings(max_examples=4, deadline=None, derandomize=True)
@given(texts=st.lists(TEXT, min_size=100, max_size=100, unique=True))
def test_any_text_as_variable_tag_and_description(root: Root, texts: list[str]) -> None:
    texts = [*texts, *(text for text in AWKWARD if text not in texts)]
    files = render([app_that_says(texts)]).files
    root.validate({**files, "production/texts.tf": descriptions(texts)})
