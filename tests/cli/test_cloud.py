"""HCP Terraform: a workspace that would run the plan on other machines is an error at once."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.support.command import CONFIG, environment, make_project, tfgen
from tfgen.errors import ExitCode
from tfgen.terraform import diagnose

CLOUD = CONFIG + "terraform: {backend: {type: cloud, organization: acme}}\n"
# What a remote plan does from its first line on, which comes before the upload.
TERRAFORM = """\
#!/bin/sh
case "$1 $2" in
version*) echo "Terraform v1.11.4" ;;
init*) mkdir -p .terraform ;;
plan*)
  echo "Running plan in HCP Terraform. Output will stream here. Pressing Ctrl-C"
  echo "will stop streaming the logs, but will not stop the plan running remotely."
  # As Terraform does, it breaks off when it is interrupted.
  trap "exit 1" INT
  sleep 60 &
  wait
  touch uploaded
  ;;
esac
"""


def test_a_remote_plan_stops_before_anything_is_uploaded(tmp_path: Path) -> None:
    folder = make_project(tmp_path / "app", CLOUD)
    terraform = tmp_path / "terraform"
    terraform.write_text(TERRAFORM, "utf-8")
    terraform.chmod(0o755)
    assert tfgen(folder, "render").returncode == ExitCode.DONE
    begun = time.monotonic()
    result = tfgen(folder, "plan", env=environment(TFGEN_TERRAFORM=str(terraform)))
    assert time.monotonic() - begun < 30
    assert result.returncode == ExitCode.FAILED
    assert "error: The workspace `acme/hello-production` has remote execution" in result.stderr
    assert "hint: set it to *Local* execution" in result.stderr
    assert "Traceback" not in result.stderr
    assert result.stdout == ""
    assert not (folder / "infra/production/uploaded").exists()
    # The notice before the first init names the mode as well.
    assert "must have the execution mode Local" in result.stderr


@pytest.mark.parametrize(
    "line",
    [
        "\x1b[0m\x1b[33mRunning plan in HCP Terraform. Output will stream here. Pressing Ctrl-C",
        "Running plan in Terraform Cloud. Output will stream here. Pressing Ctrl-C",
        "Running apply in Terraform Enterprise. Output will stream here. Pressing Ctrl-C",
        "Running plan in cloud backend. Output will stream here. Pressing Ctrl-C",
        "Running plan in the remote backend. Output will stream here. Pressing Ctrl-C",
    ],
)
def test_every_name_of_the_product_is_known(line: str) -> None:
    assert diagnose.is_remote_run(line)


def test_a_local_plan_is_none() -> None:
    assert not diagnose.is_remote_run("Terraform will perform the following actions:")
