"""The generated pages and the schema are what the code says, and name all of it."""

from __future__ import annotations

from pathlib import Path

import jsonschema
import pytest
import typer.main
import yaml

from docs.generate import pages
from tests.support.trees import ROOT, configs
from tfgen.cli.app import app
from tfgen.config.schema import json_schema


@pytest.mark.parametrize("path", sorted(pages()), ids=lambda path: path.name)
def test_a_generated_file_is_current(path: Path) -> None:
    assert path.read_text("utf-8") == pages()[path]


def test_every_command_is_documented() -> None:
    text = (ROOT / "docs/reference/commands.md").read_text("utf-8")
    commands = typer.main.get_command(app).commands  # type: ignore[attr-defined] # a group
    for name, command in commands.items():
        for subcommand in getattr(command, "commands", {}):
            assert f"## `tfgen {name} {subcommand}`" in text
        if not hasattr(command, "commands"):
            assert f"## `tfgen {name}`" in text


def test_every_key_is_documented() -> None:
    text = (ROOT / "docs/reference/config.md").read_text("utf-8")
    schema = json_schema()
    for definition in [schema, *schema["$defs"].values()]:
        for key, prop in definition["properties"].items():
            assert f"| `{key}` |" in text
            # A part whose description is that of its model is described there.
            described = prop.get("$ref", "").rpartition("/")[2]
            assert prop.get("description") or schema["$defs"][described]["description"]


def test_the_schema_takes_what_the_loader_takes() -> None:
    validator = jsonschema.Draft202012Validator(json_schema())
    for path in configs().values():
        validator.validate(yaml.safe_load(path.read_text("utf-8")))
    with pytest.raises(jsonschema.ValidationError):
        validator.validate({"name": "x", "unknown": 1})
