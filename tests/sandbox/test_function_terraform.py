"""Everything that a function may have, as Terraform makes it: applied, changed, destroyed.

One root for all of it: most of the time goes into the AWS provider's own waits, for a lifecycle
rule (55 seconds) and for a queue (25), and they wait side by side.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.conftest import REGION
from tests.sandbox.functions.lab import wait_until
from tests.sandbox.root import Root
from tfgen.aws.adopt import FINDERS, PlannedResource, find_existing
from tfgen.aws.session import Aws
from tfgen.sandbox.client import Client
from tfgen.sandbox.inventory import inventory
from tfgen.sandbox.lifecycle import Running

NAME = "hello-production"
CODE = """
import shared

def handler(event, context):
    if event.get("fail"):
        raise ValueError("on purpose")
    return shared.NAME + " NUMBER"
"""
FIRST: Mapping[str, Any] = {
    "bundle": "one.zip",
    "url": {"auth": "NONE", "cors": True},
    "concurrency": {"reserved": 5, "provisioned": 2},
}
SECOND: Mapping[str, Any] = {
    "bundle": "two.zip",
    "url": {"auth": "AWS_IAM", "cors": False},
    "concurrency": {"reserved": 4, "provisioned": 3},
}


# All of their kinds, but for the lifecycle rules, which take a minute.
FORGOTTEN = {
    "aws_iam_role_policy_attachment": ("vpc",),
    "aws_lambda_function_url": ("live",),
    "aws_lambda_provisioned_concurrency_config": ("live",),
    "aws_s3_bucket": ("this",),
    "aws_s3_bucket_ownership_controls": ("this",),
    "aws_s3_bucket_policy": ("this",),
    "aws_s3_bucket_public_access_block": ("this",),
    "aws_s3_bucket_server_side_encryption_configuration": ("this",),
    "aws_s3_bucket_versioning": ("this",),
    "aws_s3_object": ("bundle",),
    "aws_sqs_queue": ("kms", "this"),
}


@pytest.fixture
def root(environ: Mapping[str, str], tmp_path: Path) -> Root:
    """The root module, initialized."""
    root = Root.make(tmp_path / "root", environ, "function")
    write_zip(root.folder / "one.zip", "app.py", CODE.replace("NUMBER", "one"))
    write_zip(root.folder / "two.zip", "app.py", CODE.replace("NUMBER", "two"))
    write_zip(root.folder / "layer.zip", "python/shared.py", "NAME = 'layer'")
    return root


def applied(root: Root) -> str:
    """Applies, makes sure that nothing is left to do, and returns the URL."""
    root.run("apply", "-auto-approve")
    root.run("plan", "-detailed-exitcode")
    return str(root.outputs()["url"])


def write_zip(path: Path, name: str, text: str) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(zipfile.ZipInfo(name), text)


def dead_letter(aws: Aws) -> dict[str, Any]:
    """Waits for a message in the queue that is encrypted with a key."""
    sqs = aws.client("sqs", REGION)
    url = sqs.get_queue_url(QueueName=f"{NAME}-kms")["QueueUrl"]
    found: list[Any] = []

    def look() -> bool:
        found.extend(sqs.receive_message(QueueUrl=url).get("Messages", []))
        return bool(found)

    wait_until(look, "a dead letter")
    message: dict[str, Any] = found[0]
    return message


def find_and_import(root: Root, aws: Aws, since: datetime) -> set[str]:
    """Imports what Terraform has forgotten and exists; returns the types."""
    found: set[str] = set()
    while True:
        root.run("plan", "-out=plan")
        shown = root.run("show", "-json", "plan", inputs=False)
        changes = json.loads(shown)["resource_changes"]
        new = {}
        for change in changes:
            if change["change"]["actions"] != ["create"]:
                continue
            address, kind = change["address"], change["type"]
            resource = PlannedResource(address, kind, REGION, change["change"]["after"])
            identifier = find_existing(aws, resource, since)
            if identifier is not None:
                new[address] = identifier
                found.add(kind)
        if not new:
            return found
        for address, identifier in new.items():
            root.run("import", address, identifier)


@pytest.mark.e2e
def test_a_function_with_everything(root: Root, running: Running, aws: Aws) -> None:
    gateway = Client(running)
    awslambda = aws.client("lambda", REGION)
    started = datetime.now(UTC)
    live = {"FunctionName": NAME, "Qualifier": "live"}

    root.set(**FIRST)
    url = applied(root)
    answered = gateway.request("GET", url, headers=[("Origin", "https://app.example.com")])
    headers = {name.lower(): value for name, value in answered.headers}
    assert (answered.status, answered.body) == (200, b"layer one")
    assert headers["access-control-expose-headers"] == "x-version"
    awslambda.invoke(
        FunctionName=NAME, Qualifier="live", InvocationType="Event", Payload=b'{"fail": true}'
    )
    assert json.loads(dead_letter(aws)["Body"]) == {"fail": True}
    network = awslambda.get_function_configuration(**live)["VpcConfig"]
    state = json.loads((root.folder / "terraform.tfstate").read_text("utf-8"))["resources"]
    vpc = next(each for each in state if each["type"] == "aws_vpc")
    assert network["VpcId"] == vpc["instances"][0]["attributes"]["id"]

    root.set(**SECOND)
    assert applied(root) == url
    signed = ("Authorization", "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/x")
    assert gateway.request("GET", url).status == 403
    answered = gateway.request("GET", url, headers=[signed, ("Origin", "https://app.example.com")])
    assert (answered.status, answered.body) == (200, b"layer two")
    assert not [name for name, _ in answered.headers if name.lower().startswith("access-control")]
    assert awslambda.get_alias(FunctionName=NAME, Name="live")["FunctionVersion"] == "2"
    provisioned = awslambda.get_provisioned_concurrency_config(**live)
    assert provisioned["AvailableProvisionedConcurrentExecutions"] == 3

    forgotten = [f"{kind}.{name}" for kind, names in FORGOTTEN.items() for name in names]
    root.run("state", "rm", *forgotten, inputs=False)
    assert find_and_import(root, aws, started) == FORGOTTEN.keys() & FINDERS.keys()
    assert applied(root) == url

    root.destroy()
    assert inventory(running.endpoint, [REGION]) == []
