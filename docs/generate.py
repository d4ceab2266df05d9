"""Writes the reference pages and the JSON Schema from the code: ``python -m docs.generate``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import typer.main
from pydantic import BaseModel

import tfgen.config
from tfgen.cli.app import app
from tfgen.cli.help import called, default_of, usage_of
from tfgen.config import api, database, function, model, rds, secrets, yaml_limits
from tfgen.config.schema import json_schema, schema_text
from tfgen.errors import ExitCode
from tfgen.resolve import FUNCTION_DEFAULTS

REFERENCE = Path(__file__).parent / "reference"
EXAMPLE = Path(__file__).parent.parent / "examples/hello/tfgen.yaml"
SCHEMA = Path(tfgen.config.__file__).with_name("tfgen.schema.json")

# The order of the sections, and how a reader writes their place in the config.
SECTIONS: dict[type[BaseModel], str] = {
    model.Config: "",
    function.Function: "`function`",
    function.Vpc: "`function.vpc`",
    function.Statement: "`function.policies`",
    function.Condition: "`function.policies.conditions`",
    api.Api: "`api`",
    api.HealthCheck: "`api.health_check`",
    api.Cors: "`api.cors`",
    api.Throttle: "`api.throttle`",
    api.AccessLogs: "`api.access_logs`",
    api.Jwt: "`api.jwt`",
    api.Waf: "`api.waf`",
    api.Mtls: "`api.mtls`",
    secrets.SsmSecret: "`secrets.NAME` in Systems Manager",
    secrets.SecretsManagerSecret: "`secrets.NAME` in Secrets Manager",
    secrets.KeyPolicy: "`key_policy`",
    database.Database: "`database`",
    database.Table: "`database.dynamodb.TABLE`",
    database.Index: "`database.dynamodb.TABLE.indexes.INDEX`",
    database.LocalIndex: "`database.dynamodb.TABLE.local_indexes.INDEX`",
    database.TimeToLive: "`database.dynamodb.TABLE.ttl`",
    database.Provisioned: "`database.dynamodb.TABLE.billing`",
    database.Scaling: "`database.dynamodb.TABLE.billing.read` and `write`",
    rds.Rds: "`database.rds.REGION`",
    rds.Variables: "`database.rds.REGION.variables`",
    model.RegionOverrides: "`regions.REGION`",
    api.RegionApi: "`regions.REGION.api`",
    api.Routing: "`regions.REGION.routing`",
    model.Stage: "`stages.STAGE`",
    model.StageTerraform: "`stages.STAGE.terraform`",
    model.Terraform: "`terraform`",
    model.LocalBackend: "`terraform.backend` of type `local`",
    model.S3Backend: "`terraform.backend` of type `s3`",
    model.CloudBackend: "`terraform.backend` of type `cloud`",
}

EXIT_CODES = {
    ExitCode.DONE: "Done.",
    ExitCode.FAILED: "Failed, and the message says why; or the answer to a question was no.",
    ExitCode.USAGE: "Wrong usage: an option, a missing file, a question without a terminal.",
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
    example = EXAMPLE.read_text("utf-8")
    lines = [
        "# Reference: tfgen.yaml",
        "",
        "Generated from the code by `make docs`. An unknown key is an error. `tfgen schema` prints",
        "the same language as a JSON Schema, for editors.",
        "",
        "```yaml",
        *example.partition("\n")[2].splitlines(),
        "```",
    ]
    schema = json_schema()
    for section, place in SECTIONS.items():
        lines += ["", f"## {place or 'Top level'}", "", (section.__doc__ or "").replace("``", "`")]
        lines += ["", "| key | type | default | what it is |", "| --- | --- | --- | --- |"]
        lines += _rows(section, schema)
    return "\n".join([*lines, "", *_limits_of_files()]) + "\n"


def _limits_of_files() -> list[str]:
    config, ciphertexts = yaml_limits.CONFIG, yaml_limits.CIPHERTEXTS
    return [
        "## Limits of the files",
        "",
        "They are checked before anything is built from a file, so that no config, however it was",
        "made, takes long or all memory. Aliases and merged mappings count as if they were written",
        "out.",
        "",
        "| limit | `tfgen.yaml` | `secrets/STAGE.yaml` |",
        "| --- | --- | --- |",
        f"| characters | {config.length:,} | {ciphertexts.length:,} |",
        f"| mappings, lists, keys and values | {config.nodes:,} | {ciphertexts.nodes:,} |",
        f"| mappings and lists inside each other | {config.depth} | {ciphertexts.depth} |",
    ]


def _rows(section: type[BaseModel], schema: Mapping[str, Any]) -> Iterator[str]:
    definition = schema["$defs"].get(section.__name__, schema)
    for key, prop in definition["properties"].items():
        default = "required" if key in definition.get("required", []) else _default(section, key)
        # Where a key says nothing of its own, what it refers to says it.
        described = prop if "description" in prop else schema["$defs"][_referred(prop)]
        yield f"| `{key}` | {_type(prop)} | {default} | {_cell(described['description'])} |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _referred(prop: dict[str, Any]) -> str:
    return str(prop["$ref"]).rpartition("/")[2]


def _default(section: type[BaseModel], key: str) -> str:
    value = section.model_fields[key].default
    if section is function.Function and key in FUNCTION_DEFAULTS:
        value = FUNCTION_DEFAULTS[key]
    if isinstance(value, model.LocalBackend):
        return "`{type: local}`"
    if value is None or value == {} or isinstance(value, BaseModel):
        return ""
    return _literal(value)


def _literal(value: object) -> str:
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _type(prop: dict[str, Any]) -> str:
    if "$ref" in prop:
        return _link(_referred(prop))
    for several in ("anyOf", "oneOf"):
        if several in prop:
            kinds = [_type(option) for option in prop[several] if option.get("type") != "null"]
            return " or ".join(dict.fromkeys(kinds))
    if "const" in prop or "enum" in prop:
        return ", ".join(map(_literal, prop.get("enum", [prop.get("const")])))
    if prop["type"] == "object":
        [values] = prop.get("patternProperties", {"": prop.get("additionalProperties")}).values()
        return f"mapping of {_type(values)}"
    if prop["type"] == "array":
        return f"list of {_type(prop['items'])}"
    names = {"string": "text", "integer": "whole number"}
    return names.get(prop["type"], str(prop["type"])) + _limits(prop)


def _link(definition: str) -> str:
    """Returns a link to the section of a model, as GitHub names its anchor."""
    named = {section.__name__: section for section in SECTIONS}
    place = SECTIONS[named[definition]]
    anchor = re.sub(r"[^\w -]", "", place.lower()).replace(" ", "-")
    return f"[{place}](#{anchor})"


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
        options = [p for p in command.params if p.param_type_name == "option"]
        usage = [path, *(["[OPTIONS]"] if options else []), *map(usage_of, arguments)]
        lines += ["", f"## `{path}`", "", (command.help or "").strip()]
        lines += ["", f"    {' '.join(usage)}"]
        if command.params:
            lines += ["", "| option | what it does | default |", "| --- | --- | --- |"]
            lines += [_row(parameter) for parameter in (*arguments, *options)]
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


def _row(parameter: Any) -> str:
    words = called(parameter).split()
    # Names are words of their own; what stands for a value belongs to none of them.
    shown = " ".join(
        f"`{word.rstrip(',')}`" + ("," if word.endswith(",") else "") for word in words
    )
    default = default_of(parameter)
    # A default that is described in words is no code.
    literal = default and not isinstance(parameter.show_default, str)
    return f"| {shown} | {_cell(parameter.help or '')} | {f'`{default}`' if literal else default} |"


def main() -> None:
    """Writes every page."""
    for path, text in pages().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
