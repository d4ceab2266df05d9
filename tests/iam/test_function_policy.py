"""The policies that are printed, beside those that Terraform makes of the rendered trees.

Terraform is told to make the policies and what they are about, in an account that is simulated, and
nothing else of the apps: neither functions nor APIs.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.combinations.together import write_for_a_plan
from tests.sandbox.root import environment_for
from tests.support.databases import make_cluster, make_instance
from tests.support.pool import pooled
from tests.support.trees import CONFIGS, apps_of
from tfgen.app import App
from tfgen.aws.session import Aws
from tfgen.config.load import loads
from tfgen.iam.function import function_policy
from tfgen.iam.names import (
    DATABASE_ID,
    DATABASE_SECRET,
    DATABASE_SECRET_KEY,
    DATABASE_USER,
    KEY_ID,
)
from tfgen.render.addresses import region_id
from tfgen.render.render import render
from tfgen.resolve import resolve_all
from tfgen.sandbox.lifecycle import start, stop
from tfgen.sandbox.seed import ensure_key

ACCOUNT = "123456789012"
GOLDEN = ("function-full", "key-policy", "secrets")
EVERYTHING_ELSE = """\
name: rest
function:
  source: ./src
  runtime: python3.13
  handler: app.handler
  tracing: true
  policies:
    - actions: ["s3:PutObject", "s3:GetObject", "s3:GetObject"]
      resources: ["arn:aws:s3:::b/${aws:PrincipalTag/team}/*", "arn:aws:s3:::a/&{aws:userid}"]
      conditions:
        - {test: StringLike, variable: "s3:prefix", values: [b, a]}
        - {test: StringEquals, variable: "aws:PrincipalTag/team", values: ["&{aws:userid}"]}
        - {test: StringEquals, variable: "aws:RequestedRegion", values: [z, b, c, a]}
    - {effect: Deny, actions: ["sqs:*"], resources: ["*"]}
secrets: {LABELED: {ssm: "hello/token:now"}}
database:
  dynamodb:
    a-table: {hash_key: id, encryption: app}
    a: {hash_key: id, encryption: app, stream: new, access: full, replicate: false}
    b-1: {existing: elsewhere, access: full}
    c: {hash_key: id, replicate: true, access: read}
    # Letters and digits of their variables are the same.
    d-e: {hash_key: id, access: full, stream: keys}
    de: {hash_key: id, access: full, stream: keys}
  home: eu-west-2
regions:
  eu-west-2:
    secrets:
      OTHER: {ssm: /hello/other, kms_key: "arn:aws:kms:eu-west-2:123456789012:key/1"}
      OWN: {secretsmanager: pg, kms_key: "arn:aws:kms:eu-west-2:123456789012:key/2"}
      SAME: {ssm: "/hello/token:3", kms_key: "arn:aws:kms:eu-west-2:123456789012:key/1"}
  us-west-2: {kms_key: "arn:aws:kms:us-west-2:123456789012:alias/company"}
"""
DATABASES = """\
name: databases
function: {source: ./src, runtime: python3.13, handler: app.handler}
regions: {us-west-2: {}, eu-west-2: {}, eu-central-1: {}, eu-west-1: {}}
database:
  rds:
    us-west-2: {cluster: with-user, user: app, public: true}
    eu-west-2: {instance: managed, auth: secret, public: true}
    eu-central-1: {cluster: of-the-master, public: true}
    eu-west-1:
      cluster: named
      auth: secret
      secret: hello/database
      kms_key: arn:aws:kms:eu-west-1:123456789012:key/3
      public: true
"""


def apps() -> dict[str, tuple[App, ...]]:
    """Returns apps that have every statement, by a name."""
    others = resolve_all(loads(EVERYTHING_ELSE))
    tables = resolve_all(
        loads((CONFIGS / "tables.yaml").read_text("utf-8").replace("name: hello", "name: tables"))
    )
    found = {name: apps_of(CONFIGS / f"{name}.yaml") for name in GOLDEN}
    databases = resolve_all(loads(DATABASES))
    found |= {"tables": tables, "everything-else": others, "databases": databases}
    return {name: tuple(map(_for_provider_5, each)) for name, each in found.items()}


def _for_provider_5(app: App) -> App:
    return replace(app, terraform=replace(app.terraform, aws_provider=5))


def module(name: str, app: App, region: str) -> str:
    return f"module.{name}_{app.stage}.module.{region_id(region)}.module.function"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, Mapping[str, Any]]]:
    """What Terraform has made: address of a module → type of what is in it → its attributes."""
    folder = tmp_path_factory.mktemp("policies")
    running = start(folder)
    try:
        for app in (app for each in apps().values() for app in each):
            for region in app.regions:
                if region.kms_key:
                    ensure_key(running.endpoint, region.name, region.kms_key)
        make_databases(Aws(running.endpoint))
        roots = write_for_a_plan(
            {name: render(each).files for name, each in apps().items()}, folder
        )
        targets = [
            f"-target={module(name, app, region.name)}.data.aws_iam_policy_document.function"
            for name, each in apps().items()
            for app in each
            for region in app.regions
        ]
        settings = folder / "settings"
        settings.mkdir()
        with pooled(environment_for(running.endpoint, settings)) as env:
            yield dict(each for root in roots for each in _applied(root, env, targets))
    finally:
        stop(folder)


def make_databases(aws: Aws) -> None:
    make_cluster(aws, "us-west-2", "with-user")
    make_cluster(aws, "eu-central-1", "of-the-master")
    make_cluster(aws, "eu-west-1", "named")
    make_instance(aws, "eu-west-2", "managed", ManageMasterUserPassword=True)


def _applied(
    root: Path, env: Mapping[str, str], targets: Sequence[str]
) -> Iterator[tuple[str, dict[str, Any]]]:
    # Terraform passes over the targets that are in another root module.
    _terraform(root, env, "init", "-input=false")
    _terraform(root, env, "apply", "-input=false", "-auto-approve", *targets)
    shown = json.loads(_terraform(root, env, "show", "-json"))
    yield from _below(shown["values"]["root_module"])


def _terraform(root: Path, env: Mapping[str, str], *arguments: str) -> str:
    done = subprocess.run(
        ["terraform", *arguments], cwd=root, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def _below(state: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for child in state.get("child_modules", []):
        found = {f"{each['type']}.{each['name']}": each for each in child.get("resources", [])}
        yield child["address"], {name: each["values"] for name, each in found.items()}
        yield from _below(child)


@pytest.mark.parametrize(
    ("name", "stage", "region"),
    [
        (name, app.stage, region.name)
        for name, each in apps().items()
        for app in each
        for region in app.regions
    ],
)
def test_it_is_the_one_that_terraform_makes(
    name: str, stage: str, region: str, made: Mapping[str, Mapping[str, Any]]
) -> None:
    app = next(app for app in apps()[name] if app.stage == stage)
    place = next(each for each in app.regions if each.name == region)
    there = made[module(name, app, region)]
    key = there.get("aws_kms_key.this") or there["aws_kms_key.given"]
    known = {KEY_ID: key["arn"].rpartition("/")[2], **of_the_database(made, name, app, region)}
    printed = json.dumps(function_policy(app, place, ACCOUNT))
    for placeholder, value in known.items():
        printed = printed.replace(placeholder, value)
    assert json.loads(printed) == json.loads(there["aws_iam_policy_document.function"]["json"])


def of_the_database(
    made: Mapping[str, Mapping[str, Any]], name: str, app: App, region: str
) -> dict[str, str]:
    """Returns what RDS says of the database of a region, by its placeholder."""
    about = f"module.{name}_{app.stage}.module.{region_id(region)}.module.rds_"
    for address, there in made.items():
        if address.startswith(about):
            [found] = there.values()
            [secret] = found["master_user_secret"] or [{"secret_arn": "", "kms_key_id": ""}]
            return {
                DATABASE_ID: found.get("cluster_resource_id") or found["resource_id"],
                DATABASE_USER: found["master_username"],
                DATABASE_SECRET: secret["secret_arn"],
                DATABASE_SECRET_KEY: secret["kms_key_id"],
            }
    return {}


def test_every_statement_is_there(made: Mapping[str, Mapping[str, Any]]) -> None:
    """Each that the module can make is in one of the policies that are compared."""
    found = {
        statement.get("Sid", "")
        for there in made.values()
        if "aws_iam_policy_document.function" in there
        for statement in json.loads(there["aws_iam_policy_document.function"]["json"])["Statement"]
    }
    assert found >= {
        *("", "WriteLogs", "DecryptEnvironment", "DecryptSecrets", "ReadParameters"),
        *("DecryptParameters", "ReadSecrets", "DecryptSecretsManager", "SendTraces"),
        *("SendDeadLetters", "ManageNetworkInterfaces", "DescribeNetwork", "DenyNetworkToCode"),
        *("DecryptTables", "ConnectToDatabase"),
    }
