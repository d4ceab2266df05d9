"""Data near its users: it survives what happens to regions, and goes when somebody says so.

All of it happens the way to a real account, with the committed tree and its state: the account is
a sandbox that the user's own environment names. The tree is for provider 6, which
``tests.support.provider6`` stands in for.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.support.account import counted
from tests.support.app_folder import AppFolder, example
from tests.support.command import environment
from tests.support.moments import wait_until
from tfgen.aws.session import Aws
from tfgen.errors import ExitCode
from tfgen.sandbox.inventory import inventory
from tfgen.sandbox.lifecycle import start
from tfgen.terraform.events import ApplyComplete, ApplyStart, parse_all

pytestmark = pytest.mark.e2e

URL = "https://items.example.com"
NAME = "items-production-items"
TABLE = "module.items_table.aws_dynamodb_table.this"
AS_JSON = ("-H", "Content-Type: application/json")


@dataclass(frozen=True, slots=True)
class World:
    """The app, and an account that is a sandbox.

    Attributes:
        app: its folder.
        account: the variables that lead there.
    """

    app: AppFolder
    account: dict[str, str]

    def tfgen(self, *arguments: str, code: int = ExitCode.DONE) -> str:
        """Runs a command and returns what it says to people."""
        return self.app.tfgen(*arguments, code=code, **self.account).stderr

    def terraform(self, *arguments: str) -> None:
        """Runs Terraform itself in the root module."""
        root = self.app.path / "infra/production"
        program = self.app.variables["TFGEN_TERRAFORM"]
        env = environment(**self.app.variables, **self.account)
        subprocess.run([program, *arguments], cwd=root, env=env, check=True)

    def ask(self, path: str, place: str, *arguments: str) -> Any:
        """Returns the answer to a request from somewhere."""
        command = ("sandbox", "curl", f"{URL}{path}", "--from", place, *arguments, "--json")
        return json.loads(self.app.tfgen(*command).stdout)

    def titles(self, place: str) -> list[str]:
        """Returns what Ana has, as somebody sees it there."""
        answer = self.ask("/items?owner=ana", place)
        assert answer["status"] == 200, answer
        return [item["title"] for item in json.loads(answer["body"])]

    def table(self, region: str) -> Any:
        """Returns what DynamoDB says of the table in a region."""
        dynamodb = Aws(self.app.sandbox.endpoint).client("dynamodb", region)
        return dynamodb.describe_table(TableName=NAME)["Table"]

    def tables(self) -> set[str]:
        """Returns the regions that have any table."""
        found = inventory(self.app.sandbox.endpoint)
        return {each.region for each in found if each.service == "dynamodb"}

    def events(self) -> Sequence[tuple[str, str]]:
        """Returns what the last apply began (`+`) and ended (`-`), in order."""
        path = max((self.app.path / ".tfgen/runs").glob("*.jsonl"))
        with path.open(encoding="utf-8") as lines:
            return [
                ("+" if isinstance(event, ApplyStart) else "-", event.resource.address)
                for event in parse_all(lines)
                if isinstance(event, ApplyStart | ApplyComplete)
            ]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with example("items", tmp_path / "items", major=6) as app:
        account = {
            "AWS_ENDPOINT_URL": start(app.path).endpoint,
            "AWS_ACCESS_KEY_ID": "user",
            "AWS_SECRET_ACCESS_KEY": "user",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
        }
        yield World(app, account)


IN_A_REGION = Counter(
    {
        "REST API": 1,
        "alias": 1,
        "certificate": 1,
        "domain name": 1,
        "function": 1,
        "key": 1,
        "log group": 1,
        "table": 1,
    }
)


def test_items(world: World) -> None:
    world.tfgen("apply", "--yes")
    found = counted(world.app.sandbox.endpoint)
    assert found["us-west-2"] == found["eu-west-2"] == IN_A_REGION
    assert found.keys() == {"us-west-2", "eu-west-2", "us-east-1", "global"}
    the_app_works(world)
    the_table_is_not_lost_by_a_change(world)
    a_region_comes_and_goes(world)
    the_table_gets_another_home(world)
    it_survives_a_destroy(world)
    it_goes_when_somebody_says_so(world)


def the_app_works(world: World) -> None:
    """Writes through London, and reads through Oregon."""
    tea = json.dumps({"owner": "ana", "title": "tea"})
    written = world.ask("/items", "london", *AS_JSON, "-d", tea)
    assert (written["status"], written["region"]) == (201, "eu-west-2")
    item = json.loads(written["body"])
    assert item["region"] == "eu-west-2"
    wait_until(lambda: world.titles("portland") == ["tea"], "the item in Oregon")
    path = f"/items/{item['id']}"
    read = world.ask(path, "portland")
    assert (read["region"], json.loads(read["body"])) == ("us-west-2", item)

    changed = world.ask(path, "portland", "-X", "PUT", *AS_JSON, "-d", '{"title": "green tea"}')
    assert json.loads(changed["body"])["title"] == "green tea"
    wait_until(lambda: world.titles("london") == ["green tea"], "the change in London")
    assert world.ask("/items/none", "london")["status"] == 404
    assert world.ask("/items/none", "london", "-X", "PUT", "-d", '{"title": "x"}')["status"] == 404
    assert world.ask("/items", "london", *AS_JSON, "-d", '{"owner": "ana"}')["status"] == 400
    assert world.ask(path, "london", "-X", "DELETE")["status"] == 204
    wait_until(lambda: world.titles("portland") == [], "the deletion in Oregon")
    world.ask("/items", "portland", *AS_JSON, "-d", tea)
    wait_until(lambda: world.titles("london") == ["tea"], "the item in London")


def the_table_is_not_lost_by_a_change(world: World) -> None:
    """Refuses what would replace, delete or move the table, and says what to do."""
    config = world.app.path / "tfgen.yaml"
    before = config.read_text("utf-8")

    def refused(old: str, new: str, *arguments: str) -> str:
        changed = before.replace(old, new)
        assert changed != before
        config.write_text(changed, "utf-8")
        said = world.tfgen("apply", "--render", "--yes", *arguments, code=ExitCode.FAILED)
        config.write_text(before, "utf-8")
        return said

    said = refused("hash_key: id", "hash_key: key", "--allow-replace")
    assert f"To change `hash_key` replaces the table `{NAME}`, and all items in it are lost" in said
    assert "set `deletion_protection: false`" in said
    said = refused("home: us-west-2", "home: eu-west-2")
    assert f"The table `{NAME}` is at home in `us-west-2`" in said
    assert "put `home: us-west-2` back" in said
    document = before.partition("database:")[2].partition("regions:")[0]
    said = refused(f"database:{document}", "")
    assert f"The table `{NAME}` is not in the config any more, and would be deleted" in said
    said = world.tfgen("region", "remove", "us-west-2", "--yes", code=ExitCode.FAILED)
    assert "The tables of `production` are at home in `us-west-2`" in said
    world.tfgen("render")
    world.tfgen("plan", "--detailed-exitcode")


def a_region_comes_and_goes(world: World) -> None:
    """Adds a region, which has the data before its function serves, and removes it."""
    world.tfgen("region", "add", "eu-central-1")
    world.tfgen("apply", "--yes")
    events = world.events()
    function = "module.eu_central_1.module.function.aws_lambda_function.this"
    assert events.index(("-", TABLE)) < events.index(("+", function))
    # Nothing of the other regions has changed.
    assert not [
        address for _, address in events if "us_west_2" in address or "eu_west_2" in address
    ]
    assert world.ask("/_health", "frankfurt")["region"] == "eu-central-1"
    assert world.titles("frankfurt") == ["tea"]
    the_function_has_its_own_table_only(world, "eu-central-1")

    world.tfgen("region", "remove", "eu-central-1", "--yes", "--drain", "0")
    others = {address for _, address in world.events() if "eu_central_1" not in address}
    assert others == {TABLE}
    assert world.tables() == {"us-west-2", "eu-west-2"}
    assert world.titles("frankfurt") == ["tea"]
    world.tfgen("plan", "--detailed-exitcode")


def the_function_has_its_own_table_only(world: World, region: str) -> None:
    """Holds what a region's role may do with DynamoDB to what the config asks for."""
    iam = Aws(world.app.sandbox.endpoint).client("iam", region)
    role = f"items-production-{region}"
    policy: Any = iam.get_role_policy(RoleName=role, PolicyName="function")["PolicyDocument"]
    statements = [each for each in policy["Statement"] if "dynamodb:" in json.dumps(each)]
    arn = f"arn:aws:dynamodb:{region}:123456789012:table/{NAME}"
    assert [sorted(each["Resource"]) for each in statements] == [[arn, f"{arn}/index/*"]]
    assert "dynamodb:DeleteItem" in statements[0]["Action"]
    assert "dynamodb:DeleteTable" not in statements[0]["Action"]


def the_table_gets_another_home(world: World) -> None:
    """Takes the table over in another of its regions, as the guide says, and back again.

    A day must pass before DynamoDB deletes a replica that others were made from.
    """
    move(world, "eu-west-2")
    world.tfgen("apply", "--yes")
    assert {address for _, address in world.events()} == {TABLE}
    world.tfgen("plan", "--detailed-exitcode")
    assert world.table("eu-west-2")["DeletionProtectionEnabled"]
    assert not world.table("us-west-2")["DeletionProtectionEnabled"]
    assert world.titles("portland") == ["tea"]
    move(world, "us-west-2")


def move(world: World, region: str) -> None:
    """Makes a region the home of the tables, up to the last apply."""

    def change(config: Any, home: str | None = None) -> None:
        config["database"]["dynamodb"]["items"]["deletion_protection"] = home is not None
        config["database"]["home"] = home or config["database"]["home"]

    world.app.change(change)
    world.tfgen("apply", "--render", "--yes")
    world.terraform("state", "rm", TABLE)
    world.app.change(lambda config: change(config, region))
    world.tfgen("render")
    world.terraform("import", TABLE, f"{NAME}@{region}")


def it_survives_a_destroy(world: World) -> None:
    """Leaves the table when all else is destroyed, and finds it again."""
    for _ in range(2):
        said = world.tfgen("destroy", "--yes")
        assert f"The table `{NAME}` in us-west-2, eu-west-2 is still there" in said
        left = {(each.type, each.region) for each in inventory(world.app.sandbox.endpoint)}
        assert {region for _, region in left} == {"us-west-2", "eu-west-2"}
        assert len(left) == 2
    world.tfgen("apply", "--yes")
    assert world.titles("london") == ["tea"]


def it_goes_when_somebody_says_so(world: World) -> None:
    """Destroys the table as well, and leaves the tree as it was."""
    tree = {path: path.read_bytes() for path in (world.app.path / "infra").rglob("*.tf")}
    said = world.tfgen("destroy", "--with-data", code=ExitCode.USAGE)
    assert f"Lose all items for ever of `{NAME}` in us-west-2, eu-west-2?" in said
    assert world.tables() == {"us-west-2", "eu-west-2"}
    world.tfgen("destroy", "--with-data", "--yes")
    assert inventory(world.app.sandbox.endpoint) == []
    assert {path: path.read_bytes() for path in tree} == tree
