"""Data near its users in PostgreSQL: each region's function asks the server of its own region."""

from __future__ import annotations

import asyncio
import json
import os
import shlex
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.support.app_folder import AppFolder, example
from tfgen.aws.session import Aws
from tfgen.sandbox.client import Client
from tfgen.sandbox.databases import wire
from tfgen.sandbox.databases.programs import find_programs
from tfgen.sandbox.inventory import inventory

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(
        find_programs(os.environ) is None, reason="there is no PostgreSQL on this machine"
    ),
]

LONDON, OREGON = "eu-west-2", "us-west-2"
CLUSTERS = {LONDON: "notes-london", OREGON: "notes-oregon"}


def test_postgres(tmp_path: Path) -> None:
    with example("postgres", tmp_path / "postgres", major=6) as app:
        subprocess.run([sys.executable, "pack.py", "--sandbox"], cwd=app.path, check=True)
        app.tfgen("apply", "--sandbox", "--yes")
        outputs = json.loads(app.tfgen("output", "--sandbox", "--json").stdout)
        urls: Mapping[str, str] = outputs["urls"]
        each_region_has_its_own_notes(app, urls)
        for region, cluster in CLUSTERS.items():
            the_role_logs_in_as_one_user_of_one_database(app, region, cluster)
        a_role_without_that_right_is_refused(app, urls[OREGON])
        app.tfgen("plan", "--sandbox", "--detailed-exitcode")
        said = app.tfgen("destroy", "--sandbox", "--yes").stderr
        assert "network interfaces in `eu-west-2`, `us-west-2` for another" in " ".join(
            said.split()
        )
        assert {each.service for each in inventory(app.sandbox.endpoint) if each.seeded} == {"rds"}
        assert [each for each in inventory(app.sandbox.endpoint) if not each.seeded] == []


def ask(app: AppFolder, url: str, *arguments: str) -> Any:
    """Returns the answer to a request."""
    return json.loads(app.tfgen("sandbox", "curl", url, *arguments, "--json").stdout)


def each_region_has_its_own_notes(app: AppFolder, urls: Mapping[str, str]) -> None:
    """Writes in both regions, and reads in each what was written there."""
    servers = {}
    for region, url in urls.items():
        written = ask(app, f"{url}notes", "-d", json.dumps({"text": f"Tea from {region}"}))
        assert (written["status"], written["region"]) == (201, region)
    for region, url in urls.items():
        [note] = json.loads(ask(app, f"{url}notes")["body"])
        assert note["text"] == f"Tea from {region}"
        said = json.loads(ask(app, url)["body"])
        assert (said["region"], said["database"]) == (region, "notes")
        servers[region] = said["started"]
    assert len(set(servers.values())) == len(CLUSTERS)


def the_role_logs_in_as_one_user_of_one_database(app: AppFolder, region: str, cluster: str) -> None:
    """Holds what a region's role may do with databases to what the config asks for."""
    aws = Aws(app.sandbox.endpoint)
    policy: Any = aws.client("iam", region).get_role_policy(
        RoleName=f"postgres-production-{region}", PolicyName="function"
    )["PolicyDocument"]
    statements = [each for each in policy["Statement"] if "rds" in json.dumps(each)]
    found = aws.client("rds", region).describe_db_clusters(DBClusterIdentifier=cluster)
    id_ = found["DBClusters"][0]["DbClusterResourceId"]
    assert [(each["Effect"], each["Action"], each["Resource"]) for each in statements] == [
        (
            "Allow",
            "rds-db:connect",
            f"arn:aws:rds-db:{region}:123456789012:dbuser:{id_}/notes",
        )
    ]


def a_role_without_that_right_is_refused(app: AppFolder, url: str) -> None:
    """Takes the right away and gives it back, each time before the function has to log in."""
    iam = Aws(app.sandbox.endpoint).client("iam", OREGON)
    names = {"RoleName": f"postgres-production-{OREGON}", "PolicyName": "function"}
    policy: Any = iam.get_role_policy(**names)["PolicyDocument"]
    others = [each for each in policy["Statement"] if "rds" not in json.dumps(each)]
    iam.put_role_policy(**names, PolicyDocument=json.dumps({**policy, "Statement": others}))
    end_connections(app, CLUSTERS[OREGON])
    assert ask(app, url)["status"] == 500
    [denied] = Client(app.sandbox).activity()["refused"]
    assert (denied["action"], denied["region"]) == ("rds-db:connect", OREGON)
    iam.put_role_policy(**names, PolicyDocument=json.dumps(policy))
    assert ask(app, url)["status"] == 200


def end_connections(app: AppFolder, cluster: str) -> None:
    """Ends the function's connections, as a failover or an idle timeout would."""
    [database] = [
        each for each in Client(app.sandbox).activity()["databases"] if each["name"] == cluster
    ]
    folder, owner = shlex.split(database["psql"])[2::2]
    end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'notes'"
    where = {"user": owner, "database": "postgres"}
    ended = asyncio.run(wire.execute(f"{folder}/.s.PGSQL.5432", where, [end]))
    assert ended == ["t"]
