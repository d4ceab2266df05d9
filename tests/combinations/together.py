"""Many rendered trees under one root module, so that Terraform starts once for all of them.

Each stage of each tree is called as a child module, in the bytes that were rendered; Terraform
takes the provider configurations of child modules, and says of their backends that they do not
count. For a plan, which runs a process for every provider configuration, all stages share those of
the root instead: their ``providers.tf`` goes, and ``terraform.tf`` says what they are given.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from tests.support.trees import write_tree

Trees = Mapping[str, Mapping[str, str]]
"""Name of a tree → its files."""

_PROVIDER = re.compile(r'^provider "aws" \{\n.*?^\}\n', re.MULTILINE | re.DOTALL)
_ALIAS = re.compile(r'^  alias += "(?P<name>\w+)"$', re.MULTILINE)
_TAGS = re.compile(r"\n  default_tags \{\n    tags = local\.tags\n  \}\n")
_BACKEND = re.compile(r"^  (backend|cloud) .*?^  \}\n", re.MULTILINE | re.DOTALL)
_VERSION = re.compile(r'^      version = ".*"\n', re.MULTILINE)


def write_together(trees: Trees, folder: Path) -> Path:
    """Writes trees for provider 5, and a root module that calls every stage.

    Args:
        trees: what was rendered.
        folder: exists.

    Returns:
        The root module.
    """
    calls = []
    for name, files in trees.items():
        write_tree(files, folder / name)
        calls += [_call(name, stage) for stage in stages_of(files)]
    return _root(folder, calls)


def write_for_a_plan(trees: Trees, folder: Path) -> Path:
    """Writes trees for provider 5 such that they share provider configurations, and a root module.

    Args:
        trees: what was rendered.
        folder: exists.

    Returns:
        The root module.
    """
    calls = []
    configurations: dict[str, str] = {}
    for name, files in trees.items():
        changed = dict(files)
        for stage in stages_of(files):
            own = _configurations(changed.pop(f"{stage}/providers.tf"))
            aliases = [f"aws.{alias}" for alias in own if alias]
            terraform = _BACKEND.sub("", files[f"{stage}/terraform.tf"])
            passed_on = f"      configuration_aliases = [{', '.join(aliases)}]\n"
            changed[f"{stage}/terraform.tf"], found = _VERSION.subn(passed_on, terraform)
            assert found == 1
            calls.append(_call(name, stage, ["aws", *aliases]))
            configurations |= own
        write_tree(changed, folder / name)
    return _root(folder, [*configurations.values(), *calls])


def stages_of(files: Mapping[str, str]) -> list[str]:
    """Returns the stages of a tree."""
    return [path.partition("/")[0] for path in files if path.endswith("/providers.tf")]


def _configurations(text: str) -> dict[str, str]:
    """Returns alias → block of a ``providers.tf``; the alias of the default one is empty."""
    found = {}
    for block in _PROVIDER.findall(text):
        alias = _ALIAS.search(block)
        found[alias["name"] if alias else ""] = _TAGS.sub("", block)
    return found


def _call(name: str, stage: str, providers: list[str] | None = None) -> str:
    lines = [f'module "{name}_{stage}" {{', f'  source = "../../{name}/{stage}"']
    if providers:
        lines += ["  providers = {", *(f"    {each} = {each}" for each in providers), "  }"]
    return "\n".join([*lines, "}", ""])


def _root(folder: Path, blocks: list[str]) -> Path:
    # As deep as a stage of a tree is below its project, so that paths from the root are alike.
    root = folder / "all/of_them"
    root.mkdir(parents=True)
    (root / "main.tf").write_text("\n".join(blocks), "utf-8")
    return root
