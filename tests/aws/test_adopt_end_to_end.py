"""The whole app is forgotten by Terraform, found again in AWS, and taken over."""

from __future__ import annotations

import json
import subprocess
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.root import environment_for
from tests.support.pool import TREES, pooled
from tests.support.trees import code_of
from tfgen.app import App
from tfgen.aws.adopt import FINDERS, NOTHING_TO_ADOPT, PlannedResource, find_existing
from tfgen.aws.session import Aws
from tfgen.config.load import loads
from tfgen.regions import CONTROL_PLANE
from tfgen.render.render import render
from tfgen.resolve import resolve_all
from tfgen.sandbox.lifecycle import start, stop

REGION = "eu-west-2"
# Route 53 has its metrics where its control plane is.
HEALTH_ALARM = "aws_cloudwatch_metric_alarm.eu_west_2_health"
AROUND = Path(__file__).with_name("roots") / "around.tf"
CONFIG = """
name: hello
tags: {team: edge}
function: {source: ./src, runtime: python3.13, handler: app.handler}
api: {domain: api.example.com, zone: example.com, create_zone: true, health_check: {path: /up}}
env: {LOG_LEVEL: info}
regions: {eu-west-2: {}}
terraform: {aws_provider: 5}
"""


@dataclass(frozen=True, slots=True)
class Root:
    """A root module and Terraform in front of it."""

    folder: Path
    environ: Mapping[str, str]

    def run(self, *arguments: str) -> str:
        done = subprocess.run(
            ["terraform", *arguments],
            cwd=self.folder,
            env=self.environ,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def changes(self) -> list[dict[str, Any]]:
        """Plans, and returns what becomes of every managed resource."""
        self.run("plan", "-input=false", "-out=plan")
        changes: list[dict[str, Any]] = json.loads(self.run("show", "-json", "plan"))[
            "resource_changes"
        ]
        return [change for change in changes if change["mode"] == "managed"]

    def take_over(self, found: Mapping[str, str]) -> None:
        """Has the next plan import what was found, all at once, as `terraform import` would."""
        blocks = [
            f"import {{\n  to = {address}\n  id = {json.dumps(import_id)}\n}}\n"
            for address, import_id in found.items()
        ]
        (self.folder / "imports.tf").write_text("\n".join(blocks), "utf-8")


def write(app: App, folder: Path) -> Path:
    """Writes an app's tree and bundle, and returns its root module."""
    for path, text in render([app]).files.items():
        file = folder / app.terraform.output / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    bundle = folder / code_of(app.function).bundle
    bundle.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(bundle, "w") as archive:
        archive.writestr("app.py", "def handler(event, context): return {}")
    return folder / app.terraform.output / app.stage


@pytest.fixture
def endpoint(tmp_path: Path) -> Iterator[str]:
    """An empty account that forgets nothing and makes nobody wait."""
    yield start(tmp_path).endpoint
    stop(tmp_path)


@pytest.fixture
def aws(endpoint: str) -> Aws:
    """Clients of that account."""
    return Aws(endpoint)


@pytest.fixture
def environ(
    endpoint: str, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Mapping[str, str]]:
    """The environment of Terraform."""
    folder = tmp_path_factory.mktemp("provider")
    works_in = tmp_path / "infra/production"
    works_in.mkdir(parents=True)
    named_in = (*TREES, Path(__file__).parent)
    with pooled(environment_for(endpoint, folder), works_in, named_in) as found:
        yield found


@pytest.fixture
def root(environ: Mapping[str, str], tmp_path: Path) -> Root:
    """A region of an app with a domain, applied to an empty account."""
    (app,) = resolve_all(loads(CONFIG))
    return applied(Root(write(app, tmp_path), environ))


@pytest.fixture
def around(environ: Mapping[str, str], tmp_path: Path) -> Root:
    """The parts of APIs, alarms and attachments that the app above has not."""
    folder = tmp_path / "around"
    folder.mkdir()
    (folder / "main.tf").write_text(AROUND.read_text("utf-8"), "utf-8")
    return applied(Root(folder, environ))


def applied(root: Root) -> Root:
    """Returns a root module after it was applied."""
    root.run("init", "-input=false")
    root.run("apply", "-auto-approve", "-input=false")
    return root


def forget(root: Root) -> None:
    """Takes everything out of the state."""
    listed = root.run("state", "list").splitlines()
    managed = [line for line in listed if "data" not in line.split(".")]
    root.run("state", "rm", *managed)


def find_and_take_over(root: Root, aws: Aws, since: datetime) -> tuple[set[str], set[str]]:
    """Plans and imports until nothing more is found.

    Returns:
        The types of what was found, and of what is to be replaced.
    """
    found: dict[str, str] = {}
    while new := find_all(aws, changes := root.changes(), since):
        found |= new
        root.take_over(found)
    kinds = {change["type"] for change in changes}
    taken = {change["type"] for change in changes if change["address"] in found}
    left = {change["type"] for change in changes if change["change"]["actions"] == ["create"]}
    assert taken == kinds & FINDERS.keys()
    assert left == kinds & NOTHING_TO_ADOPT.keys()
    return taken, {change["type"] for change in changes if len(change["change"]["actions"]) > 1}


def inventory(aws: Aws) -> Counter[str]:
    """Counts what there is of everything that Terraform could make a second time."""
    gateway, route53 = aws.client("apigateway", REGION), aws.client("route53", REGION)
    apis = [api["id"] for api in gateway.get_rest_apis()["items"]]
    zones = [zone["Id"] for zone in route53.list_hosted_zones()["HostedZones"]]
    return Counter(
        {
            "keys": len(aws.client("kms", REGION).list_keys()["Keys"]),
            "roles": len(aws.client("iam", REGION).list_roles()["Roles"]),
            "functions": len(aws.client("lambda", REGION).list_functions()["Functions"]),
            "log groups": len(aws.client("logs", REGION).describe_log_groups()["logGroups"]),
            "certificates": len(
                aws.client("acm", REGION).list_certificates()["CertificateSummaryList"]
            ),
            "domains": len(gateway.get_domain_names()["items"]),
            "APIs": len(apis),
            "deployments": sum(len(gateway.get_deployments(restApiId=i)["items"]) for i in apis),
            "resources": sum(len(gateway.get_resources(restApiId=i)["items"]) for i in apis),
            "zones": len(zones),
            "records": sum(
                len(route53.list_resource_record_sets(HostedZoneId=i)["ResourceRecordSets"])
                for i in zones
            ),
            "health checks": len(route53.list_health_checks()["HealthChecks"]),
        }
    )


def find_all(aws: Aws, changes: Sequence[dict[str, Any]], since: datetime) -> dict[str, str]:
    """Asks AWS for every resource that is planned to be created."""
    planned = [
        PlannedResource(
            change["address"],
            change["type"],
            CONTROL_PLANE["aws"] if change["address"] == HEALTH_ALARM else REGION,
            change["change"]["after"],
        )
        for change in changes
        if change["change"]["actions"] == ["create"]
    ]
    found = {resource.address: find_existing(aws, resource, since) for resource in planned}
    return {address: import_id for address, import_id in found.items() if import_id}


@pytest.mark.e2e
def test_every_type_is_adopted(before: datetime, root: Root, aws: Aws) -> None:
    existing = inventory(aws)
    forget(root)
    _, replaced = find_and_take_over(root, aws, before)
    assert replaced == {"aws_api_gateway_deployment"}

    root.run("apply", "-input=false", "plan")
    after = {action for change in root.changes() for action in change["change"]["actions"]}
    assert after == {"no-op"}
    assert inventory(aws) == existing


@pytest.mark.e2e
def test_what_an_app_may_have_around_it_is_adopted(
    before: datetime, around: Root, aws: Aws
) -> None:
    """The settings are made again instead, which must do no harm."""
    forget(around)
    taken, replaced = find_and_take_over(around, aws, before)
    assert {kind for kind in taken if kind.startswith("aws_apigatewayv2_")} == {
        f"aws_apigatewayv2_{part}"
        for part in ("api", "authorizer", "integration", "route", "stage")
    }
    assert replaced == set()

    around.run("apply", "-input=false", "plan")
    after = {action for change in around.changes() for action in change["change"]["actions"]}
    assert after == {"no-op"}
    apis = aws.client("apigatewayv2", REGION).get_apis()["Items"]
    assert len(apis) == 1
