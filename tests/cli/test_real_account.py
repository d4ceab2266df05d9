"""The way to a real account: committed tree, user's credentials, user's backend.

The account is a sandbox that the user's own environment names, so tfgen treats it as any other.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest

from tests.support.command import CONFIG, environment, make_project, tfgen
from tests.support.pool import sharing
from tfgen.aws.session import Aws
from tfgen.errors import ExitCode
from tfgen.sandbox.lifecycle import start, stop
from tfgen.terraform import mirror

PROVIDER_5 = CONFIG.replace("  eu-west-2: {env: {MESSAGE: Hello from eu-west-2}}\n", "")
BUCKET = "tfgen-test-state"
S3 = f"""\
terraform:
  aws_provider: 5
  backend: {{type: s3, bucket: {BUCKET}, region: us-west-2}}
"""


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("account")
    yield start(folder).endpoint
    stop(folder)


@pytest.fixture(scope="module")
def cli_config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = mirror.find(os.environ)
    assert found is not None, "no mirror of the AWS provider on this machine"
    path = tmp_path_factory.mktemp("terraform") / "terraform.rc"
    mirror.write_cli_config(path, found)
    return path


def account(endpoint: str | None, cli_config: Path) -> dict[str, str]:
    settings = {"TF_CLI_CONFIG_FILE": str(cli_config), "AWS_EC2_METADATA_DISABLED": "true"}
    if endpoint is not None:
        settings |= {
            "AWS_ENDPOINT_URL": endpoint,
            "AWS_ACCESS_KEY_ID": "user",
            "AWS_SECRET_ACCESS_KEY": "user",
        }
    return environment(
        **settings, AWS_CONFIG_FILE=os.devnull, AWS_SHARED_CREDENTIALS_FILE=os.devnull
    )


@pytest.fixture(scope="module")
def env(endpoint: str, cli_config: Path) -> Iterator[dict[str, str]]:
    """The environment of whoever has an account, and commands that share providers."""
    with sharing() as shared:
        yield account(endpoint, cli_config) | shared


def test_no_credentials(tmp_path: Path, cli_config: Path) -> None:
    folder = make_project(tmp_path / "app", PROVIDER_5 + "terraform: {aws_provider: 5}\n")
    assert tfgen(folder, "render").returncode == ExitCode.DONE
    result = tfgen(folder, "plan", env=account(None, cli_config))
    assert result.returncode == ExitCode.FAILED
    assert "error: No AWS credentials were found" in result.stderr
    assert "--> infra/production" in result.stderr
    assert "`--sandbox`" in result.stderr
    assert not (folder / "infra/production/terraform.tfstate").exists()


def test_a_zone_that_does_not_exist(tmp_path: Path, env: dict[str, str]) -> None:
    config = PROVIDER_5.replace(", create_zone: true", "") + "terraform: {aws_provider: 5}\n"
    folder = make_project(tmp_path / "app", config)
    assert tfgen(folder, "render").returncode == ExitCode.DONE
    result = tfgen(folder, "plan", env=env)
    assert result.returncode == ExitCode.FAILED
    assert "error: There is no hosted zone `example.com` in this AWS account" in result.stderr
    assert "create_zone: true" in result.stderr


def test_a_state_in_s3_that_is_locked(tmp_path: Path, endpoint: str, env: dict[str, str]) -> None:
    s3 = boto3.client(
        "s3",
        endpoint_url=endpoint,
        region_name="us-west-2",
        aws_access_key_id="user",
        aws_secret_access_key="user",
    )
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "us-west-2"})
    folder = make_project(tmp_path / "app", PROVIDER_5 + S3)
    assert tfgen(folder, "plan", "--render", env=env).returncode == ExitCode.DONE
    lock = {
        "ID": "11111111-2222-3333-4444-555555555555",
        "Operation": "OperationTypeApply",
        "Who": "ada@example",
        "Version": "1.11.4",
        "Created": "2026-01-02T03:04:05.6Z",
        "Path": f"{BUCKET}/hello/production/terraform.tfstate",
    }
    key = "hello/production/terraform.tfstate.tflock"
    s3.put_object(Bucket=BUCKET, Key=key, Body=json.dumps(lock).encode())
    refused = tfgen(folder, "apply", "--yes", env=env)
    assert refused.returncode == ExitCode.FAILED
    assert "The state is locked by ada@example since 2026-01-02 03:04:05" in refused.stderr
    assert f"force-unlock {lock['ID']}" in refused.stderr
    s3.delete_object(Bucket=BUCKET, Key=key)
    assert tfgen(folder, "plan", env=env).returncode == ExitCode.DONE


def test_a_plan_is_saved_and_exactly_it_is_applied(
    tmp_path: Path, env: dict[str, str], endpoint: str
) -> None:
    """The first one fails on what the account has already, which comes in by the line as typed."""
    aws = Aws(endpoint)
    trusted = json.dumps({"Version": "2012-10-17", "Statement": []})
    role = "planned-production-us-west-2"
    aws.client("iam", "us-west-2").create_role(RoleName=role, AssumeRolePolicyDocument=trusted)
    group = "/aws/lambda/planned-production"
    aws.client("logs", "us-west-2").create_log_group(logGroupName=group)
    config = "\n".join(
        [
            "name: planned",
            "function: {source: ./src, runtime: python3.13, handler: app.handler}",
            "regions: {us-west-2: }",
            "terraform: {aws_provider: 5}",
            "",
        ]
    )
    folder = make_project(tmp_path / "app", config)
    assert tfgen(folder, "render").returncode == ExitCode.DONE
    planned = tfgen(folder, "plan", "--out", "my.tfplan", "--detailed-exitcode", env=env)
    assert planned.returncode == 2, planned.stderr
    assert " to add, 0 to change, 0 to destroy." in planned.stdout

    refused = tfgen(folder, "apply", "my.tfplan", env=env)
    assert refused.returncode == ExitCode.FAILED
    assert f"aws_cloudwatch_log_group.this ({group})" in refused.stderr
    [line] = re.findall(
        r"^ +(\S+ -chdir=infra/production import .+)$", refused.stderr, re.MULTILINE
    )
    assert line.endswith(f" import module.us_west_2.module.function.aws_iam_role.this {role}")
    subprocess.run(line, shell=True, cwd=folder, env=env, check=True)  # noqa: S602 # as a user types it

    planned = tfgen(folder, "plan", "--out", "my.tfplan", env=env)
    assert planned.returncode == ExitCode.DONE, planned.stderr
    applied = tfgen(folder, "apply", "my.tfplan", env=env)
    assert applied.returncode == ExitCode.DONE, applied.stderr
    assert applied.stdout.startswith("https://")
    assert applied.stdout.count("\n") == 1
    again = tfgen(folder, "apply", "my.tfplan", env=env)
    assert again.returncode == ExitCode.FAILED
    assert "aved plan is stale" in again.stderr
    empty = tfgen(folder, "plan", "--detailed-exitcode", env=env)
    assert empty.returncode == ExitCode.DONE, empty.stdout
    destroyed = tfgen(folder, "destroy", "--yes", env=env)
    assert destroyed.returncode == ExitCode.DONE, destroyed.stderr
    assert tfgen(folder, "url", env=env).returncode == ExitCode.FAILED
