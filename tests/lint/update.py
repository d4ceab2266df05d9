"""Writes the schemas that ``tfgen lint`` checks against.

    python -m tests.lint.update aws-6.json aws-5.json

The first file has the arguments of AWS provider 6 as ``{kind: {type: {argument: {"required": …,
"block": {…}}}}}``; the second is what ``terraform providers schema -json`` prints for provider 5.

The first was not made by Terraform, and two things that it does not say are taken from the second:
what a block contains that may contain itself, which stays open, and which blocks may be written as
arguments. The types that it rightly lacks are those of
https://registry.terraform.io/providers/hashicorp/aws/latest/docs/guides/version-6-upgrade.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, TypeAlias

from tfgen.lint import schema
from tfgen.lint.schema import KINDS, VERSIONS, Kind, Major
from tfgen.lint.spec import Argument, Spec, write_argument, write_spec

Types: TypeAlias = dict[tuple[Kind, str], Spec]

FOLDER = Path(schema.__file__).with_name("schemas")
HEADER = (
    "# AWS provider {version}: written by `python -m tests.lint.update`, read by `schema.py`.\n"
)

_OF_TERRAFORM: Mapping[Kind, str] = {
    "resource": "resource_schemas",
    "data": "data_source_schemas",
    "ephemeral": "ephemeral_resource_schemas",
}
_REMOVED: Final = (
    "aws_opsworks_",
    "aws_simpledb_",
    "aws_worklink_",
    "aws_redshift_service_account",
)


def from_terraform(document: Mapping[str, Any]) -> Types:
    """Returns the types in what ``terraform providers schema -json`` prints."""
    [provider] = document["provider_schemas"].values()
    return {
        (kind, name): _body(described["block"])
        for kind in KINDS
        for name, described in provider[_OF_TERRAFORM[kind]].items()
    }


def _body(block: Mapping[str, Any]) -> Spec:
    arguments = {}
    for name, attribute in block.get("attributes", {}).items():
        if attribute.get("required") or attribute.get("optional"):
            arguments[name] = Argument(
                required=attribute.get("required", False), **_as_block(attribute["type"])
            )
    for name, nested in block.get("block_types", {}).items():
        arguments[name] = Argument(
            required=nested.get("min_items", 0) > 0, block=_body(nested["block"])
        )
    return Spec(arguments)


def _as_block(kind: Any) -> dict[str, Any]:
    """Returns how an attribute of a type is written as a block: a list or set of objects is."""
    match kind:
        case ["list" | "set", ["object", members]]:
            inner = {name: Argument(**_as_block(member)) for name, member in members.items()}
            return {"block": Spec(inner), "either": True}
        case _:
            return {}


def six(document: Mapping[str, Any], five: Types) -> Types:
    """Returns the types of provider 6."""
    return {
        (kind, name): _completed(body, five.get((kind, name)))
        for kind in KINDS
        for name, body in document[kind].items()
    }


def unexplained(six_types: Types, five: Types) -> set[tuple[Kind, str]]:
    """Returns the types of provider 5 that provider 6 lacks though nothing says that they went."""
    gone = five.keys() - six_types.keys()
    return {(kind, name) for kind, name in gone if not name.startswith(_REMOVED)}


def _completed(body: Mapping[str, Any], five: Spec | None) -> Spec:
    arguments = {}
    for name, described in body.items():
        before = five.arguments.get(name) if five else None
        inner, required, either = described.get("block"), described["required"], False
        nested: Spec | None = None
        if inner is not None:
            nested = _completed(inner, before.block if before else None)
            either = before is None or before.either or before.block is None
        elif before is not None and before.block is not None:
            nested, required, either = Spec(open=True), before.required, before.either
        arguments[name] = Argument(required=required, block=nested, either=either)
    return Spec(arguments)


def differences(five: Types, six: Types) -> Iterator[str]:
    """Yields a line for each type that is not the same in both versions."""
    for kind, name in sorted(five.keys() | six.keys()):
        start = f"{kind} {name}"
        if (kind, name) not in five:
            yield f"{start} -"
        elif (kind, name) not in six:
            yield f"{start} = {write_spec(five[kind, name])}"
        elif words := list(_changes(five[kind, name], six[kind, name], "")):
            yield f"{start} ~ {' '.join(words)}"


def _changes(five: Spec, six: Spec, path: str) -> Iterator[str]:
    for name in sorted(five.arguments.keys() | six.arguments.keys()):
        before, after = five.arguments.get(name), six.arguments.get(name)
        own_region = name == "region" and not path
        if before is None:
            if not own_region:
                yield f"-{path}{name}"
        elif after is None or own_region or _form(before) != _form(after):
            yield _signed(path + name, before)
        elif before.block and after.block and not after.block.open:
            yield from _changes(before.block, after.block, f"{path}{name}.")


def _form(argument: Argument) -> tuple[bool, bool, bool]:
    return argument.required, argument.either, argument.block is None


def _signed(path: str, argument: Argument) -> str:
    text = write_argument(path, argument)
    return f"!+{text[1:]}" if argument.required else f"+{text}"


def texts(six_types: Types, five_types: Types) -> dict[Path, str]:
    """Returns both files and what they say."""
    lines = sorted(f"{kind} {name} {write_spec(spec)}" for (kind, name), spec in six_types.items())
    return _file(6, lines) | _file(5, list(differences(five_types, six_types)))


def _file(major: Major, lines: list[str]) -> dict[Path, str]:
    version = VERSIONS[major]
    body = "".join(f"{line.rstrip()}\n" for line in lines)
    return {FOLDER / f"aws-{version}.txt": HEADER.format(version=version) + body}


def main(six_file: str, five_file: str) -> None:
    """Writes both files."""
    five_types = from_terraform(json.loads(Path(five_file).read_text("utf-8")))
    six_types = six(json.loads(Path(six_file).read_text("utf-8")), five_types)
    if lost := unexplained(six_types, five_types):
        raise SystemExit(f"{six_file} lacks {sorted(lost)}")
    for path, text in texts(six_types, five_types).items():
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
