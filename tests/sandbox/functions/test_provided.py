"""Functions that bring their own runtime, and the Runtime API that it speaks."""

from __future__ import annotations

import json
from typing import Any

from tests.sandbox.functions.lab import Lab, bundle

# Says everything about the Runtime API that it sees, with nothing but the standard library.
BOOTSTRAP = """#!/usr/bin/env python3
import http.client, json, os, sys

connection = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])

def ask(method, path, body=None, headers={}, **more):
    connection.request(method, "/2018-06-01/runtime" + path, body, headers, **more)
    response = connection.getresponse()
    return response.status, dict(response.getheaders()), response.read()

if "FAIL" in os.environ:
    body = json.dumps({"errorType": "Custom.Bad", "errorMessage": "bad"})
    print(ask("POST", "/init/error", body, {"Lambda-Runtime-Function-Error-Type": "Custom.Bad"})[0])
    sys.exit(1)

while True:
    status, headers, event = ask("GET", "/invocation/next")
    asked = json.loads(event)
    request = headers["Lambda-Runtime-Aws-Request-Id"]
    answer = {}
    if asked.get("probe"):
        answer["again"] = ask("GET", "/invocation/next")[0]
        answer["other"] = ask("POST", "/invocation/other/response", b"{}")[0]
        answer["init"] = ask("POST", "/init/error", b"{}")[0]
        answer["nothing"] = ask("GET", "/nothing")[0]
        answer["headers"] = sorted(name for name in headers if name.startswith("Lambda-"))
        answer["deadline"] = int(headers["Lambda-Runtime-Deadline-Ms"]) > 0
    if asked.get("fail"):
        body = b'{"errorType": "Mine", "errorMessage": "no"}'
        ask("POST", f"/invocation/{request}/error", body)
    elif asked.get("stream"):
        chunks = iter([b'"one ', b'two"'])
        ask("POST", f"/invocation/{request}/response", chunks, encode_chunked=True,
            headers={"Transfer-Encoding": "chunked"})
    else:
        ask("POST", f"/invocation/{request}/response", json.dumps(answer).encode())
"""

# https://docs.aws.amazon.com/lambda/latest/dg/runtimes-walkthrough.html does it like this.
SHELL = """#!/bin/sh
set -eu
api="http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/invocation"
while true; do
  headers="$(mktemp)"
  event="$(curl -sS -D "$headers" "$api/next")"
  id="$(sed -n 's/^Lambda-Runtime-Aws-Request-Id: *//Ip' "$headers" | tr -d '\\r')"
  echo "$_HANDLER handles $event"
  curl -sS -o /dev/null -d "{\\"length\\": ${#event}}" "$api/$id/response"
done
"""


def deploy(lab: Lab, bootstrap: str, mode: int = 0o755, **more: Any) -> str:
    """Makes a function that brings its own runtime."""
    files = bundle({"bootstrap": bootstrap}, {"bootstrap": mode})
    return lab.deploy(files, runtime="provided.al2023", **more)


def test_a_bootstrap_is_the_runtime(lab: Lab) -> None:
    name = deploy(lab, SHELL)
    assert lab.result(name, {"a": 1}) == {"length": 8}
    assert lab.result(name, {"a": 12}) == {"length": 9}
    assert 'app.handler handles {"a": 12}\n' in lab.logged(name)
    assert lab.environments(name) == 1


def test_the_runtime_api(lab: Lab) -> None:
    name = deploy(lab, BOOTSTRAP)
    assert lab.result(name, {"probe": True}) == {
        "again": 403,
        "other": 400,
        "init": 403,
        "nothing": 404,
        "headers": [
            "Lambda-Runtime-Aws-Request-Id",
            "Lambda-Runtime-Deadline-Ms",
            "Lambda-Runtime-Invoked-Function-Arn",
            "Lambda-Runtime-Trace-Id",
        ],
        "deadline": True,
    }
    assert lab.result(name, {"stream": True}) == "one two"
    done = lab.invoke(name, {"fail": True})
    assert (done.error, json.loads(done.payload)["errorType"]) == ("Unhandled", "Mine")


def test_a_runtime_that_says_why_it_cannot_start(lab: Lab) -> None:
    name = deploy(lab, BOOTSTRAP, environment={"FAIL": "1"})
    done = lab.invoke(name)
    assert json.loads(done.payload) == {"errorType": "Custom.Bad", "errorMessage": "bad"}
    assert b"\tPhase: init\tStatus: error\tError Type: Custom.Bad\n" in done.log


def test_a_bootstrap_in_a_layer(lab: Lab) -> None:
    content = bundle({"bootstrap": SHELL}, {"bootstrap": 0o755})
    layer = lab.awslambda.publish_layer_version(LayerName="runtime", Content={"ZipFile": content})
    name = lab.deploy("", runtime="provided.al2023", Layers=[layer["LayerVersionArn"]])
    assert lab.result(name) == {"length": 2}


def test_a_bootstrap_that_is_not_there(lab: Lab) -> None:
    done = lab.invoke(lab.deploy("", runtime="provided.al2"))
    document = json.loads(done.payload)
    assert document["errorType"] == "Runtime.InvalidEntrypoint"
    places = "[/var/task/bootstrap /opt/bootstrap]"
    assert document["errorMessage"].endswith(f"Error: Couldn't find valid bootstrap(s): {places}")


def test_a_bootstrap_that_may_not_be_run(lab: Lab) -> None:
    done = lab.invoke(deploy(lab, SHELL, 0o644))
    document = json.loads(done.payload)
    assert document["errorType"] == "Runtime.InvalidEntrypoint"
    assert document["errorMessage"].endswith("fork/exec /var/task/bootstrap: permission denied")
