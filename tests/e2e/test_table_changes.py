"""Changes of tables: refused with steps that work, or made while the function goes on.

One app with a table for each change. All steps of all tables are walked side by side.
"""

from __future__ import annotations

import copy
import json
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.app_folder import AppFolder, hello
from tests.support.steps import Document, config_of
from tfgen.aws.session import Aws
from tfgen.changes import Refusal, refusals
from tfgen.cli.deployed import deployed_tables
from tfgen.config.load import loads
from tfgen.errors import ExitCode
from tfgen.resolve import resolve
from tfgen.terraform.state import instances

pytestmark = pytest.mark.e2e

HOME, OTHER = "us-west-2", "eu-west-2"
SOURCE = """\
import os

import boto3

client = boto3.client("dynamodb")


def handler(event, context):
    said = {}
    for variable, name in os.environ.items():
        if variable.endswith("_TABLE"):
            try:
                client.put_item(TableName=name, Item={"id": {"S": "1"}})
                client.get_item(TableName=name, Key={"id": {"S": "1"}})
            except Exception as error:
                said[variable] = str(error)
            else:
                said[variable] = "ok"
    return said
"""
KEY: Document = {"hash_key": "id"}
BEFORE: Document = {
    "name": "hello",
    "function": {"source": "./src", "runtime": "python3.13", "handler": "app.handler", "url": True},
    "api": {"auth": "iam"},
    "regions": {HOME: {}, OTHER: {}},
    "database": {
        "home": HOME,
        "dynamodb": {
            # Their variables differ by an underscore.
            "leave-key": {**KEY, "encryption": "app"},
            "leavekey": {**KEY, "encryption": "aws_managed"},
            "come-to-key": KEY,
            "managed": {**KEY, "encryption": "app"},
            "no-indexes": {
                **KEY,
                "attributes": {"owner": "S", "created": "S", "color": "S"},
                "indexes": {
                    "by-owner": {"hash_key": "owner", "range_key": "created"},
                    "by-color": {"hash_key": "color"},
                },
            },
            "alone": {**KEY, "replicate": True},
            "rekeyed": {**KEY, "replicate": True},
            "forgets": {**KEY, "ttl": "expires"},
            "renamed": {**KEY, "ttl": "expires"},
        },
    },
}
AFTER: Mapping[str, Document] = {
    "leave-key": KEY,
    "leavekey": KEY,
    "come-to-key": {**KEY, "encryption": "app"},
    "managed": {**KEY, "encryption": "aws_managed"},
    "no-indexes": KEY,
    "alone": KEY,
    "rekeyed": {**KEY, "replicate": True, "encryption": "app"},
    "forgets": KEY,
    "renamed": {**KEY, "ttl": "until"},
}
# What one apply changes.
AT_ONCE = ("leave-key", "leavekey", "come-to-key", "no-indexes")


class World:
    """The app and its account.

    Args:
        app: its folder.
    """

    def __init__(self, app: AppFolder) -> None:
        self.app = app

    @property
    def aws(self) -> Aws:
        return Aws(self.app.sandbox.endpoint)

    def write(self, document: Document) -> None:
        """Writes the config."""
        # Without anchors, which several tables of one kind would get.
        text = yaml.safe_dump(json.loads(json.dumps(document)), sort_keys=False)
        (self.app.path / "tfgen.yaml").write_text(text, "utf-8")

    def apply(self, document: Document) -> None:
        """Applies a config."""
        self.write(document)
        self.app.tfgen("apply", "--sandbox", "--yes")

    def nothing_is_left(self) -> None:
        """Plans, which has to find nothing to change."""
        self.app.tfgen("plan", "--sandbox", "--detailed-exitcode")

    def refusals(self, document: Document) -> list[Refusal]:
        """Returns what the state speaks against."""
        root = self.app.sandbox.scratch / "infra/production"
        state = instances((root / "terraform.tfstate").read_text("utf-8"), data=True)
        app = resolve(loads(yaml.safe_dump(document)), "production")
        return refusals(app, deployed_tables(state))

    def ask(self) -> Mapping[str, str]:
        """Returns what the function in the home region says of each table."""
        function = self.aws.client("lambda", HOME)
        answer = function.invoke(FunctionName="hello-production", Qualifier="live")
        said: Mapping[str, str] = json.loads(answer["Payload"].read())
        return said

    def encryption(self, table: str, region: str = HOME) -> str | None:
        """Returns the key of a table; None is one that DynamoDB owns."""
        about = self.describe(table, region)
        found: str | None = about.get("SSEDescription", {}).get("KMSMasterKeyArn")
        return found

    def describe(self, table: str, region: str = HOME) -> Any:
        """Returns what DynamoDB says of a table."""
        dynamodb = self.aws.client("dynamodb", region)
        return dynamodb.describe_table(TableName=f"hello-production-{table}")["Table"]

    def time_to_live(self, table: str) -> Any:
        """Returns what DynamoDB says of a table's time to live."""
        dynamodb = self.aws.client("dynamodb", HOME)
        return dynamodb.describe_time_to_live(TableName=f"hello-production-{table}")[
            "TimeToLiveDescription"
        ]

    def key(self, region: str) -> str:
        """Returns the ARN of the app's key."""
        kms = self.aws.client("kms", region)
        return kms.describe_key(KeyId="alias/hello-production")["KeyMetadata"]["Arn"]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with hello(tmp_path / "hello") as app:
        (app.path / "src/app.py").write_text(SOURCE, "utf-8")
        yield World(app)


def test_tables_change(world: World) -> None:
    world.apply(BEFORE)
    world.nothing_is_left()
    assert set(world.ask().values()) == {"ok"}
    key = world.key(HOME)
    assert world.encryption("leave-key") == key
    one_apply_moves_a_table_from_and_to_a_key(world)
    deployed = changed(BEFORE, *AT_ONCE)
    wanted = changed(BEFORE, *AFTER)
    the_rest_is_refused_before_anything_is_planned(world, wanted)
    the_steps_lead_there(world, deployed, wanted)
    world.nothing_is_left()
    assert world.encryption("managed") not in {key, None}
    defined = world.describe("no-indexes")["AttributeDefinitions"]
    assert [each["AttributeName"] for each in defined] == ["id"]
    assert "Replicas" not in world.describe("alone")
    assert "StreamSpecification" not in world.describe("alone")
    assert world.encryption("rekeyed", OTHER) == world.key(OTHER)
    assert world.time_to_live("forgets") == {"TimeToLiveStatus": "DISABLED"}
    assert world.time_to_live("renamed")["AttributeName"] == "until"
    assert set(world.ask().values()) == {"ok"}
    what_is_changed_past_terraform_is_seen(world, wanted)


def changed(document: Document, *tables: str) -> Document:
    """Returns a config with the changes of some tables."""
    found = copy.deepcopy(document)
    found["database"]["dynamodb"] |= {table: AFTER[table] for table in tables}
    return found


def one_apply_moves_a_table_from_and_to_a_key(world: World) -> None:
    """Asks all the time, and is never denied; and the role has what it takes before and after."""
    answers: list[Mapping[str, str]] = []
    end = threading.Event()

    def ask() -> None:
        while not end.is_set():
            answers.append(world.ask())

    asking = threading.Thread(target=ask)
    asking.start()
    try:
        world.apply(changed(BEFORE, *AT_ONCE))
    finally:
        end.set()
        asking.join()
    assert len(answers) > 20
    denied = [said for each in answers for said in each.values() if said != "ok"]
    assert denied == []
    assert world.encryption("leave-key") is None
    assert world.encryption("leavekey") is None
    assert world.encryption("come-to-key") == world.key(HOME)


def the_rest_is_refused_before_anything_is_planned(world: World, wanted: Document) -> None:
    """Says why, where and what to do, and changes nothing."""
    world.write(wanted)
    for command in (("plan",), ("apply", "--yes")):
        said = world.app.tfgen(*command, "--sandbox", code=ExitCode.FAILED).stderr
        assert "The table `hello-production-alone` cannot lose its replicas in one apply" in said
        line = next(
            number
            for number, text in enumerate(
                (world.app.path / "tfgen.yaml").read_text("utf-8").splitlines(), 1
            )
            if text.strip() == "alone:"
        )
        assert f"tfgen.yaml:{line}" in said
        assert "(1) set `stream: new_and_old` in the place of `replicate: true`, and apply" in said
        assert "Planning" not in said


def what_is_changed_past_terraform_is_seen(world: World, wanted: Document) -> None:
    """Refuses nothing that is done already, though the state does not know it."""
    world.aws.client("dynamodb", HOME).update_time_to_live(
        TableName="hello-production-renamed",
        TimeToLiveSpecification={"AttributeName": "until", "Enabled": False},
    )
    document = copy.deepcopy(wanted)
    document["database"]["dynamodb"]["renamed"] = KEY
    assert world.refusals(document)
    world.write(document)
    world.nothing_is_left()


def the_steps_lead_there(world: World, deployed: Document, wanted: Document) -> None:
    """Walks all steps of all refusals, each apply one step of every table."""
    found = world.refusals(wanted)
    assert len(found) == len(AFTER) - len(AT_ONCE)
    tables = wanted["database"]["dynamodb"]
    for number in range(max(len(each.steps) for each in found)):
        document = copy.deepcopy(deployed)
        for refusal in found:
            table = next(name for name in tables if refusal.message.find(f"production-{name}`") > 0)
            step = refusal.steps[min(number, len(refusal.steps) - 1)]
            there = config_of(step, deployed, wanted)["database"]["dynamodb"][table]
            document["database"]["dynamodb"][table] = there
        world.apply(document)
    assert document == wanted
