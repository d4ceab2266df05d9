"""Commands at work in a project where nothing is wrong, watched."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.hostile.conftest import Repository
from tests.hostile.watch import run
from tfgen.terraform import mirror

# The source and what is built from it have a rule for links of their own, and tests of their own.
BUNDLES = ("src", ".tfgen/bundles")


@pytest.mark.parametrize(
    "command",
    ["render", "render --check", "render --diff", "lint", "iam", "env list", "sandbox status"],
)
def test_a_command_opens_files_by_the_rule(rendered: Repository, command: str) -> None:
    (rendered.path / "secrets").mkdir()
    (rendered.path / "secrets/production.yaml").write_text("", "utf-8")
    (rendered.path / "infra/production/main.tf").unlink()
    outcome = run(rendered.path, *command.split())
    assert outcome.code in {0, 3}, outcome.err


def test_validate_opens_files_by_the_rule(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = repository.path / "tfgen.yaml"
    config.write_text(f"{config.read_text('utf-8')}terraform: {{aws_provider: 5}}\n", "utf-8")
    found = mirror.find(os.environ)
    assert found is not None
    mirror.write_cli_config(tmp_path / "terraform.rc", found)
    monkeypatch.setenv("TF_CLI_CONFIG_FILE", str(tmp_path / "terraform.rc"))
    assert run(repository.path, "render").code == 0
    outcome = run(repository.path, "validate", but=BUNDLES)
    assert outcome.code == 0, outcome.err
