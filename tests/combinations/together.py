"""Some rendered trees under one root module, so that Terraform starts once for all of them.

They are some and not all because Terraform takes far more than twice the time for twice as many.

Each stage of each tree is called as a child module, in the bytes that were rendered; Terraform
takes the provider configurations of child modules, and says of their backends that they do not
count. For a plan, which runs a process for every provider configuration, all stages share those of
the root instead: their ``providers.tf`` goes, and ``terraform.tf`` says what they are given.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path

from tests.support.trees import write_tree

Trees = Mapping[str, Mapping[str, str]]
"""Name of a tree → its files."""

_TOGETHER = 8

_PROVIDER = re.compile(r'^provider "aws" \{\n.*?^\}\n', re.MULTILINE | re.DOTALL)
_ALIAS = re.compile(r'^  alias += "(?P<name>\w+)"$', re.MULTILINE)
_TAGS = re.compile(r"\n  default_tags \{\n    tags = local\.tags\n  \}\n")
_BACKEND = re.compile(r"^  (backend|cloud) .*?^  \}\n", re.MULTILINE | re.DOTALL)
_VERSION = re.compile(r'^      version = ".*"\n', re.MULTILINE)


def write_together(trees: Trees, folder: Path) -> list[Path]:
    """Writes trees for one major version of the provider, and root modules that call every stage.

    Args:
        trees: what was rendered.
        folder: exists.

    Returns:
        The root modules.
    """
    roots: list[Path] = []
    for part in _parts(trees):
        calls = []
        for name, files in part.items():
            write_tree(files, folder / name)
            calls += [call(name, stage) for stage in stages_of(files)]
        roots.append(_write_root(folder, len(roots), calls))
    return roots


def write_for_a_plan(trees: Trees, folder: Path) -> list[Path]:
    """Writes trees for provider 5 such that they share provider configurations, and root modules.

    Args:
        trees: what was rendered.
        folder: exists.

    Returns:
        The root modules.
    """
    roots: list[Path] = []
    for part in _parts(trees):
        calls = []
        configurations: dict[str, str] = {}
        for name, files in part.items():
            changed = dict(files)
            for stage in stages_of(files):
                own = take_configurations(changed, stage)
                calls.append(call(name, stage, list(own)))
                configurations |= own
            write_tree(changed, folder / name)
        roots.append(_write_root(folder, len(roots), [*configurations.values(), *calls]))
    return roots


def _parts(trees: Trees) -> Iterator[Trees]:
    rest = iter(trees.items())
    while part := dict(islice(rest, _TOGETHER)):
        yield part


def stages_of(files: Mapping[str, str]) -> list[str]:
    """Returns the stages of a tree."""
    return [path.partition("/")[0] for path in files if path.endswith("/providers.tf")]


def take_configurations(files: dict[str, str], stage: str) -> dict[str, str]:
    """Makes a stage take its provider configurations from the root, and returns them by alias.

    The alias of the default one is empty.
    """
    own = {}
    for block in _PROVIDER.findall(files.pop(f"{stage}/providers.tf")):
        alias = _ALIAS.search(block)
        own[alias["name"] if alias else ""] = _TAGS.sub("", block)
    aliases = ", ".join(f"aws.{alias}" for alias in own if alias)
    terraform = _BACKEND.sub("", files[f"{stage}/terraform.tf"])
    given, found = _VERSION.subn(f"      configuration_aliases = [{aliases}]\n", terraform)
    assert found == 1
    files[f"{stage}/terraform.tf"] = given
    return own


def call(name: str, stage: str, aliases: Mapping[str, str] | Iterable[str] = ()) -> str:
    """Returns the block that calls a stage as a child module.

    Args:
        name: of its tree.
        stage: its name.
        aliases: of the provider configurations that it takes; or what they are called in the root.
    """
    named = aliases if isinstance(aliases, Mapping) else {each: each for each in aliases}
    lines = [f'module "{name}_{stage}" {{', f'  source = "../../{name}/{stage}"']
    if named:
        given = [f"    {_aws(own)} = {_aws(root)}" for own, root in named.items()]
        lines += ["  providers = {", *given, "  }"]
    return "\n".join([*lines, "}", ""])


def _aws(alias: str) -> str:
    return f"aws.{alias}" if alias else "aws"


def _write_root(folder: Path, number: int, blocks: list[str]) -> Path:
    # As deep as a stage of a tree is below its project, so that paths from the root are alike.
    root = folder / f"all/part_{number}"
    root.mkdir(parents=True)
    (root / "main.tf").write_text("\n".join(blocks), "utf-8")
    return root
