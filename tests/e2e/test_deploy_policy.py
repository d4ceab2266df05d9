"""The printed policy is enough to deploy an app, and no statement of it is too much.

An IAM user who has that policy and nothing else brings the app up, changes it and takes it down, in
an account that is a sandbox: IAM lets the user do what the policy says, and every right that was
used is kept.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from tests.sandbox.root import environment_for
from tests.support.app_folder import AppFolder
from tests.support.command import environment
from tests.support.pool import sharing
from tfgen.aws.adopt import FINDERS, PlannedResource, find_existing
from tfgen.aws.publish import publish_pending
from tfgen.aws.session import Aws
from tfgen.config.ciphertexts import FOLDER
from tfgen.errors import ExitCode
from tfgen.regions import CONTROL_PLANE
from tfgen.sandbox.client import Client
from tfgen.sandbox.iam.account import ACCOUNT
from tfgen.sandbox.iam.evaluation import Access, Identity, Right, why_refused
from tfgen.sandbox.iam.policy import Policy, Principal, parse_policy
from tfgen.sandbox.inventory import inventory
from tfgen.sandbox.lifecycle import start, stop
from tfgen.terraform.progress import GLOBAL, region_of

pytestmark = pytest.mark.e2e

HOME: Final = "eu-west-2"
OTHER: Final = "us-west-2"
NAME = "shop-production"
CONFIG = f"""\
name: shop
function:
  source: ./src
  runtime: python3.13
  handler: app.handler
  dead_letter: true
api:
  domain: shop.example.com
  zone: example.com
  create_zone: true
  health_check: {{path: /_health}}
  access_logs: {{account_role: true}}
secrets: {{DB: kms, TOKEN: {{ssm: /shop/token}}}}
decrypt: manual
database:
  home: {HOME}
  dynamodb:
    items: {{hash_key: id, replicate: true, encryption: app, deletion_protection: false}}
regions: {{{HOME}: {{}}, {OTHER}: {{}}}}
terraform:
  aws_provider: 5
  backend: {{type: s3, bucket: shop-states, key: shop, region: {HOME}}}
"""
SOURCE = """\
import os


def handler(event, context):
    return {"statusCode": 200, "body": os.environ["ITEMS_TABLE"]}
"""

BEFORE = datetime.now(UTC) - timedelta(hours=1)

# Statements whose actions nobody asks for in a sandbox → when somebody does in AWS.
ONLY_IN_AWS = {
    # The first domain and the first global table of an account make roles that AWS has for itself.
    "RolesOfServices": "https://docs.aws.amazon.com/IAM/latest/UserGuide/create-service-linked-role.html",
    # There the provider waits until all name servers know of a change; here they do at once.
    "Changes": "https://docs.aws.amazon.com/Route53/latest/APIReference/API_GetChange.html",
}


@dataclass(frozen=True, slots=True)
class World:
    """The app, and whoever deploys it.

    Attributes:
        app: its folder; its commands have the user's credentials.
        user: the user's ARN.
        as_user: the account, as the user sees it.
        policies: of the user.
    """

    app: AppFolder
    user: str
    as_user: Aws
    policies: Sequence[Mapping[str, Any]]

    @property
    def statements(self) -> list[dict[str, Any]]:
        """Returns all that the user may do."""
        return [dict(each) for policy in self.policies for each in policy["Statement"]]

    def may(self, statements: Sequence[Mapping[str, Any]]) -> None:
        """Gives the user rights instead of those before."""
        Aws(self.app.sandbox.endpoint).client("iam", HOME).put_user_policy(
            UserName="deployer", PolicyName="rights", PolicyDocument=policy_of(statements)
        )

    def refused(self) -> list[str]:
        """Returns the actions that were refused, in order."""
        return [each["action"] for each in Client(self.app.sandbox).activity()["refused"]]


def policy_of(statements: Sequence[Mapping[str, Any]]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    folder = tmp_path / "shop"
    make_project(folder)
    app = AppFolder(folder)
    app.tfgen("render")
    printed = app.tfgen("iam", "--deploy", "--account", ACCOUNT, "--json").stdout
    policies = json.loads(printed)["policies"]
    endpoint = start(folder).endpoint
    try:
        Aws(endpoint).client("s3", HOME).create_bucket(
            Bucket="shop-states", CreateBucketConfiguration={"LocationConstraint": HOME}
        )
        iam = Aws(endpoint).client("iam", HOME)
        user = iam.create_user(UserName="deployer")["User"]["Arn"]
        key = iam.create_access_key(UserName="deployer")["AccessKey"]
        settings = tmp_path / "settings"
        settings.mkdir()
        account = {
            **environment_for(endpoint, settings),
            "AWS_ACCESS_KEY_ID": key["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"],
        }
        own = {name: value for name, value in account.items() if os.environ.get(name) != value}
        with sharing() as shared:
            variables = {**own, **shared}
            for name, value in variables.items():
                monkeypatch.setenv(name, value)
            yield World(AppFolder(folder, variables), user, Aws(), policies)
    finally:
        stop(folder)


def make_project(folder: Path) -> None:
    """Writes the config, a function, and ciphertexts of the keys to be."""
    (folder / "src").mkdir(parents=True)
    (folder / "src/app.py").write_text(SOURCE, "utf-8")
    (folder / "tfgen.yaml").write_text(CONFIG, "utf-8")
    lines = "".join(
        f"  {region}: {{for: shop/production/{region}/DB, "
        f'key: "arn:aws:kms:{region}:{ACCOUNT}:key/0123abcd", ciphertext: AQIDBA==}}\n'
        for region in (HOME, OTHER)
    )
    (folder / FOLDER).mkdir()
    (folder / FOLDER / "production.yaml").write_text(f"DB:\n{lines}", "utf-8")


def test_the_printed_policy_is_enough_and_not_too_much(world: World) -> None:
    world.may(world.statements)
    world.app.tfgen("apply", "--yes")
    world.app.tfgen("plan", "--detailed-exitcode")
    the_roles_are_those_that_are_printed(world)
    what_a_broken_apply_leaves_can_be_found(world)
    without_a_right_the_error_names_it(world)
    world.app.change(change)
    world.app.tfgen("apply", "--render", "--yes", "--allow-replace")
    the_table_is_another(world)
    world.app.tfgen("destroy", "--with-data", "--yes")
    left = [each for each in inventory(world.app.sandbox.endpoint) if each.service != "s3"]
    assert {each.service for each in left} <= {"iam"}
    assert set(world.refused()) == {"sqs:GetQueueAttributes"}
    every_statement_is_needed(world)


def change(config: Any) -> None:
    """Changes something of almost everything."""
    config["tags"] = {"team": "edge"}
    config["env"] = {"LEVEL": "info"}
    config["function"] |= {"memory": 1024, "log_retention_days": 14, "reserved_concurrency": 5}
    config["api"]["health_check"]["failure_threshold"] = 2
    config["database"]["dynamodb"]["items"] |= {"hash_key": "key", "ttl": "expires"}
    config["key_policy"] = {"administrators": [f"arn:aws:iam::{ACCOUNT}:user/deployer"]}


def the_table_is_another(world: World) -> None:
    """Holds that a table was replaced, and that the API, which does not know of it, answers."""
    for region in (HOME, OTHER):
        dynamodb = Aws(world.app.sandbox.endpoint).client("dynamodb", region)
        table = dynamodb.describe_table(TableName=f"{NAME}-items")["Table"]
        assert table["KeySchema"] == [{"AttributeName": "key", "KeyType": "HASH"}]
    client = Client(world.app.sandbox)
    nearest = client.route("shop.example.com", "london").region
    answer = client.request("GET", "https://shop.example.com/", region=nearest)
    assert (answer.status, answer.body) == (200, f"{NAME}-items".encode())


def the_roles_are_those_that_are_printed(world: World) -> None:
    """Holds what the deployed roles may do to what is printed."""
    aws = Aws(world.app.sandbox.endpoint)
    printed = json.loads(world.app.tfgen("iam", "--account", ACCOUNT).stdout)
    for region in (HOME, OTHER):
        key = aws.client("kms", region).describe_key(KeyId=f"alias/{NAME}")["KeyMetadata"]
        role = aws.client("iam", region).get_role_policy(
            RoleName=f"{NAME}-{region}", PolicyName="function"
        )
        policy = json.dumps(printed[region]).replace("${key_id}", key["KeyId"])
        assert json.loads(policy) == role["PolicyDocument"]


def what_a_broken_apply_leaves_can_be_found(world: World) -> None:
    """Looks for everything as if an apply had been cut off, and publishes what it left."""
    for address, kind, values in resources(world):
        region = region_of(address)
        if region == GLOBAL:
            region = HOME if "table" in address else CONTROL_PLANE["aws"]
        found = find_existing(world.as_user, PlannedResource(address, kind, region, values), BEFORE)
        assert bool(found) == (kind in FINDERS), address
    for region in (HOME, OTHER):
        assert publish_pending(world.as_user, NAME, region) is None


def resources(world: World) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yields the address, the type and the attributes of all that Terraform has made."""
    root = world.app.path / "infra/production"
    command = [world.app.variables["TFGEN_TERRAFORM"], "show", "-json"]
    env = environment(**world.app.variables)
    shown = subprocess.run(command, cwd=root, env=env, capture_output=True, check=True)
    modules = [json.loads(shown.stdout)["values"]["root_module"]]
    while modules:
        module = modules.pop()
        modules += module.get("child_modules", [])
        for each in module.get("resources", []):
            if each["mode"] == "managed":
                yield each["address"], each["type"], each["values"]


def without_a_right_the_error_names_it(world: World) -> None:
    """Takes a statement away, and gives it back."""
    world.may([each for each in world.statements if each["Sid"] != "Queues"])
    said = world.app.tfgen("plan", code=ExitCode.FAILED).stderr
    assert "The AWS credentials do not allow sqs:GetQueueAttributes" in said
    assert "hint: `tfgen iam --deploy` prints the IAM policy that a deployment needs" in said
    world.may(world.statements)


def every_statement_is_needed(world: World) -> None:
    """Judges all that was done anew, without one statement after the other."""
    used = [each for each in Client(world.app.sandbox).rights() if each.who == world.user]
    statements = world.statements
    assert denied(world, statements, used) == []
    unused = {
        left["Sid"]
        for left in statements
        if not denied(world, [each for each in statements if each is not left], used)
    }
    assert unused == ONLY_IN_AWS.keys()


def denied(
    world: World, statements: Sequence[Mapping[str, Any]], used: Sequence[Right]
) -> list[Right]:
    """Returns what the sandbox's IAM refuses to somebody with these rights."""
    policies: tuple[Policy, ...] = (parse_policy(policy_of(statements)),)
    identity = Identity(Principal(world.user, world.user, ACCOUNT), policies)
    return [
        each
        for each in used
        if each.own and why_refused(identity, Access(each.action, each.resource, each.context), {})
    ]
