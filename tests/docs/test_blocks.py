"""The configs and the HCL in the pages are valid, and the tree in README is the example's."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import hcl2
import pytest
import yaml

from tests.docs.pages import Block, all_blocks, blocks
from tests.support.trees import EXAMPLES, ROOT, apps_of, configs, files_of, read_tree, write_tree
from tfgen.app import App, ProviderMajor
from tfgen.config.ciphertexts import parse_ciphertexts
from tfgen.config.load import load, loads
from tfgen.lint.lint import lint
from tfgen.resolve import resolve_all
from tfgen.terraform import args, environment, mirror
from tfgen.terraform.engine import find
from tfgen.terraform.initialize import ensure_initialized
from tfgen.terraform.runner import run

EXAMPLE = EXAMPLES / "hello"
YAML = all_blocks("yaml")
HCL = all_blocks("hcl")


def app_of(block: Block, folder: Path) -> tuple[App, ...]:
    """Returns the apps of a config; a part of one changes the last whole one of its page."""
    path = folder / "tfgen.yaml"
    path.write_text(block.text, "utf-8")
    part: dict[str, Any] = yaml.safe_load(block.text)
    if "name" not in part:
        above = [b for b in blocks(block.page) if b.language == "yaml" and b.line < block.line]
        earlier = [whole for b in above if "name" in (whole := yaml.safe_load(b.text))]
        path.write_text(yaml.safe_dump(merged(earlier[-1], part)), "utf-8")
    return resolve_all(load(path), complete=False)


def merged(whole: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    """Returns a mapping with some of its keys changed, at any depth."""
    below = {key: value for key, value in whole.items() if isinstance(value, dict)}
    return whole | {
        key: merged(below.get(key, {}), value) if isinstance(value, dict) else value
        for key, value in part.items()
    }


@pytest.mark.parametrize("block", YAML, ids=str)
def test_configs_are_valid(block: Block, tmp_path: Path) -> None:
    if block.text.startswith("repos:"):
        file = tmp_path / ".pre-commit-config.yaml"
        file.write_text(block.text, "utf-8")
        subprocess.run([sys.executable, "-m", "pre_commit", "validate-config", file], check=True)
    elif "ciphertext:" in block.text:
        assert parse_ciphertexts(block.text, file=str(block)).values
    else:
        assert app_of(block, tmp_path)


def test_the_config_in_readme_is_the_examples() -> None:
    [block, *_] = [block for block in blocks(ROOT / "README.md") if block.language == "yaml"]
    assert resolve_all(loads(block.text)) == apps_of(EXAMPLE / "tfgen.yaml")


@pytest.mark.parametrize("block", HCL, ids=str)
def test_hcl_parses_and_is_formatted(block: Block) -> None:
    assert hcl2.loads(block.text)
    formatted = subprocess.run(
        ["terraform", "fmt", "-"], input=block.text, capture_output=True, text=True, check=True
    )
    assert formatted.stdout == block.text


@pytest.mark.parametrize("block", [block for block in HCL if not block.file], ids=str)
def test_hcl_that_is_no_file_of_its_own_is_the_examples(block: Block) -> None:
    files = [path.read_text("utf-8") for path in (EXAMPLE / "infra").rglob("*.tf")]
    assert any(block.text in file for file in files)


@pytest.mark.parametrize("block", [block for block in HCL if block.file], ids=str)
def test_hcl_files_are_valid_beside_the_examples(block: Block, tmp_path: Path) -> None:
    write_tree(files_of(configs()["examples/hello"], 5), tmp_path / "infra")
    # It is written for provider 6, and this one is 5.
    text = re.sub(r'^  region = "[^"]+"\n\n', "", block.text, flags=re.MULTILINE)
    file = tmp_path / str(block.file)
    # Some are roots of their own, beside the app.
    file.parent.mkdir(exist_ok=True)
    file.write_text(text, "utf-8")
    found = mirror.find(os.environ)
    cli_config = None
    if found is not None:
        cli_config = tmp_path / "terraform.rc"
        mirror.write_cli_config(cli_config, found)
    env = environment.prepare(os.environ, cli_config=cli_config).variables
    root = file.parent
    engine = find(os.environ)
    ensure_initialized(engine, root, env, backend=False)
    result = run(engine, args.validate(no_color=True), cwd=root, env=env)
    assert (result.returncode, result.stderr) == (0, "")


@pytest.mark.parametrize("provider", [5, 6])
@pytest.mark.parametrize("block", [block for block in HCL if block.file], ids=str)
def test_hcl_files_are_in_their_region(block: Block, provider: ProviderMajor) -> None:
    files = files_of(configs()["examples/hello"], provider)
    tree = {f"infra/{path}": text for path, text in files.items() if path.endswith(".tf")}
    findings = lint({**tree, str(block.file): block.text}).findings
    expected = ["region-unexpected"] * block.text.count("  region = ") if provider == 5 else []
    assert [finding.rule for finding in findings] == expected


def test_the_tree_in_readme_is_the_examples() -> None:
    [block] = [block for block in blocks(ROOT / "README.md") if "\n  modules/" in block.text]
    shown, parents = set[str](), list[str]()
    for line in block.text.splitlines():
        depth = (len(line) - len(line.lstrip())) // 2
        folder, *files = line.split()
        assert folder.endswith("/"), line
        parents[depth:] = [folder]
        shown |= {"".join(parents) + file for file in files}
    assert shown == {f"infra/{path}" for path in read_tree(EXAMPLE / "infra")} | {
        "infra/.tfgen.json"
    }
