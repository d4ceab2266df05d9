"""An interrupt that comes before an apply has begun, which Terraform hears and does not heed."""

from __future__ import annotations

import dataclasses
import os
import signal
import sys
import threading
from collections.abc import Mapping
from pathlib import Path

import pytest

from tfgen.terraform import args, events, mirror
from tfgen.terraform.engine import Engine
from tfgen.terraform.runner import run, run_journaled


def speaking(binary: Engine, code: str) -> Engine:
    """An engine that runs Python code instead of Terraform."""
    return dataclasses.replace(binary, argv=(sys.executable, "-c", code))


# Says when it has begun, and what it got before and after.
_STARTS_SLOWLY = """
import json, signal, sys, time
got = []
signal.signal(signal.SIGINT, lambda *_: got.append(begun))
begun = False
def say(**event):
    print(json.dumps(event, separators=(",", ":")), flush=True)
say(type="version")
time.sleep(SECONDS)
begun = True
say(type="apply_start")
time.sleep(0.5)
say(got=got)
sys.exit(1 if got else 0)
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_early_interrupt_waits_until_terraform_hears_it(
    binary: Engine, root: Path, env: Mapping[str, str], number: signal.Signals
) -> None:
    lines: list[str] = []

    def read(line: str) -> None:
        lines.append(line)
        if '"version"' in line:
            os.kill(os.getpid(), number)

    slow = speaking(binary, _STARTS_SLOWLY.replace("SECONDS", "0.5"))
    path = root / "runs" / "j.jsonl"
    result = run_journaled(slow, [], cwd=root, env=env, journal=path, on_line=read)
    assert lines[-1] == '{"got":[true]}'
    assert result.exit_code == 130


def test_two_early_interrupts_do_not_wait(
    binary: Engine, root: Path, env: Mapping[str, str]
) -> None:
    lines: list[str] = []

    def read(line: str) -> None:
        lines.append(line)
        if '"version"' in line:
            os.kill(os.getpid(), signal.SIGINT)
            os.kill(os.getpid(), signal.SIGINT)

    slow = speaking(binary, _STARTS_SLOWLY.replace("SECONDS", "0.5"))
    path = root / "runs" / "j.jsonl"
    run_journaled(slow, [], cwd=root, env=env, journal=path, on_line=read)
    assert lines[-1].startswith('{"got":[false')


# Terraform starts the AWS provider before it works on anything, which takes a second or more. The
# data source needs no credentials.
_AWS = """
provider "aws" {
  region                      = "us-west-2"
  access_key                  = "none"
  secret_key                  = "none"
  skip_credentials_validation = true
  skip_requesting_account_id  = true
}

data "aws_iam_policy_document" "this" {
  statement {
    actions   = ["s3:GetObject"]
    resources = ["*"]
  }
}

resource "terraform_data" "first" {
  input = data.aws_iam_policy_document.this.json

  provisioner "local-exec" {
    command = "sleep 1"
  }
}

resource "terraform_data" "second" {
  input = terraform_data.first.output
}
"""


def test_terraform_stops_that_was_interrupted_while_it_started_a_provider(
    binary: Engine, root: Path, env: Mapping[str, str]
) -> None:
    found = mirror.find(os.environ)
    assert found is not None, "no mirror of the AWS provider on this machine"
    mirror.write_cli_config(root / "terraform.rc", found)
    variables = {**env, "TF_CLI_CONFIG_FILE": str(root / "terraform.rc")}
    (root / "main.tf").write_text(_AWS)
    saved = root / "saved.tfplan"
    for command in (args.init(), args.plan(out=saved)):
        done = run(binary, command, cwd=root, env=variables)
        assert done.returncode == 0, done.stderr
    lines: list[str] = []

    def read(line: str) -> None:
        if not lines:
            # The version, after which the provider is started.
            threading.Timer(0.4, os.kill, (os.getpid(), signal.SIGHUP)).start()
        lines.append(line)

    path = root / "runs" / "j.jsonl"
    command = args.apply_plan(saved, json=True)
    result = run_journaled(binary, command, cwd=root, env=variables, journal=path, on_line=read)
    assert result.exit_code == 130
    found_events = list(events.parse_all(lines))
    complete = [each for each in found_events if isinstance(each, events.ApplyComplete)]
    assert [each.resource.address for each in complete] in ([], ["terraform_data.first"])
