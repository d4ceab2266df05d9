"""Functions that start with their secrets resolved: real runtimes, and real ciphertexts."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from tests.sandbox.functions.lab import REGION, Lab, bundle
from tfgen.start.files import ciphertexts_file, start_files

PYTHON = """
import json, os, subprocess, sys

def handler(event, context):
    code = "import os, json; print(json.dumps(dict(os.environ)))"
    child = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
    arguments = open("/proc/self/cmdline").read()
    return {"own": dict(os.environ), "child": json.loads(child.stdout), "arguments": arguments}
"""

NODE = """
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { Worker } from "node:worker_threads";

const own = { ...process.env };
const code = 'require("node:worker_threads").parentPort.postMessage({ ...process.env })';

export const handler = async () => ({
  own,
  worker: await new Promise((resolve, reject) => {
    new Worker(code, { eval: true }).on("message", resolve).on("error", reject);
  }),
  child: JSON.parse(execFileSync(process.execPath, ["-p", "JSON.stringify(process.env)"])),
  arguments: readFileSync("/proc/self/cmdline", "utf8"),
});
"""

WRAPPER = """#!/bin/sh
export STARTED_BY=wrapper
exec "$@"
"""

CANARY = "c4nary-"
APP, STAGE = "hello", "production"

Secrets = Mapping[str, str]


def node_runtime() -> str:
    """Returns the runtime of the machine's Node.js."""
    said = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True)
    return f"nodejs{said.stdout.removeprefix('v').partition('.')[0]}.x"


Deploy = Callable[..., str]


@pytest.fixture(
    params=[
        "python",
        pytest.param(
            "node",
            marks=pytest.mark.skipif(shutil.which("node") is None, reason="no Node.js here"),
        ),
    ]
)
def deploy(request: pytest.FixtureRequest, lab: Lab) -> Deploy:
    """Makes a function of one language with a start of its own."""

    def deploy(
        secrets: Secrets,
        *,
        ciphertexts: Mapping[str, Secrets] | None = None,
        files: Mapping[str, str] | None = None,
        **more: Any,
    ) -> str:
        python = request.param == "python"
        runtime = "python3.11" if python else node_runtime()
        code = {"app.py": PYTHON} if python else {"app.mjs": NODE}
        added = start_files(runtime)
        if ciphertexts is not None:
            added = (*added, ciphertexts_file(ciphertexts))
        content = code | {file.name: file.content.decode() for file in added} | dict(files or {})
        modes = {file.name: file.mode for file in added} | dict.fromkeys(files or {}, 0o755)
        environment = {
            "AWS_LAMBDA_EXEC_WRAPPER": "/var/task/.tfgen/start",
            "TFGEN_APP": APP,
            "TFGEN_STAGE": STAGE,
            **secrets,
        }
        return lab.deploy(bundle(content, modes), runtime=runtime, environment=environment, **more)

    return deploy


@pytest.fixture
def key(lab: Lab) -> str:
    """The ID of a key."""
    made: str = lab.client("kms").create_key()["KeyMetadata"]["KeyId"]
    return made


def encrypt(lab: Lab, key: str, name: str, value: str, **context: str) -> str:
    """Returns a ciphertext in Base64."""
    context = {"app": APP, "stage": STAGE, "region": REGION, "name": name, **context}
    answer = lab.client("kms").encrypt(
        KeyId=key, Plaintext=value.encode(), EncryptionContext=context
    )
    return base64.b64encode(answer["CiphertextBlob"]).decode()


def parameter(lab: Lab, name: str, value: str, kind: str = "SecureString") -> str:
    """Puts a parameter and returns its ARN."""
    ssm = lab.client("ssm")
    ssm.put_parameter(Name=name, Value=value, Type=kind, Overwrite=True)
    arn: str = ssm.get_parameter(Name=name)["Parameter"]["ARN"]
    return arn


def secret(lab: Lab, name: str, value: str | bytes) -> str:
    """Makes a secret and returns its ARN."""
    given = {"SecretString": value} if isinstance(value, str) else {"SecretBinary": value}
    arn: str = lab.client("secretsmanager").create_secret(Name=name, **given)["ARN"]
    return arn


def test_every_kind_of_reference(lab: Lab, deploy: Deploy, key: str) -> None:
    tag = key[:8]
    multiline = "-----BEGIN KEY-----\nc4nary-é ${x} `y` \"z\" 'q'\n-----END KEY-----\n"
    secrets = {"PLAIN": "kms without a colon is not a reference"}
    expected = dict(secrets)
    for number in range(7):
        value = f"{CANARY}kms-{number}"
        secrets[f"KMS_{number}"] = f"kms:{encrypt(lab, key, f'KMS_{number}', value)}"
        expected[f"KMS_{number}"] = value
    for name, value in {"MULTILINE": multiline, "LOOKS": "ssm:/looks/like/a/reference"}.items():
        secrets[name] = f"kms:{encrypt(lab, key, name, value)}"
        expected[name] = value
    for number in range(13):
        parameter(lab, f"/{tag}/many/{number}", f"{CANARY}ssm-{number}")
        secrets[f"SSM_{number}"] = f"ssm:/{tag}/many/{number}"
        expected[f"SSM_{number}"] = f"{CANARY}ssm-{number}"
    arn = parameter(lab, f"/{tag}/versions", "first")
    parameter(lab, f"/{tag}/versions", "second")
    parameter(lab, f"{tag}-flat", "flat", kind="String")
    for name, reference, value in (
        ("FIRST", f"/{tag}/versions:1", "first"),
        ("SECOND", f"/{tag}/versions:2", "second"),
        ("LATEST", f"/{tag}/versions", "second"),
        ("LATEST_AGAIN", f"/{tag}/versions", "second"),
        ("BY_ARN", arn, "second"),
        ("FLAT", f"{tag}-flat", "flat"),
    ):
        secrets[name], expected[name] = f"ssm:{reference}", value
    document = {
        "url": "postgresql://é",
        "port": 5432,
        "on": True,
        "none": None,
        "a#b": {"list": [1, "ü", {}]},
        "empty": "",
    }
    secret(lab, f"{tag}/json", json.dumps(document, indent=2))
    by_arn = secret(lab, f"{tag}/text", multiline)
    for name, reference, value in (
        ("URL", f"{tag}/json#url", "postgresql://é"),
        ("PORT", f"{tag}/json#port", "5432"),
        ("ON", f"{tag}/json#on", "true"),
        ("NONE", f"{tag}/json#none", "null"),
        ("NESTED", f"{tag}/json#a#b", '{"list":[1,"ü",{}]}'),
        ("EMPTY", f"{tag}/json#empty", ""),
        ("WHOLE", f"{tag}/json", json.dumps(document, indent=2)),
        ("TEXT", by_arn, multiline),
    ):
        secrets[name], expected[name] = f"secretsmanager:{reference}", value
    name = deploy(secrets)
    seen = lab.result(name)
    environments = [seen[process] for process in ("own", "child", "worker") if process in seen]
    for environment in environments:
        assert {each: environment.get(each) for each in expected} == expected
        assert "NODE_OPTIONS" not in environment
    assert CANARY not in seen["arguments"]
    assert CANARY not in "".join(lab.logged(name))


def test_ciphertexts_in_the_bundle(lab: Lab, deploy: Deploy, key: str) -> None:
    ciphertexts = {
        REGION: {"DB": encrypt(lab, key, "DB", "here")},
        "us-west-2": {"DB": encrypt(lab, key, "DB", "there", region="us-west-2")},
    }
    parameter(lab, f"/{key}", "beside")
    name = deploy({"OTHER": f"ssm:/{key}"}, ciphertexts=ciphertexts)
    own = lab.result(name)["own"]
    assert (own["DB"], own["OTHER"]) == ("here", "beside")


def test_a_bundle_without_this_region(lab: Lab, deploy: Deploy) -> None:
    name = deploy({}, ciphertexts={"us-west-2": {}})
    done = lab.invoke(name)
    assert b"the bundle brings secrets, but none for this region" in done.payload


def test_nothing_to_resolve(lab: Lab, deploy: Deploy) -> None:
    """Not even a region is needed for that, or credentials."""
    name = deploy({"LEVEL": "info", "TFGEN_APP": "", "TFGEN_STAGE": ""}, ciphertexts={REGION: {}})
    assert lab.result(name)["own"]["LEVEL"] == "info"


@pytest.mark.parametrize("place", ["/var/task/next", "/opt/next"])
def test_the_next_wrapper_is_started(lab: Lab, deploy: Deploy, key: str, place: str) -> None:
    more: dict[str, Any] = {"files": {"next": WRAPPER}}
    if place.startswith("/opt"):
        layer = lab.awslambda.publish_layer_version(
            LayerName="next", Content={"ZipFile": bundle({"next": WRAPPER}, {"next": 0o755})}
        )
        more = {"Layers": [layer["LayerVersionArn"]]}
    secrets = {"DB": f"kms:{encrypt(lab, key, 'DB', 'value')}", "TFGEN_EXEC_WRAPPER": place}
    own = lab.result(deploy(secrets, **more))["own"]
    assert (own["DB"], own["STARTED_BY"]) == ("value", "wrapper")


def test_a_next_wrapper_that_is_not_there(lab: Lab, deploy: Deploy) -> None:
    done = lab.invoke(deploy({"TFGEN_EXEC_WRAPPER": "/var/task/next"}))
    assert done.error == "Unhandled"
    assert "next" in (done.payload + done.log).decode()


def test_all_that_fails_is_told_and_no_value(lab: Lab, deploy: Deploy, key: str) -> None:
    tag = key[:8]
    other = encrypt(lab, key, "OTHER_STAGE", f"{CANARY}other", stage="staging")
    parameter(lab, f"/{tag}/good", f"{CANARY}good")
    secret(lab, f"{tag}/json", json.dumps({"there": f"{CANARY}there"}))
    secret(lab, f"{tag}/text", f"{CANARY}text")
    secret(lab, f"{tag}/list", f'["{CANARY}list"]')
    secret(lab, f"{tag}/binary", CANARY.encode())
    secrets = {
        "OTHER_STAGE": f"kms:{other}",
        "NOT_BASE64": "kms:%%%",
        "GOOD": f"ssm:/{tag}/good",
        "NO_PARAMETER": f"ssm:/{tag}/none",
        "NO_VERSION": f"ssm:/{tag}/good:7",
        "NO_SECRET": f"secretsmanager:{tag}/none",
        "NO_KEY": f"secretsmanager:{tag}/json#here",
        "NO_JSON": f"secretsmanager:{tag}/text#key",
        "A_LIST": f"secretsmanager:{tag}/list#0",
        "BINARY": f"secretsmanager:{tag}/binary",
    }
    name = deploy(secrets)
    done = lab.invoke(name)
    said = json.loads(done.payload)
    log = "".join(lab.logged(name))
    reasons = {
        "OTHER_STAGE": f"it was not encrypted for {APP}/{STAGE}/{REGION}/OTHER_STAGE",
        "NO_PARAMETER": f"SSM: there is no parameter `/{tag}/none` in {REGION}",
        "NO_VERSION": f"SSM: there is no parameter `/{tag}/good:7` in {REGION}",
        "NO_SECRET": f"there is no secret `{tag}/none` in {REGION}",
        "NO_KEY": f"Secrets Manager: the secret `{tag}/json` has no key `here`",
        "NO_JSON": f"the secret `{tag}/text` is not JSON, so it has no key `key`",
        "A_LIST": f"the secret `{tag}/list` has no key `0`",
        "BINARY": f"the secret `{tag}/binary` is binary, and a variable is text",
        "NOT_BASE64": "",
    }
    for text in (log, said["errorMessage"]):
        lines = {
            line.removeprefix("tfgen: ")
            .removeprefix("The function cannot start. ")
            .split(":")[0]: line
            for line in text.splitlines()
            if "cannot start" in line
        }
        assert {each: reason in lines[each] for each, reason in reasons.items()} == dict.fromkeys(
            reasons, True
        ), text
        assert "GOOD" not in lines
        assert CANARY not in text
        assert other not in text
    assert said["errorType"] == "Tfgen.SecretError"
    assert "Error Type: Tfgen.SecretError" in log


def test_what_no_variable_can_hold(lab: Lab, deploy: Deploy, key: str) -> None:
    parameter(lab, f"/{key}", f"{CANARY}before\0after")
    kms = lab.client("kms")
    context = {"app": APP, "stage": STAGE, "region": REGION, "name": "BYTES"}
    text = CANARY.encode() + b"\xff"
    made = kms.encrypt(KeyId=key, Plaintext=text, EncryptionContext=context)
    ciphertext = base64.b64encode(made["CiphertextBlob"]).decode()
    secret(lab, f"half/{key}", json.dumps({"key": f"{CANARY}\ud83d"}))
    name = deploy(
        {
            "NUL": f"ssm:/{key}",
            "BYTES": f"kms:{ciphertext}",
            "HALF": f"secretsmanager:half/{key}#key",
        }
    )
    said = lab.invoke(name).payload.decode()
    assert "NUL: the value has a NUL character, which no variable can hold" in said
    assert "BYTES: KMS: the value is not UTF-8 text" in said
    assert "HALF: the value is not UTF-8 text" in said
    assert CANARY not in said + "".join(lab.logged(name))
