"""Writes the reference pages and the JSON Schema from the code: ``python -m docs.generate``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer.main
from pydantic import BaseModel

import tfgen.config
from tfgen.cli.app import app
from tfgen.config import model
from tfgen.config.schema import json_schema, schema_text
from tfgen.errors import ExitCode

REFERENCE = Path(__file__).parent / "reference"
SCHEMA = Path(tfgen.config.__file__).with_name("tfgen.schema.json")

# The order of the sections, and how a reader writes their place in the config.
SECTIONS: dict[type[BaseModel], str] = {
    model.Config: "",
    model.Function: "function",
    model.Api: "api",
    model.HealthCheck: "api.health_check",
    model.RegionOverrides: "regions.REGION",
    model.Stage: "stages.STAGE",
    model.Terraform: "terraform",
    model.LocalBackend: "terraform.backend (type: local)",
    model.S3Backend: "terraform.backend (type: s3)",
    model.CloudBackend: "terraform.backend (type: cloud)",
}

EXIT_CODES = {
    ExitCode.DONE: "Done.",
    ExitCode.FAILED: "Failed; the message says why.",
    ExitCode.USAGE: "Wrong usage: an option, a missing file, a prompt without a terminal.",
    ExitCode.STALE: "`render --check` found a tree that is out of date.",
    ExitCode.INTERRUPTED: "Interrupted.",
}


def pages() -> dict[Path, str]:
    """Returns every generated file and its text."""
    return {
        REFERENCE / "config.md": config_page(),
        REFERENCE / "commands.md": commands_page(),
        SCHEMA: schema_text(),
    }


def config_page() -> str:
    """Returns the reference of ``tfgen.yaml``."""
    lines = [
        "# Reference: tfgen.yaml",
        "",
        "Generated from the code by `make docs`. An unknown key is an error. `tfgen schema` prints",
        "the same language as a JSON Schema.",
    ]
    for section, place in SECTIONS.items():
        title = f"`{place}`" if place else "Top level"
        lines += ["", f"## {title}", "", section.__doc__ or "", ""]
        lines += ["| key | type | default | what it is |", "| --- | --- | --- | --- |"]
        lines += _rows(section)
    return "\n".join(lines) + "\n"


def _rows(section: type[BaseModel]) -> Iterator[str]:
    schema = json_schema()
    definition = schema["$defs"].get(section.__name__, schema)
    for key, prop in definition["properties"].items():
        default = "required" if key in definition.get("required", []) else _default(section, key)
        description = prop["description"].replace("|", "\\|")
        yield f"| `{key}` | {_type(prop)} | {default} | {description} |"


def _default(section: type[BaseModel], key: str) -> str:
    from tfgen.resolve import FUNCTION_DEFAULTS

    value = section.model_fields[key].default
    if section is model.Function and key in FUNCTION_DEFAULTS:
        value = FUNCTION_DEFAULTS[key]
    if isinstance(value, model.LocalBackend):
        return "`{type: local}`"
    if value is None or value == {} or isinstance(value, BaseModel):
        return ""
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _type(prop: dict[str, Any]) -> str:
    if "$ref" in prop:
        return "mapping"
    for several in ("anyOf", "oneOf"):
        if several in prop:
            kinds = [_type(option) for option in prop[several] if option.get("type") != "null"]
            return " or ".join(dict.fromkeys(kinds))
    if "const" in prop:
        value = prop["const"]
        return f"`{str(value).lower() if isinstance(value, bool) else value}`"
    if "enum" in prop:
        return ", ".join(f"`{value}`" for value in prop["enum"])
    names = {"object": "mapping", "array": "list", "string": "text", "integer": "whole number"}
    return names.get(prop["type"], prop["type"]) + _limits(prop)


def _limits(prop: dict[str, Any]) -> str:
    low, high = prop.get("minimum"), prop.get("maximum")
    if low is not None and high is not None:
        return f", {low} to {high}"
    return f", at least {low}" if low is not None else ""


def commands_page() -> str:
    """Returns the reference of the command line."""
    lines = [
        "# Reference: commands",
        "",
        "Generated from the code by `make docs`. Data goes to standard output; messages, progress",
        "and questions go to standard error. Without a terminal a question is an error that names",
        "the option that answers it.",
    ]
    for path, command in _commands(typer.main.get_command(app), "tfgen"):
        arguments = [p for p in command.params if p.param_type_name == "argument"]
        usage = " ".join([path, *(_argument(p) for p in arguments), "[OPTIONS]"])
        lines += ["", f"## `{path}`", "", (command.help or "").strip(), "", f"    {usage}"]
        options = [p for p in command.params if p.param_type_name == "option"]
        if options:
            lines += ["", "| option | what it does |", "| --- | --- |"]
            lines += [_option(option) for option in options]
    lines += ["", "## Exit codes", "", "| code | meaning |", "| --- | --- |"]
    lines += [f"| {code.value} | {meaning} |" for code, meaning in EXIT_CODES.items()]
    lines += [
        "",
        "`tfgen plan --detailed-exitcode` follows Terraform: 0 no changes, 1 failed, 2 changes.",
    ]
    return "\n".join(lines) + "\n"


def _commands(command: Any, path: str) -> Iterator[tuple[str, Any]]:
    subcommands = getattr(command, "commands", None)
    if subcommands is None:
        yield path, command
        return
    for name, subcommand in subcommands.items():
        yield from _commands(subcommand, f"{path} {name}")


def _argument(parameter: Any) -> str:
    name = parameter.metavar or parameter.name.upper()
    return name if parameter.required else f"[{name}]"


def _option(parameter: Any) -> str:
    names = ", ".join(f"`{name}`" for name in parameter.opts)
    metavar = f" `{parameter.metavar}`" if parameter.metavar else ""
    return f"| {names}{metavar} | {(parameter.help or '').replace('|', chr(92) + '|')} |"


def main() -> None:
    """Writes every page."""
    for path, text in pages().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
