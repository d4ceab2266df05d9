"""Rendered trees: made from configs, written, read back and compared."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from tfgen.app import App, Code, Function, ProviderMajor
from tfgen.config.ciphertexts import FOLDER, load_ciphertexts
from tfgen.config.load import loads
from tfgen.render.features import Features
from tfgen.render.library import module_files, modules_dir
from tfgen.render.render import render
from tfgen.resolve import resolve_all

ROOT = Path(__file__).resolve().parent.parent.parent
CONFIGS = ROOT / "tests/golden/configs"
TREES = ROOT / "tests/golden/trees"
EXAMPLES = ROOT / "examples"


def configs() -> dict[str, Path]:
    """Returns every config that has a committed tree: the golden ones and the examples."""
    golden = {path.stem: path for path in sorted(CONFIGS.glob("*.yaml"))}
    examples = {
        f"examples/{path.parent.name}": path for path in sorted(EXAMPLES.glob("*/tfgen.yaml"))
    }
    return golden | examples


def committed_tree(case: str) -> Path:
    """Returns where the committed tree of a config is."""
    if case.startswith("examples/"):
        return ROOT / case / apps_of(configs()[case])[0].terraform.output
    return TREES / case


def apps_of(config: Path, provider: ProviderMajor | None = None) -> tuple[App, ...]:
    """Returns the apps of a config file, for another provider major if one is given.

    The golden configs share a folder, so the ciphertexts of each are in a folder of its name.
    """
    loaded = loads(config.read_text("utf-8"))
    secrets = config.with_suffix("") if config.parent == CONFIGS else config.parent / FOLDER
    apps = resolve_all(replace(loaded, ciphertexts=load_ciphertexts(secrets)))
    if provider is None:
        return apps
    return tuple(
        replace(app, terraform=replace(app.terraform, aws_provider=provider)) for app in apps
    )


def code_of(function: Function) -> Code:
    """Returns the code of a function that is no image."""
    assert isinstance(function.code, Code)
    return function.code


def files_of(config: Path, provider: ProviderMajor | None = None) -> Mapping[str, str]:
    """Returns the files that a config renders to."""
    return render(apps_of(config, provider)).files


def library_features() -> Features:
    """Returns every feature that a mark in the module library names."""
    texts = (text for folder in modules_dir().iterdir() for _, text in module_files(folder.name))
    marks = (mark for text in texts for mark in re.findall(r"# tfgen: when (.+)", text))
    return frozenset(name for mark in marks for name in mark.split(", "))


def write_tree(files: Mapping[str, str], folder: Path) -> None:
    """Writes a tree into an empty or missing folder."""
    for path, text in files.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode("utf-8"))


def read_tree(folder: Path) -> dict[str, str]:
    """Returns the files below a folder, without what Terraform and the manifest put there."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes().decode("utf-8")
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".terraform" not in path.parts and path.name != ".tfgen.json"
    }
