"""Routing policies, zones in other accounts and the regions' own domains, applied as a whole."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.support.app_folder import AppFolder, hello
from tfgen.aws.session import Aws
from tfgen.errors import ExitCode
from tfgen.sandbox.client import Client
from tfgen.sandbox.inventory import inventory

pytestmark = pytest.mark.e2e

ZONE = "Z0123456789ABCDEFGHIJ"


def configured(app: AppFolder, api: Mapping[str, Any], parts: Mapping[str, Any]) -> None:
    """Changes the API of an app, and the part of each region in its routing."""

    def edit(document: Any) -> None:
        document["api"] = dict(api)
        for region, routing in parts.items():
            document["regions"][region]["routing"] = routing

    app.change(edit)


def region_for(app: AppFolder, host: str, place: str) -> str | None:
    return Client(app.sandbox).route(host, place).region


def message(app: AppFolder, url: str) -> str:
    answer = json.loads(app.tfgen("sandbox", "curl", url, "--json").stdout)
    said: str = json.loads(answer["body"])["message"]
    return said


def test_locations_and_domains_of_regions_in_a_zone_of_another_account(tmp_path: Path) -> None:
    with hello(tmp_path / "app") as app:
        api = {
            "domain": ["*.example.com", "example.com", "shop.example.com"],
            "zone": ZONE,
            "zone_role_arn": "arn:aws:iam::210987654321:role/dns",
            "routing": "geolocation",
            "region_domains": True,
        }
        parts = {
            "us-west-2": {"locations": ["*", "continent:NA"]},
            "eu-west-2": {"locations": ["continent:EU", "US-NY"]},
        }
        configured(app, api, parts)
        # A request that came late to an earlier life of the app has made Lambda make it.
        app.tfgen("sandbox", "start")
        logs = Aws(app.sandbox.endpoint).client("logs", "us-west-2")
        logs.create_log_group(logGroupName="/aws/lambda/hello-production")
        said = app.tfgen("apply", "--sandbox", "--yes", "--render").stderr
        address = "module.us_west_2.module.function.aws_cloudwatch_log_group.this"
        assert f"Imported {address} (/aws/lambda/hello-production)" in flat(said)
        [group] = logs.describe_log_groups()["logGroups"]
        assert group["retentionInDays"] == 30
        app.tfgen("plan", "--sandbox", "--detailed-exitcode")

        served = {
            place: region_for(app, "shop.example.com", place)
            for place in ("paris", "chicago", "new york", "tokyo")
        }
        assert served == {
            "paris": "eu-west-2",
            "chicago": "us-west-2",
            "new york": "eu-west-2",
            "tokyo": "us-west-2",
        }
        urls = json.loads(app.tfgen("url", "--sandbox", "--region", "eu-west-2", "--json").stdout)
        assert urls == {"eu-west-2": "https://eu-west-2.example.com/"}
        assert message(app, urls["eu-west-2"]) == "Hello from eu-west-2"

        # The wildcard, which has one validation record with the name that it is below.
        assert region_for(app, "tenant1.example.com", "paris") == "eu-west-2"
        assert region_for(app, "tenant1.example.com", "tokyo") == "us-west-2"
        assert region_for(app, "a.tenant1.example.com", "paris") == "eu-west-2"
        assert message(app, "https://tenant1.example.com/").startswith("Hello from ")
        assert app.tfgen("url", "--sandbox").stdout == "https://example.com/\n"

        app.tfgen("destroy", "--sandbox", "--yes")
        left = inventory(app.sandbox.endpoint)
        assert [(each.type, each.id, each.seeded) for each in left] == [
            ("hosted zone", "example.com", True)
        ]


def test_the_primary_and_the_secondary_change_places_in_a_zone_that_stays(tmp_path: Path) -> None:
    """Afterwards the zone, which the app made, is let go of by the steps of the hint, as typed."""
    with hello(tmp_path / "app") as app:
        api = {
            "domain": "api.example.com",
            "zone": "example.com",
            "create_zone": True,
            "ip_address_type": "ipv4",
            "routing": "failover",
        }
        primary, secondary = {"failover": "primary"}, {"failover": "secondary"}
        configured(app, api, {"us-west-2": primary, "eu-west-2": secondary})
        app.tfgen("apply", "--sandbox", "--yes", "--render")
        assert region_for(app, "api.example.com", "london") == "us-west-2"

        configured(app, api, {"us-west-2": secondary, "eu-west-2": primary})
        done = app.tfgen("apply", "--sandbox", "--yes", "--render")
        assert "0 to add, 2 to change, 0 to destroy" in done.stderr
        assert region_for(app, "api.example.com", "tokyo") == "eu-west-2"

        # What somebody else has in the zone is named before anything is destroyed.
        route53 = Aws(app.sandbox.endpoint).client("route53", "us-east-1")
        [zone] = route53.list_hosted_zones()["HostedZones"]
        mail = {"Name": "mail.example.com", "Type": "A", "TTL": 60}
        add_record(route53, zone["Id"], {**mail, "ResourceRecords": [{"Value": "192.0.2.1"}]})
        refused = app.tfgen("destroy", "--sandbox", "--yes", code=ExitCode.FAILED).stderr
        assert "records that this stage did not make: `mail.example.com` (A)" in flat(refused)
        assert region_for(app, "api.example.com", "tokyo") == "eu-west-2"

        kept = {key: value for key, value in api.items() if key != "create_zone"}
        configured(app, kept, {"us-west-2": secondary, "eu-west-2": primary})
        refused = app.tfgen(
            "apply", "--sandbox", "--yes", "--render", "--allow-replace", code=ExitCode.FAILED
        ).stderr
        assert "Without `create_zone: true` the hosted zone `example.com` would be" in flat(refused)
        [typed] = re.findall(r"run `(.+? state rm aws_route53_zone\.this)`, then", flat(refused))
        subprocess.run(typed, shell=True, cwd=app.path, check=True)  # noqa: S602 # as a user types it
        done = app.tfgen("apply", "--sandbox", "--yes", "--render")
        assert "0 to add, 0 to change, 0 to destroy" in done.stderr or "Nothing" in done.stderr

        # Nor does the zone go with the API.
        configured(app, {}, {"us-west-2": {}, "eu-west-2": {}})
        app.tfgen("apply", "--sandbox", "--yes", "--render")
        [still] = route53.list_hosted_zones()["HostedZones"]
        assert still["Id"] == zone["Id"]


def add_record(route53: Any, zone_id: str, record: Mapping[str, Any]) -> None:
    batch = {"Changes": [{"Action": "CREATE", "ResourceRecordSet": record}]}
    route53.change_resource_record_sets(HostedZoneId=zone_id, ChangeBatch=batch)


def flat(text: str) -> str:
    """Returns a message in one line."""
    return " ".join(text.split())
