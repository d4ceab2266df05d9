"""``terraform validate`` accepts whatever text a config may hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.render.test_hcl import AWKWARD, TEXT
from tests.support.pool import validating
from tests.support.provider import validate
from tests.support.trees import apps_of, configs, write_tree
from tfgen.app import App
from tfgen.render.hcl import quote
from tfgen.render.render import render
from tfgen.terraform.engine import Engine


@dataclass(frozen=True, slots=True)
class Root:
    """A folder for trees, and what looks at them."""

    tree: Path
    engine: Engine
    env: Mapping[str, str]

    def validate(self, files: Mapping[str, str]) -> None:
        """Writes a tree over the one before, and holds it to Terraform."""
        write_tree(files, self.tree)
        assert validate(self.engine, self.tree / "production", self.env) == ""


@pytest.fixture(scope="module")
def root(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Root]:
    with validating() as env:
        yield Root(tmp_path_factory.mktemp("texts"), engine, env)


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
@settings(max_examples=2, deadline=None, derandomize=True)
@given(texts=st.lists(TEXT, min_size=200, max_size=200, unique=True))
def test_any_text_as_variable_tag_and_description(root: Root, texts: list[str]) -> None:
    texts = [*texts, *(text for text in AWKWARD if text not in texts)]
    files = render([app_that_says(texts)]).files
    root.validate({**files, "production/texts.tf": descriptions(texts)})
