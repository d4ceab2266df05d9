"""Credentials of another account: one sentence that names both, before anything is done."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.command import CONFIG, make_project, snapshot, tfgen
from tests.support.sts import Sts
from tfgen.errors import ExitCode

OURS, THEIRS = "012345678901", "123456789012"
STAGES = f"""\
secrets: {{TOKEN: kms}}
stages:
  production:
    account: "{OURS}"
  staging:
    account: "999999999999"
    api: {{domain: staging.example.com, create_zone: false}}
"""


@pytest.fixture
def sts() -> Iterator[Sts]:
    found = Sts(THEIRS)
    yield found
    found.close()


def test_no_command_goes_on_in_another_account(tmp_path: Path, sts: Sts) -> None:
    folder = make_project(tmp_path / "app", CONFIG + STAGES.replace("secrets: {TOKEN: kms}\n", ""))
    assert tfgen(folder, "render").returncode == ExitCode.DONE
    before = snapshot(folder)
    commands = (("plan",), ("apply", "--yes"), ("destroy", "--yes"), ("destroy", "--with-data"))
    for count, command in enumerate(commands, 1):
        result = tfgen(folder, *command, env=sts.environment())
        assert result.returncode == ExitCode.FAILED
        assert (
            f"error: The stage `production` belongs to the AWS account {OURS}, and these "
            f"credentials belong to {THEIRS}"
        ) in result.stderr
        assert "--> tfgen.yaml:10" in result.stderr
        assert f"set AWS_PROFILE to a profile of {OURS}" in result.stderr
        assert "Planning" not in result.stderr
        assert result.stdout == ""
        assert [("GetCallerIdentity" in each) for each in sts.asked] == [True] * count
    assert snapshot(folder) == before


def test_no_secret_is_encrypted_with_the_keys_of_another_account(tmp_path: Path, sts: Sts) -> None:
    folder = make_project(tmp_path / "app", CONFIG + STAGES)
    result = tfgen(folder, "env", "set", "TOKEN=hush", env=sts.environment())
    assert result.returncode == ExitCode.FAILED
    assert OURS in result.stderr
    assert THEIRS in result.stderr
    assert len(sts.asked) == 1
    assert not (folder / "secrets").exists()


def test_a_region_of_stages_in_two_accounts_is_removed_stage_by_stage(
    tmp_path: Path, sts: Sts
) -> None:
    folder = make_project(tmp_path / "app", CONFIG + STAGES.replace("secrets: {TOKEN: kms}\n", ""))
    result = tfgen(folder, "region", "remove", "eu-west-2", "--yes", env=sts.environment())
    assert result.returncode == ExitCode.FAILED
    assert "`production` and `staging` belong to different AWS accounts" in result.stderr
    assert "copy `regions` to `stages.production.regions`" in result.stderr
    assert sts.asked == []


def test_who_names_no_account_is_not_asked_for_it(tmp_path: Path, sts: Sts) -> None:
    folder = make_project(tmp_path / "app", CONFIG)
    result = tfgen(folder, "plan", env=sts.environment())
    assert "The rendered tree is out of date" in result.stderr
    assert sts.asked == []


def test_the_policies_are_for_the_account_of_the_stage(tmp_path: Path) -> None:
    folder = make_project(tmp_path / "app", CONFIG + STAGES.replace("secrets: {TOKEN: kms}\n", ""))
    printed = tfgen(folder, "iam", "--region", "us-west-2").stdout
    assert f":{OURS}:" in printed
    other = tfgen(folder, "iam", "--region", "us-west-2", "--account", THEIRS).stdout
    assert f":{THEIRS}:" in other
