"""Runs of ``tfgen env`` in a sandbox whose keys exist."""

from __future__ import annotations

import io
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

from tests.support.app_folder import AppFolder
from tests.support.command import environment
from tfgen.aws.session import Aws
from tfgen.cli.app import run

EU, US = "eu-west-2", "us-west-2"
ALIAS = "alias/hello-production"
CONFIG = """\
name: hello
function: {source: ./src, runtime: python3.13, handler: app.handler}

# Plain.
env: {LOG_LEVEL: info}

regions:
  us-west-2: {env: {MESSAGE: "it's Oregon"}}
  eu-west-2: {env: {MESSAGE: London}}
"""


def make_key(aws: Aws, region: str, *, instead: bool = False) -> str:
    kms = aws.client("kms", region)
    key = kms.create_key()["KeyMetadata"]
    if instead:
        kms.update_alias(AliasName=ALIAS, TargetKeyId=key["KeyId"])
    else:
        kms.create_alias(AliasName=ALIAS, TargetKeyId=key["KeyId"])
    return key["Arn"]


@dataclass(frozen=True, slots=True)
class Said:
    """What a command wrote."""

    stdout: str
    stderr: str


def env(app: AppFolder, *arguments: str, code: int = 0) -> Said:
    """Runs the command line in this process, which has boto3 loaded already."""
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", newline="") for _ in range(2))
    before = sys.argv
    sys.argv = ["tfgen", "env", *arguments, "--sandbox", "--chdir", str(app.path)]
    try:
        with redirect_stdout(out), redirect_stderr(err):
            ended = run()
    finally:
        sys.argv = before
    said = Said(*(each.buffer.getvalue().decode() for each in (out, err)))
    assert ended == code, (arguments, ended, said)
    return said


def fed(app: AppFolder, text: str | bytes, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    """Runs ``tfgen env set`` with something on standard input."""
    return subprocess.run(
        [sys.executable, "-m", "tfgen", "env", "set", *arguments, "--sandbox"],
        cwd=app.path,
        env=environment(),
        input=text.encode() if isinstance(text, str) else text,
        capture_output=True,
        check=False,
    )


def secrets(app: AppFolder) -> Path:
    return app.sandbox.scratch / "secrets" / "production.yaml"


def config(app: AppFolder) -> str:
    return (app.path / "tfgen.yaml").read_text("utf-8")
