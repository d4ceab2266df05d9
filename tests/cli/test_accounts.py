"""Credentials of another account: one sentence that names both, before anything is done."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.support.command import CONFIG, environment, make_project, snapshot, tfgen
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
IDENTITY = f"""\
<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <GetCallerIdentityResult>
    <Arn>arn:aws:iam::{THEIRS}:user/dev</Arn><UserId>AIDA</UserId><Account>{THEIRS}</Account>
  </GetCallerIdentityResult>
</GetCallerIdentityResponse>
"""


class Sts:
    """An STS that knows the credentials, and what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        asked = self.asked

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                asked.append(body)
                self.send_response(200)
                self.send_header("Content-Length", str(len(IDENTITY)))
                self.end_headers()
                self.wfile.write(IDENTITY.encode())

            def log_message(self, *_: object) -> None:
                """Says nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def environment(self) -> dict[str, str]:
        return environment(
            AWS_ENDPOINT_URL=f"http://127.0.0.1:{self.server.server_port}",
            AWS_ACCESS_KEY_ID="user",
            AWS_SECRET_ACCESS_KEY="user",
            AWS_EC2_METADATA_DISABLED="true",
            AWS_CONFIG_FILE=os.devnull,
            AWS_SHARED_CREDENTIALS_FILE=os.devnull,
        )


@pytest.fixture
def sts() -> Iterator[Sts]:
    found = Sts()
    yield found
    found.server.shutdown()
    found.server.server_close()


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
