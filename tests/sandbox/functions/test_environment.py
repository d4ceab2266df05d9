"""The environment of a function: Lambda's, its own, and nothing of the user's."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.functions.lab import ECHO, REGION, ROLE, Lab, bundle

WRAPPER = """#!/bin/sh
echo "wrapped: $#" >&2
export SECRET=decrypted
exec "$@"
"""


def environment(lab: Lab, name: str) -> Mapping[str, str]:
    """Returns the environment that a function sees."""
    seen: Mapping[str, str] = lab.result(name)["environment"]
    return seen


def test_what_lambda_sets(lab: Lab) -> None:
    name = lab.deploy(ECHO, MemorySize=256)
    seen = environment(lab, name)
    expected = {
        "_HANDLER": "app.handler",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_EXECUTION_ENV": "AWS_Lambda_python3.11",
        "AWS_LAMBDA_FUNCTION_NAME": name,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256",
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{name}",
        "LANG": "en_US.UTF-8",
        "TZ": ":UTC",
        "AWS_ENDPOINT_URL": lab.endpoint,
    }
    assert {key: seen.get(key) for key in expected} == expected
    session = lab.functions.sessions.find(seen["AWS_ACCESS_KEY_ID"])
    assert session is not None
    assert (session.role, session.name) == (ROLE, name)
    assert seen["AWS_SECRET_ACCESS_KEY"] == session.secret
    assert seen["AWS_SESSION_TOKEN"] == session.token
    assert (Path(seen["LAMBDA_TASK_ROOT"]) / "app.py").read_text() == ECHO
    assert seen["AWS_LAMBDA_RUNTIME_API"].startswith("127.0.0.1:")


def test_nothing_of_the_users(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    users = {
        "AWS_PROFILE": "production",
        "AWS_ACCESS_KEY_ID": "AKIAREAL",
        "AWS_ENDPOINT_URL_S3": "https://s3.amazonaws.com",
        "AWS_WEB_IDENTITY_TOKEN_FILE": "/token",
        "GITHUB_TOKEN": "ghp_1",
        "PYTHONSTARTUP": "/rc",
        "HTTPS_PROXY": "http://proxy.example",
        "VIRTUAL_ENV": "/venv",
    }
    name = lab.deploy(ECHO)
    for key, value in users.items():
        monkeypatch.setenv(key, value)
    seen = environment(lab, name)
    assert not set(users.values()) & set(seen.values())
    assert {"USER", "LOGNAME", "SHELL", "AWS_PROFILE", "GITHUB_TOKEN"} & seen.keys() == set()
    assert seen["HOME"] != os.environ["HOME"]
    assert seen["AWS_CONFIG_FILE"] == seen["AWS_SHARED_CREDENTIALS_FILE"] == os.devnull
    # Whatever is not on this machine cannot be reached.
    assert seen["HTTPS_PROXY"] == seen["https_proxy"] == "http://127.0.0.1:9"


def test_its_own_variables_do_not_lead_out_of_the_sandbox(lab: Lab) -> None:
    own = {
        "WORD": "é $x",
        "LANG": "C.UTF-8",
        "AWS_ENDPOINT_URL_S3": "https://s3.amazonaws.com",
        "HTTPS_PROXY": "http://proxy.example",
    }
    seen = environment(lab, lab.deploy(ECHO, environment=own))
    assert (seen["WORD"], seen["LANG"]) == ("é $x", "C.UTF-8")
    assert "AWS_ENDPOINT_URL_S3" not in seen
    assert seen["HTTPS_PROXY"] == "http://127.0.0.1:9"


def test_what_it_writes_goes_away_with_it(lab: Lab) -> None:
    name = lab.deploy(
        """
import os, tempfile

def handler(event, context):
    with tempfile.NamedTemporaryFile(delete=False) as file:
        pass
    return [file.name, os.path.expanduser("~")]
"""
    )
    written, home = lab.result(name)
    assert Path(written).is_relative_to(lab.home / "environments")
    assert Path(home).is_relative_to(lab.home / "environments")


@pytest.mark.parametrize("place", ["/var/task/wrapper", "/opt/wrapper"])
def test_the_wrapper_runs_first(lab: Lab, place: str) -> None:
    modes = {"wrapper": 0o755}
    more: dict[str, Any] = {}
    files = {"app.py": ECHO, "wrapper": WRAPPER}
    if place.startswith("/opt"):
        del files["wrapper"]
        layer = lab.awslambda.publish_layer_version(
            LayerName="wrapper", Content={"ZipFile": bundle({"wrapper": WRAPPER}, modes)}
        )
        more["Layers"] = [layer["LayerVersionArn"]]
    name = lab.deploy(bundle(files, modes), environment={"AWS_LAMBDA_EXEC_WRAPPER": place}, **more)
    seen = environment(lab, name)
    assert seen["SECRET"] == "decrypted"
    assert "wrapped: 6\n" in lab.logged(name)


def test_the_wrapper_may_change_the_arguments(lab: Lab) -> None:
    """As in the example of Lambda's documentation."""
    wrapper = """#!/bin/bash
args=("$@")
extra_args=("-X" "dev")
args=("${args[@]:0:$#-1}" "${args[@]: -1}")
exec "${args[0]}" "${extra_args[@]}" "${args[@]:1}"
"""
    code = "import sys\ndef handler(event, context): return sys.flags.dev_mode"
    files = bundle({"app.py": code, "wrapper": wrapper}, {"wrapper": 0o755})
    name = lab.deploy(files, environment={"AWS_LAMBDA_EXEC_WRAPPER": "/var/task/wrapper"})
    assert lab.result(name) is True


def test_a_wrapper_in_python_finds_the_interpreter_and_the_libraries(lab: Lab) -> None:
    wrapper = """#!/usr/bin/env python3
import os, sys
import boto3
os.environ["SECRET"] = boto3.__name__
os.execv(sys.argv[1], sys.argv[1:])
"""
    files = bundle({"app.py": ECHO, "wrapper": wrapper}, {"wrapper": 0o755})
    name = lab.deploy(files, environment={"AWS_LAMBDA_EXEC_WRAPPER": "/var/task/wrapper"})
    assert environment(lab, name)["SECRET"] == "boto3"


def test_a_wrapper_that_is_not_there(lab: Lab) -> None:
    name = lab.deploy(ECHO, environment={"AWS_LAMBDA_EXEC_WRAPPER": "/var/task/wrapper"})
    done = lab.invoke(name)
    assert done.error == "Unhandled"
    assert b"Runtime.ExitError" in done.payload
    assert b"exit status 127" in done.payload
    assert b"/var/task/wrapper: No such file or directory\n" in done.log
