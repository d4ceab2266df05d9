"""Whatever text a config holds, the rendering says exactly that."""

from __future__ import annotations

import subprocess
import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import hcl2
import pytest
from hcl2 import SerializationOptions
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.render.test_hcl import AWKWARD, READABLE, TEXT
from tests.support.trees import apps_of, configs, write_tree
from tfgen.app import App
from tfgen.render.render import render

NAMES = st.from_regex(r"[A-Za-z][A-Za-z0-9_]{1,20}", fullmatch=True)
# Tags that AWS takes are far tamer; the rendering must not rely on it.
TAG_NAMES = TEXT.filter(lambda text: text.strip() == text and text != "")


def app_with(env: Mapping[str, str], tags: Mapping[str, str]) -> App:
    app = apps_of(configs()["provider-5"])[0]
    regions = tuple(replace(region, env=env) for region in app.regions)
    return replace(app, env={}, tags=tags, regions=regions)


def read(text: str) -> Any:
    options = SerializationOptions(
        strip_string_quotes=True, explicit_blocks=False, with_comments=False
    )
    return hcl2.loads(text, serialization_options=options)


def plain(values: Mapping[str, str]) -> dict[str, str]:
    """Undoes what python-hcl2 leaves: quotes around keys, and doubled template markers."""
    return {
        decoded(name[1:-1] if name.startswith('"') else name): decoded(value)
        for name, value in values.items()
    }


def decoded(text: str) -> str:
    return text.replace("$${", "${").replace("%%{", "%{")


@settings(max_examples=60)
@given(
    env=st.dictionaries(NAMES, READABLE, min_size=1, max_size=5),
    tags=st.dictionaries(st.from_regex(r"[A-Za-z][\w .:/=+@-]{0,20}", fullmatch=True), READABLE),
)
def test_env_and_tags_are_the_same_when_read_back(
    env: dict[str, str], tags: dict[str, str]
) -> None:
    tags = {unicodedata.normalize("NFC", name): value for name, value in tags.items()}
    app = app_with(env, tags)
    files = render([app]).files
    modules = read(files["production/main.tf"])["module"]
    for module in modules:
        for call in module.values():
            assert plain(call["environment"]) == env
    if tags:
        assert plain(read(files["production/providers.tf"])["locals"][0]["tags"]) == tags


@settings(max_examples=60)
@given(env=st.dictionaries(NAMES, TEXT, max_size=4), tags=st.dictionaries(TAG_NAMES, TEXT))
def test_the_same_app_renders_to_the_same_bytes(env: dict[str, str], tags: dict[str, str]) -> None:
    assert render([app_with(env, tags)]) == render([app_with(env, tags)])


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    env=st.dictionaries(NAMES, TEXT, min_size=5, max_size=20),
    tags=st.dictionaries(TAG_NAMES, TEXT, min_size=5, max_size=20),
)
# Combining characters, which have nothing before them to combine with but a quote.
@example(env={}, tags={"\U000110b0": "a", "\u0e33": "b", "e\u0302\u0301": "c", "longer": "d"})
# Consonants that a sign joins, which are one for Unicode and two for Terraform.
@example(
    env={}, tags={"\u0915\u094d\u0937": "a", "\u094d\u0915": "b", "\u0e01\u0e33": "c", "abc": "d"}
)
def test_terraform_fmt_has_nothing_to_change(
    env: dict[str, str], tags: dict[str, str], tmp_path: Path
) -> None:
    env = env | {f"AWKWARD_{index}": text for index, text in enumerate(AWKWARD)}
    write_tree(render([app_with(env, tags)]).files, tmp_path)
    result = subprocess.run(
        ["terraform", "fmt", "-check", "-diff", "-recursive", tmp_path],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (result.returncode, result.stdout) == (0, "")


@pytest.mark.parametrize("text", AWKWARD)
def test_awkward_text_in_every_place(text: str) -> None:
    app = app_with({"VALUE": text}, {"tag": text, text or "empty": "x"})
    files = render([app]).files
    call = read(files["production/main.tf"])["module"][0]["ap_northeast_1"]
    assert plain(call["environment"]) == {"VALUE": text}
