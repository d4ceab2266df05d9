"""One app's whole life in the sandbox, through the command line."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.render.test_hcl import AWKWARD
from tests.support.command import snapshot, tfgen
from tests.support.trees import EXAMPLES
from tfgen.aws.session import Aws
from tfgen.errors import ExitCode
from tfgen.sandbox.inventory import inventory
from tfgen.sandbox.lifecycle import find, stop

pytestmark = pytest.mark.e2e

PLAN = "next.tfplan"


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "hello"
    shutil.copytree(EXAMPLES / "hello", folder, ignore=shutil.ignore_patterns(".tfgen"))
    yield folder
    stop(folder)


def ran(folder: Path, *arguments: str, code: int = ExitCode.DONE) -> str:
    result = tfgen(folder, *arguments, "--sandbox")
    assert result.returncode == code, result.stdout + result.stderr
    return result.stdout


def set_env(folder: Path, region: str, env: dict[str, str]) -> None:
    path = folder / "tfgen.yaml"
    config = yaml.safe_load(path.read_text("utf-8"))
    config["regions"][region]["env"] |= env
    path.write_text(yaml.safe_dump(config, allow_unicode=True), "utf-8")
    rendered = tfgen(folder, "render")
    assert rendered.returncode == ExitCode.DONE, rendered.stderr


def endpoint_of(folder: Path) -> str:
    running = find(folder)
    assert running is not None
    return running.endpoint


def deployed(folder: Path, region: str) -> Any:
    return (
        Aws(endpoint_of(folder))
        .client("lambda", region)
        .get_function_configuration(FunctionName="hello-production", Qualifier="live")
    )


def changes_of(folder: Path) -> set[tuple[str, str]]:
    """Saves a plan, and returns the address and action of all that it would change."""
    ran(folder, "plan", "--out", PLAN)
    (root,) = (folder / ".tfgen/sandbox").glob("*/infra/production")
    shown = subprocess.run(
        ["terraform", "show", "-json", str(folder / PLAN)],
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
    )
    return {
        (change["address"], "/".join(change["change"]["actions"]))
        for change in json.loads(shown.stdout)["resource_changes"]
        if change["change"]["actions"] != ["no-op"] and change["mode"] == "managed"
    }


def function_changes(region: str) -> set[tuple[str, str]]:
    module = f"module.{region}.module.function"
    return {
        (f"{module}.aws_lambda_function.this", "update"),
        (f"{module}.aws_lambda_alias.live", "update"),
    }


def awkward_environment() -> dict[str, str]:
    """Returns variables full of what HCL, Terraform or JSON could stumble over."""
    texts = [text for text in AWKWARD if "\0" not in text]
    generator = random.Random(20)  # noqa: S311 # the same texts in every run, nothing secret
    for _ in range(30):
        characters = [chr(generator.choice([*range(1, 0x250), 0x3042, 0x1F30D])) for _ in range(9)]
        texts.append(unicodedata.normalize("NFC", "".join(characters)))
    return {f"TEXT_{index}": text for index, text in enumerate(texts)}


def test_a_whole_life(project: Path) -> None:
    committed = snapshot(project / "infra")
    events = [json.loads(line) for line in ran(project, "apply", "--yes", "--json").splitlines()]
    assert events[0]["type"] == "version"
    assert any(event["type"] == "apply_complete" for event in events)
    assert snapshot(project / "infra") == committed
    assert ran(project, "url") == "https://api.example.com/\n"
    assert set(json.loads(ran(project, "output", "urls"))) == {"eu-west-2", "us-west-2"}

    awkward = awkward_environment()
    set_env(project, "us-west-2", awkward)
    assert changes_of(project) == function_changes("us_west_2")
    ran(project, "apply", PLAN)
    ran(project, "plan", "--detailed-exitcode")
    variables = deployed(project, "us-west-2")["Environment"]["Variables"]
    assert {name: variables[name] for name in awkward} == awkward

    set_env(project, "us-west-2", {"STEP": "2"})
    set_env(project, "eu-west-2", {"STEP": "2"})
    before = deployed(project, "eu-west-2")
    ran(project, "apply", "--yes", "--region", "us-west-2")
    assert deployed(project, "us-west-2")["Environment"]["Variables"]["STEP"] == "2"
    after = deployed(project, "eu-west-2")
    assert after["Version"] == before["Version"]
    assert "STEP" not in after["Environment"]["Variables"]
    assert changes_of(project) == function_changes("eu_west_2")
    ran(project, "apply", PLAN)

    # The certificates' record is read from the region that the config names first.
    refused = tfgen(project, "destroy", "--sandbox", "--yes", "--region", "eu-west-2")
    assert refused.returncode == ExitCode.FAILED
    assert "resources of other regions, or tables, depend on `eu-west-2`" in refused.stderr
    assert "`tfgen region remove eu-west-2`" in refused.stderr
    ran(project, "plan", "--detailed-exitcode")

    ran(project, "destroy", "--yes")
    assert inventory(endpoint_of(project)) == []
