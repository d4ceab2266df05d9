"""``tfgen region``: what it edits, what it refuses, and that a refusal leaves no trace."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest

from tests.support.command import CONFIG, environment, make_project, snapshot, tfgen
from tfgen.errors import ExitCode
from tfgen.terraform import mirror

STAGES = """\
stages:
  production:
  qa: {api: {domain: qa.example.com, create_zone: false}}
  staging:
    api: {domain: staging.example.com, create_zone: false}
    regions:
      us-west-2: {}
"""
LAYER = "arn:aws:lambda:us-west-2:123456789012:layer:tools:3"


def refused(folder: Path, *command: str, code: int = ExitCode.USAGE) -> str:
    """Runs a command that must fail and change nothing, and returns what it says."""
    before = snapshot(folder)
    result = tfgen(folder, "region", *command)
    assert result.returncode == code, result.stderr
    assert (result.stdout, "Traceback" in result.stderr) == ("", False)
    assert "\n\nhint: " in result.stderr
    assert snapshot(folder) == before
    return result.stderr


def done(folder: Path, *command: str) -> str:
    result = tfgen(folder, "region", *command, env=_offline(folder))
    assert result.returncode == ExitCode.DONE, result.stderr
    assert result.stdout == ""
    assert tfgen(folder, "render", "--check").returncode == ExitCode.DONE
    return result.stderr


def _offline(folder: Path) -> dict[str, str]:
    """Returns an environment in which Terraform finds its provider, and no credentials."""
    found = mirror.find(os.environ)
    assert found is not None, "no mirror of the AWS provider on this machine"
    cli_config = folder.parent / "terraform.rc"
    mirror.write_cli_config(cli_config, found)
    return environment(
        TF_CLI_CONFIG_FILE=str(cli_config),
        AWS_CONFIG_FILE=os.devnull,
        AWS_SHARED_CREDENTIALS_FILE=os.devnull,
        AWS_EC2_METADATA_DISABLED="true",
    )


def project(tmp_path: Path, config: str = CONFIG) -> Path:
    folder = make_project(tmp_path / "app", config)
    assert tfgen(folder, "render").returncode == ExitCode.DONE
    return folder


def config_of(folder: Path) -> str:
    return (folder / "tfgen.yaml").read_bytes().decode()


def test_a_region_is_added_behind_the_others(tmp_path: Path) -> None:
    folder = project(tmp_path)
    said = done(folder, "add", "us-east-1", "me-south-1")
    assert config_of(folder) == f"{CONFIG}  us-east-1: {{}}\n  me-south-1: {{}}\n"
    assert 'module "us_east_1"' in (folder / "infra/production/main.tf").read_text("utf-8")
    assert "Added us-east-1 to `regions`, for `production`" in said
    assert "enable `me-south-1`" in said
    assert "The other regions all set `MESSAGE`, and `us-east-1` does not" in said


def test_a_region_that_is_there_is_told_and_rendered(tmp_path: Path) -> None:
    folder = make_project(tmp_path / "app")
    said = done(folder, "add", "us-west-2")
    assert "`us-west-2` is in `regions` already" in said
    assert config_of(folder) == CONFIG
    assert 'module "us_west_2"' in (folder / "infra/production/main.tf").read_text("utf-8")
    assert "infra is up to date" in done(folder, "add", "eu-west-2", "us-west-2")


def test_the_file_stays_what_it_is(tmp_path: Path) -> None:
    folder = project(tmp_path)
    config = folder / "tfgen.yaml"
    config.write_bytes("\ufeff".encode() + CONFIG.replace("\n", "\r\n").encode())
    config.chmod(0o640)
    done(folder, "add", "us-east-1")
    assert stat.S_IMODE(config.stat().st_mode) == 0o640
    assert config_of(folder) == "\ufeff" + CONFIG.replace("\n", "\r\n") + "  us-east-1: {}\r\n"
    assert [path.name for path in folder.iterdir() if "yaml" in path.name] == ["tfgen.yaml"]


def test_the_regions_of_a_stage(tmp_path: Path) -> None:
    folder = project(tmp_path, CONFIG + STAGES)
    said = done(folder, "add", "us-east-1", "--stage", "staging")
    assert "for `staging`" in said
    assert config_of(folder) == CONFIG + STAGES + "      us-east-1: {}\n"
    said = done(folder, "add", "us-east-1")
    assert "for `production` and `qa`" in said
    assert 'module "us_east_1"' in (folder / "infra/qa/main.tf").read_text("utf-8")


def test_regions_that_stages_share(tmp_path: Path) -> None:
    folder = project(tmp_path, CONFIG + STAGES)
    for command in ("add", "remove"):
        said = refused(folder, command, "us-west-2", "--stage", "qa")
        assert "`qa` has no regions of its own: it shares the app's with `production`" in said
        assert "There is no stage `dev`" in refused(folder, command, "us-west-2", "--stage", "dev")
    own = project(tmp_path / "own", CONFIG + "stages: {a: {regions: {us-west-2: {}}}}\n")
    assert "Every stage has regions of its own" in refused(own, "add", "us-east-1")


def test_a_region_that_does_not_exist(tmp_path: Path) -> None:
    folder = project(tmp_path)
    assert "did you mean `us-east-1`?" in refused(folder, "add", "us-east1")
    assert "did you mean `ap-northeast-1`?" in refused(folder, "add", "eu-west-3", "tokyo")
    said = refused(folder, "remove", "us-east-1")
    assert "There is no region `us-east-1` in `regions`" in said
    assert "its regions are us-west-2, eu-west-2" in said


def test_what_does_not_resolve_is_not_begun(tmp_path: Path) -> None:
    layered = CONFIG.replace(
        "us-west-2: {", f"us-west-2: {{function: {{layers: [{LAYER}]}}, "
    ).replace("  eu-west-2: {env: {MESSAGE: Hello from eu-west-2}}\n", "")
    folder = project(tmp_path, layered)
    assert "the last region in `regions`" in refused(folder, "remove", "us-west-2")
    config = folder / "tfgen.yaml"
    moved = layered.replace(f"layers: [{LAYER}]", "").replace(
        "handler: app.handler", f"handler: app.handler, layers: [{LAYER}]"
    )
    config.write_text(moved, "utf-8")
    said = refused(folder, "add", "eu-west-2", code=ExitCode.FAILED)
    assert f"The layer `{LAYER}` is in `us-west-2`, the function in `eu-west-2`" in said
    assert "--> tfgen.yaml:2\n" in said
    said = refused(folder, "add", "cn-north-1", code=ExitCode.FAILED)
    assert "are in different AWS partitions" in said


def test_what_cannot_be_edited(tmp_path: Path) -> None:
    aliased = CONFIG.replace("regions:\n", "regions: &all\n") + (
        "stages: {production: , dev: {api: {domain: dev.example.com, create_zone: false}, "
        "regions: *all}}\n"
    )
    folder = project(tmp_path, aliased)
    for command in ("add", "us-east-1"), ("remove", "us-west-2"):
        said = refused(folder, *command, code=ExitCode.FAILED)
        assert "`regions` is written in a way that tfgen cannot edit" in said
        assert "--> tfgen.yaml:5\n" in said
    (folder / "tfgen.yaml").write_text(CONFIG, "utf-8")
    edited = folder / "infra/production/main.tf"
    edited.write_text(edited.read_text("utf-8") + "# mine\n", "utf-8")
    for command in ("add", "us-east-1"), ("remove", "us-west-2"):
        assert "was edited by hand" in refused(folder, *command, code=ExitCode.FAILED)


@pytest.mark.parametrize("reference", ["module.us_west_2.api.host", "aws.us_west_2"])
def test_a_region_that_files_of_the_user_need(tmp_path: Path, reference: str) -> None:
    folder = project(tmp_path, CONFIG + "terraform: {aws_provider: 5}\n")
    extra = folder / "infra/production/extra.tf"
    extra.write_text(f'# module.us_west_2\noutput "mine" {{\n  value = {reference}\n}}\n', "utf-8")
    said = refused(folder, "remove", "us-west-2", "--yes", code=ExitCode.FAILED)
    assert "is used here, and will be gone with `us-west-2`" in said
    assert "--> infra/production/extra.tf:3\n" in said


def test_a_region_that_was_never_applied_only_leaves_the_config(tmp_path: Path) -> None:
    config = CONFIG + STAGES + "terraform: {aws_provider: 5}\n"
    folder = project(tmp_path, config)
    said = done(folder, "remove", "us-west-2")
    assert config_of(folder) == config.replace(
        "  us-west-2: {env: {MESSAGE: Hello from us-west-2}}\n", ""
    )
    assert "`production` has nothing in us-west-2" in said
    assert "`qa` has nothing in us-west-2" in said
    assert "us_west_2" in (folder / "infra/staging/main.tf").read_text("utf-8")
    assert "us_west_2" not in (folder / "infra/qa/main.tf").read_text("utf-8")


def test_nothing_is_begun_that_cannot_ask(tmp_path: Path) -> None:
    folder = project(tmp_path, CONFIG + "terraform: {aws_provider: 5}\n")
    state = {
        "version": 4, "terraform_version": "1.11.4", "serial": 1, "lineage": "x", "outputs": {},
        "resources": [
            {"mode": "managed", "type": "aws_kms_key", "name": "this",
             "module": "module.us_west_2.module.function",
             "provider": 'provider["registry.terraform.io/hashicorp/aws"].us_west_2',
             "instances": []},
        ],
    }  # fmt: skip
    (folder / "infra/production/terraform.tfstate").write_text(json.dumps(state), "utf-8")
    before = config_of(folder), snapshot(folder / "infra/modules")
    result = tfgen(folder, "region", "remove", "us-west-2", env=_offline(folder))
    assert result.returncode == ExitCode.USAGE
    assert "Cannot ask `Remove `us-west-2` from `production` in AWS?`" in result.stderr
    assert "`--yes`" in result.stderr
    assert (config_of(folder), snapshot(folder / "infra/modules")) == before
    assert tfgen(folder, "render", "--check").returncode == ExitCode.DONE


def test_a_new_region_comes_before_its_secrets(tmp_path: Path) -> None:
    folder = make_project(tmp_path / "app", CONFIG + "secrets: {DB: kms, PW: kms}\n")
    result = tfgen(folder, "region", "add", "eu-central-1")
    assert result.returncode == ExitCode.DONE, result.stderr
    assert (
        "warning: `eu-central-1` of `production` needs secrets before an apply: `tfgen env set "
        "--stage production --region eu-central-1 DB PW`\n"
    ) in result.stderr
    assert "`tfgen apply` brings up" not in result.stderr
    assert "eu-central-1: {}" in config_of(folder)
    # Nothing is applied without them.
    assert "The secret `DB` has no value for `" in tfgen(folder, "render", "--check").stderr
