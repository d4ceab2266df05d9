"""A tree has all of the library that its apps use, and no trace of the rest."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest

from tests.combinations.rows import apps_of_row, rows, rows_for, trees
from tests.support.lint import blocks_in
from tests.support.trees import library_features
from tfgen.app import App, ProviderMajor
from tfgen.lint.lint import lint
from tfgen.render.features import features
from tfgen.render.library import module_files, modules_dir, templates_dir
from tfgen.render.modules import child_module
from tfgen.render.shapes import region_modules, root_modules, shape_of

MODULES = sorted(path.name for path in modules_dir().iterdir())
NOTHING: frozenset[str] = frozenset()


def template_features() -> frozenset[str]:
    """Returns every feature that a template asks for."""
    texts = (path.read_text("utf-8") for path in templates_dir().rglob("*.tf.j2"))
    return frozenset(name for text in texts for name in re.findall(r'"(\w+)" in used', text))


@cache
def apps(name: str) -> tuple[App, ...]:
    """Returns the apps of a combination."""
    return apps_of_row(rows()[name])


@cache
def used_in(name: str) -> frozenset[str]:
    """Returns the features of a combination."""
    return features(apps(name))


def test_the_library_and_the_apps_have_the_same_features() -> None:
    found = frozenset[str]().union(*(used_in(name) for name in rows()))
    assert found == library_features() | template_features()


@pytest.mark.parametrize("feature", sorted(library_features()))
def test_every_feature_is_in_one_combination_and_not_in_another(feature: str) -> None:
    assert {feature in used_in(name) for name in rows()} == {True, False}


@pytest.mark.parametrize("module", MODULES)
def test_without_features_nothing_is_left_of_their_paragraphs(module: str) -> None:
    left = child_module(module, 6, NOTHING)
    for name, text in module_files(module):
        lines = {line.strip() for line in left.get(name, "").splitlines()}
        assert lines.isdisjoint(only_in_paragraphs(text)), name


def only_in_paragraphs(text: str) -> set[str]:
    """Returns the lines that a file has in paragraphs of features, and nowhere else."""
    inside: set[str] = set()
    outside = {""}
    replaces = [False]
    for line in map(str.strip, text.splitlines()):
        if line.startswith("# tfgen: when "):
            replaces.append(False)
        elif line == "# tfgen: else":
            replaces[-1] = True
        elif line == "# tfgen: end":
            replaces.pop()
        elif replaces[-1]:
            outside.add(line.removeprefix("#").strip())
        else:
            (inside if len(replaces) > 1 else outside).add(line)
    return inside - outside


@pytest.mark.parametrize("module", MODULES)
def test_with_all_features_the_whole_library_is_there(module: str) -> None:
    whole = child_module(module, 6, library_features())
    for name, text in module_files(module):
        if name != "terraform.tf":  # the version depends on the features as well
            kept = [line for line in whole[name].splitlines() if line]
            assert kept == [line for line in without_else(text) if line], name


def without_else(text: str) -> Iterator[str]:
    """Yields the lines of a file without marks, and without what takes a paragraph's place."""
    skipping = False
    for line in text.splitlines():
        if "# tfgen: else" in line:
            skipping = True
        elif "# tfgen: end" in line:
            skipping = False
        elif "# tfgen: when" not in line and not skipping:
            yield line


@pytest.mark.parametrize("major", [5, 6])
def test_no_mark_is_rendered(major: ProviderMajor) -> None:
    marked = {
        f"{name}/{path}"
        for name, files in trees(major).items()
        for path, text in files.items()
        if "# tfgen:" in text
    }
    assert marked == set()


@pytest.mark.parametrize("major", [5, 6])
def test_every_tree_fits_the_schema(major: ProviderMajor) -> None:
    # All at once: the linter parses a text once, and most files are the same in many trees.
    files = {
        f"{name}/{path}": text
        for name, tree in trees(major).items()
        for path, text in tree.items()
        if path.endswith(".tf")
    }
    report = lint(files)
    assert [f"{finding.place}: {finding.message}" for finding in report.findings] == []
    assert report.blocks == blocks_in(files) > 0


@pytest.mark.parametrize("name", rows())
def test_stages_share_a_region_module_if_they_have_the_same_shape(name: str) -> None:
    stages = apps(name)
    modules = region_modules(stages)
    assert set(modules) == {shape_of(app) for app in stages}
    assert len(set(modules.values())) == len(modules)
    if len(modules) == 1:
        assert set(modules.values()) == {"region"}
    else:
        assert set(modules.values()) == {"region_production", "region_plain"}
    # The order of the stages does not matter.
    assert region_modules(stages[::-1]) == modules


def test_a_tree_has_the_modules_that_its_stages_call_and_no_other() -> None:
    for name, files in trees(6).items():
        stages = apps_of_row(rows_for(6)[name])
        called = {module for app in stages for module in shape_of(app).modules}
        called |= {module for app in stages for module in root_modules(app)}
        called |= set(region_modules(stages).values())
        assert {Path(path).parts[1] for path in files if path.startswith("modules/")} == called, (
            name
        )
        assert sources(files) == called, name


def sources(files: Mapping[str, str]) -> set[str]:
    """Returns the modules that any file calls."""
    return {
        source.rpartition("/")[2]
        for text in files.values()
        for source in re.findall(r'^  source += "(\.\./[^"]+)"', text, re.MULTILINE)
    }
