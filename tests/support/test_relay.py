"""What Terraform is told of a type is what the provider says of it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.support.pool import TREES, pooled
from tests.support.provider import NEEDED, variables
from tests.support.relay import types_in

PROVIDER = "registry.terraform.io/hashicorp/aws"
BY_TYPE = ("resource_schemas", "data_source_schemas", "ephemeral_resource_schemas")


def schema(folder: Path, named_in: Sequence[Path] | None) -> dict[str, Any]:
    """Returns the schema as Terraform understands it."""
    folder.mkdir()
    (folder / "terraform.tf").write_text(NEEDED, "utf-8")
    with pooled(variables(folder), named_in=named_in) as env:
        init = ["terraform", "init"]
        subprocess.run(init, cwd=folder, env=env, check=True, capture_output=True)
        show = ["terraform", "providers", "schema", "-json"]
        shown = subprocess.run(show, cwd=folder, env=env, check=True, capture_output=True)
    found: dict[str, Any] = json.loads(shown.stdout)["provider_schemas"][PROVIDER]
    return found


def test_a_schema_is_shortened_and_not_changed(tmp_path: Path) -> None:
    whole = schema(tmp_path / "whole", None)
    short = schema(tmp_path / "short", TREES)
    used = types_in(*TREES)
    for kind in BY_TYPE:
        whole[kind] = {name: each for name, each in whole[kind].items() if name in used}
        short.setdefault(kind, {})
    assert short == whole
    assert "aws_lambda_function" in short["resource_schemas"]
    assert "aws_instance" not in short["resource_schemas"]
