"""Records of every routing policy, health checks, alarms and zones, as Terraform makes them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tests.sandbox.root import Root
from tfgen.aws.session import Aws
from tfgen.sandbox.client import Client
from tfgen.sandbox.inventory import inventory
from tfgen.sandbox.lifecycle import Running

POLICIES = ("latency", "weighted", "failover", "geolocation")


def test_records_of_every_policy(
    tmp_path: Path, running: Running, endpoint: str, aws: Aws, environ: Mapping[str, str]
) -> None:
    root = Root.make(tmp_path / "root", environ, "records")
    client = Client(running)

    root.set(prefix="", weights={"us-west-2": 0, "eu-west-2": 100})
    root.apply()
    assert root.outputs() == {"public_zone": True}
    found = {policy: _region(client, policy, "london") for policy in POLICIES}
    assert found == {
        "latency": "eu-west-2",
        "weighted": "eu-west-2",
        "failover": "us-west-2",
        "geolocation": "eu-west-2",
    }
    assert _region(client, "geolocation", "tokyo") == "us-west-2"

    # Other set identifiers, in place: the provider deletes and creates in one batch.
    root.set(prefix="blue-", weights={"us-west-2": 100, "eu-west-2": 0})
    changes = root.apply()
    assert len(changes) == len(POLICIES) * 2 * 2
    assert {action for actions in changes.values() for action in actions} == {"update"}
    assert _region(client, "weighted", "london") == "us-west-2"

    # What exists already is not adopted, unless it is said.
    addresses = [address for address in changes if "latency" in address]
    root.run("state", "rm", *addresses, inputs=False)
    said = root.run("apply", "-auto-approve", code=1)
    assert "InvalidChangeBatch" in said
    assert "but it already exists" in said
    (root.folder / "override.tf").write_text(
        'resource "aws_route53_record" "this" {\n  allow_overwrite = true\n}\n', "utf-8"
    )
    root.apply()

    root.destroy()
    assert inventory(endpoint, ["us-east-1"]) == []
    assert aws.client("route53", "us-east-1").list_hosted_zones()["HostedZones"] == []


def _region(client: Client, policy: str, place: str) -> str | None:
    route = client.route(f"{policy}.example.com", place)
    assert route.policy == policy
    return route.region
