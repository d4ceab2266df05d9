"""Every rendered block against the schema of the AWS provider 6.25.0, in both directions.

``aws-6.25.0.json`` has the arguments of the types that tfgen renders, taken from the output of
``terraform providers schema -json``; ``aws_wafv2_web_acl_association``, which that output of
6.25.0 lacks, from the provider's documentation.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import hcl2
import pytest
from hcl2 import SerializationOptions

from tests.support.trees import configs, files_of
from tfgen.render.library import modules_dir

SCHEMA = json.loads(Path(__file__).with_name("aws-6.25.0.json").read_text("utf-8"))
# Newer than the schema: of 6.28.
SCHEMA["resource"]["aws_lambda_permission"]["invoked_via_function_url"] = {"required": False}
META = {"count", "for_each", "provider", "lifecycle", "depends_on", "dynamic"}


def blocks(text: str) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Yields the kind, type and body of each resource and data source of a file."""
    options = SerializationOptions(
        strip_string_quotes=True, explicit_blocks=False, with_comments=False
    )
    parsed = hcl2.loads(text, serialization_options=options)
    for kind in ("resource", "data"):
        for entry in parsed.get(kind, []):
            for block_type, named in entry.items():
                # Terraform's own types are in no provider.
                if block_type.startswith("aws_"):
                    for body in named.values():
                        yield kind, block_type, body


def problems(text: str) -> list[str]:
    """Returns what the schema says against a file."""
    found = []
    for kind, block_type, body in blocks(text):
        known = SCHEMA[kind][block_type]
        said = set(body) - META
        said |= {name for dynamic in body.get("dynamic", []) for name in dynamic}
        found += [f"{block_type}: {name} does not exist" for name in said - set(known)]
        found += [
            f"{block_type}: {name} is missing"
            for name, argument in known.items()
            if argument["required"] and name not in said
        ]
        if ("region" in known) != ("region" in said):
            found.append(f"{block_type}: region is {'missing' if 'region' in known else 'wrong'}")
        # CloudFront takes its certificates from there, whatever the app's region.
        allowed = {"${var.region}"} | ({"us-east-1"} if "acm" in block_type else set())
        if "region" in said and body["region"] not in allowed:
            found.append(f"{block_type}: region is {body['region']}")
    return found


LIBRARY = sorted(modules_dir().glob("*/*.tf"))


@pytest.mark.parametrize("file", LIBRARY, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_the_library_fits_the_schema(file: Path) -> None:
    assert problems(file.read_text("utf-8")) == []


@pytest.mark.parametrize("case", sorted(configs()))
def test_every_rendered_tree_fits_the_schema(case: str) -> None:
    files = files_of(configs()[case], 6)
    terraform = {path: text for path, text in files.items() if path.endswith(".tf")}
    assert {path: problems(text) for path, text in terraform.items() if problems(text)} == {}


def test_every_type_of_the_schema_file_is_rendered() -> None:
    used: set[tuple[str, str]] = set()
    for config in configs().values():
        for path, text in files_of(config).items():
            if path.endswith(".tf"):
                used |= {(kind, block_type) for kind, block_type, _ in blocks(text)}
    assert used == {(kind, block_type) for kind in SCHEMA for block_type in SCHEMA[kind]}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('resource "aws_kms_alias" "this" {\n  target_key_id = 1\n}\n', "region is missing"),
        (
            'resource "aws_kms_alias" "this" {\n  region = var.region\n}\n',
            "target_key_id is missing",
        ),
        (
            'resource "aws_iam_role_policy" "this" {\n  region = var.region\n'
            "  role = 1\n  policy = 1\n}\n",
            "region does not exist",
        ),
        (
            'resource "aws_kms_alias" "this" {\n  region = "us-east-1"\n  target_key_id = 1\n}\n',
            "region is us-east-1",
        ),
    ],
)
def test_a_wrong_block_would_be_seen(text: str, problem: str) -> None:
    assert f"{text.split()[1].strip(chr(34))}: {problem}" in problems(text)
