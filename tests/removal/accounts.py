"""A simulated account, and all apps that are applied in it."""

from __future__ import annotations

import io
import json
import sys
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.combinations.language import REGIONS, ZONE_NAME, ZONE_NAME_OF_ID, Document
from tests.removal.edits import accepted, copied, resolved
from tests.removal.roots import Failed, Root
from tests.sandbox.root import environment_for
from tests.support.databases import groups_of, make_cluster, make_instance, make_proxy
from tests.support.pool import pooled
from tfgen.app import App
from tfgen.aws.session import Aws
from tfgen.changes import DeployedTable
from tfgen.resolve.stages import DEFAULT_STAGE
from tfgen.sandbox.lifecycle import Running, start, stop
from tfgen.sandbox.seed import ensure_keys_of, ensure_role_of, ensure_zone_of

# A function that starts in no time, where none of tfgen's code has to start with it.
_LAYER_VERSION = 3
_TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": "sts:AssumeRole",
                "Principal": {"Service": "apigateway.amazonaws.com"},
            }
        ],
    }
)
_WEB_ACL = "arn:aws:wafv2:{}:123456789012:regional/webacl/hello/0123-4567"
_FAST = {"runtime": "provided.al2023", "handler": "bootstrap"}
_FUNCTION = Path(__file__).with_name("function.py")
# Apps below a root module. Terraform writes the whole state after each resource, so twice as many
# take far more than twice the time; but each root module that is applied has its own providers.
_TOGETHER = 12
_AT_ONCE = 3


def app_of(name: str, document: Document) -> App:
    """Returns the app of a document, with names that no other has in the account.

    Args:
        name: the app's.
        document: as the language has it, for an app like all others.
    """
    changed = _renamed(copied(document), name)
    function = changed.get("function", {})
    if "source" in function:
        fast = {**changed, "function": {**function, **_FAST}}
        if accepted(fast):
            changed = fast
    return resolved(changed)


def _renamed(document: Document, name: str) -> Document:
    api = document.get("api", {})
    for key in ("domain", "zone"):
        if key == "zone" and not api.get("create_zone"):
            continue
        said = api.get(key)
        if isinstance(said, str):
            api[key] = _below(said, name)
        elif said is not None:
            api[key] = [_below(each, name) for each in said]
    return {**document, "name": name}


def _below(host: str, name: str) -> str:
    for zone in (ZONE_NAME, ZONE_NAME_OF_ID):
        host = host.replace(zone, f"{name}.{zone}")
    return host


@dataclass
class Account:
    """A simulated account, and the root modules over it.

    Attributes:
        running: the sandbox.
        folder: of the trees.
        environ: Terraform's environment.
        tagged: see ``Root``.
        called: see ``Root``.
        roots: by the part of the apps that each has.
    """

    running: Running
    folder: Path
    environ: Mapping[str, str]
    tagged: Sequence[str] = ()
    called: Mapping[str, str] = field(default_factory=dict)
    roots: dict[int, Root] = field(default_factory=dict)

    @property
    def aws(self) -> Aws:
        """The account."""
        return Aws(self.running.endpoint)

    @property
    def apps(self) -> Mapping[str, App]:
        """What was applied last."""
        return {name: app for root in self.roots.values() for name, app in root.apps.items()}

    def prepare(self, apps: Mapping[str, App]) -> None:
        """Makes sure that what apps look up is there."""
        for app in apps.values():
            ensure_zone_of(self.running.endpoint, app, [app])
            ensure_keys_of(self.running.endpoint, app)
            ensure_role_of(self.running.endpoint, app)

    def apply(self, apps: Mapping[str, App]) -> list[Failed]:
        """Applies apps side by side, in the place of those before; returns what failed.

        Args:
            apps: always the same ones, by name.
        """
        # Neighbors are alike: those that take several steps, or two regions, are below few roots.
        parts: dict[int, dict[str, App]] = {}
        for index, (name, app) in enumerate(apps.items()):
            parts.setdefault(index // _TOGETHER, {})[name] = app
        for part in parts:
            root = Root(self.folder, f"part_{part}", self.environ, self.tagged, self.called)
            self.roots.setdefault(part, root)
        with ThreadPoolExecutor(_AT_ONCE) as threads:
            applied = threads.map(lambda part: self.roots[part].apply(parts[part]), parts)
            return [failed for each in applied for failed in each]

    def planned(self) -> Mapping[str, list[str]]:
        """Plans again, and returns what Terraform would do, by the app that it is of."""
        with ThreadPoolExecutor(_AT_ONCE) as threads:
            planned = threads.map(Root.planned, self.roots.values())
            return {name: changes for each in planned for name, changes in each.items()}

    def tables(self) -> dict[str, list[DeployedTable]]:
        """Returns the tables of each app, as the state has them."""
        return {
            name: found for root in self.roots.values() for name, found in root.tables().items()
        }


@contextmanager
def account(folder: Path, tagged: Sequence[str] = ()) -> Iterator[Account]:
    """Starts an account with what the apps look up, and ends it.

    Args:
        folder: does not exist.
        tagged: see ``Account``.
    """
    folder.mkdir(parents=True)
    # The databases are looked up, and asked for nothing.
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setenv("TFGEN_POSTGRES", str(folder))
        running = start(folder)
    try:
        called = _seed(Aws(running.endpoint))
        _write_bundles(folder)
        beside = folder / "all/providers"
        beside.mkdir(parents=True)
        with pooled(environment_for(running.endpoint, beside), beside) as environ:
            yield Account(running, folder, environ, tagged, called)
    finally:
        stop(folder)


def _seed(aws: Aws) -> dict[str, str]:
    """Makes what the apps name; returns what stands in the trees for it → what it is called."""
    called: dict[str, str] = {}
    iam = aws.client("iam", "us-east-1")
    role = iam.create_role(RoleName="logs", AssumeRolePolicyDocument=_TRUST)["Role"]["Arn"]
    for index, region in enumerate(REGIONS):
        found = aws.client("ec2", region).describe_subnets()["Subnets"]
        zones = {each["AvailabilityZone"]: each["SubnetId"] for each in found}
        first, second = (zones[zone] for zone in sorted(zones)[:2])
        called |= {
            f"subnet-0123456{index}": first,
            f"subnet-0123457{index}": second,
            f"sg-0123456{index}": groups_of(aws, region)[0],
        }
        for _ in range(_LAYER_VERSION):
            aws.client("lambda", region).publish_layer_version(
                LayerName="tools", Content={"ZipFile": _zip("tools.txt", "tools")}
            )
        acl = aws.client("wafv2", region).create_web_acl(
            Name="hello",
            Scope="REGIONAL",
            DefaultAction={"Allow": {}},
            VisibilityConfig={
                "SampledRequestsEnabled": False,
                "CloudWatchMetricsEnabled": False,
                "MetricName": "hello",
            },
        )
        called[_WEB_ACL.format(region)] = acl["Summary"]["ARN"]
        # Without it, no REST API can log.
        aws.client("apigateway", region).update_account(
            patchOperations=[{"op": "replace", "path": "/cloudwatchRoleArn", "value": role}]
        )
        groups = groups_of(aws, region)
        make_cluster(
            aws, region, "hello", ManageMasterUserPassword=True, VpcSecurityGroupIds=groups
        )
        make_instance(aws, region, "hello", ManageMasterUserPassword=True)
        make_proxy(aws, region, "hello")
    return called


def _zip(name: str, text: str) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as opened:
        file = zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0))
        file.external_attr = 0o755 << 16
        opened.writestr(file, text)
    return target.getvalue()


def _write_bundles(folder: Path) -> None:
    program = f"#!{sys.executable} -IS\n{_FUNCTION.read_text('utf-8')}"
    for place in ("bundles", "wrapped", f"sealed/{DEFAULT_STAGE}"):
        bundle = folder / f".tfgen/{place}/src.zip"
        bundle.parent.mkdir(parents=True, exist_ok=True)
        bundle.write_bytes(_zip("bootstrap", program))
