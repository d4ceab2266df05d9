"""Databases of the simulated RDS, behind which a real PostgreSQL answers."""

from __future__ import annotations

import json
import os
import shlex
import signal
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pg8000.native
import psutil
import pytest
from typer.testing import CliRunner

from tests.sandbox.conftest import REGION
from tests.sandbox.iam.people import Person
from tests.support.moments import wait_until
from tfgen.aws.session import Aws
from tfgen.cli.sandbox import app as commands
from tfgen.sandbox.client import Client
from tfgen.sandbox.databases.programs import find_programs
from tfgen.sandbox.lifecycle import Running, start

NEEDS_POSTGRESQL = pytest.mark.skipif(
    find_programs(os.environ) is None, reason="there is no PostgreSQL on this machine"
)
pytestmark = NEEDS_POSTGRESQL

OTHER = "us-west-2"
PASSWORD = "correct-horse"


def make_cluster(aws: Aws, name: str = "app", region: str = REGION, **more: Any) -> Any:
    """Makes a cluster, and returns what RDS says of it."""
    asked = {
        "Engine": "aurora-postgresql",
        "MasterUsername": "app",
        "MasterUserPassword": PASSWORD,
        "DatabaseName": "app",
        **more,
    }
    rds = aws.client("rds", region)
    rds.create_db_cluster(DBClusterIdentifier=name, **asked)
    return rds.describe_db_clusters(DBClusterIdentifier=name)["DBClusters"][0]


@contextmanager
def connected(
    found: Mapping[str, Any],
    user: str,
    password: str,
    *,
    encrypted: ssl.SSLContext | bool = True,
) -> Iterator[Any]:
    """Connects to a cluster."""
    connection = pg8000.native.Connection(
        user,
        host=found["Endpoint"],
        port=found["Port"],
        database="app",
        password=password,
        ssl_context=encrypted,
    )
    try:
        yield connection
    finally:
        # It may have ended already.
        with suppress(pg8000.native.InterfaceError):
            connection.close()


def refusal(found: Mapping[str, Any], user: str, password: str, **how: Any) -> Mapping[str, str]:
    """Returns what a connection is refused with."""
    with (
        pytest.raises(pg8000.native.DatabaseError) as error,
        connected(found, user, password, **how),
    ):
        pass
    said: Mapping[str, str] = error.value.args[0]
    return said


def token(found: Mapping[str, Any], person: Person, user: str, region: str = REGION) -> str:
    """Returns somebody's token for a user of a cluster."""
    client = person.client("rds", region)
    made: str = client.generate_db_auth_token(found["Endpoint"], found["Port"], user)
    return made


def test_a_cluster_answers_with_the_password_of_its_master(aws: Aws) -> None:
    found = make_cluster(aws)
    assert (found["Endpoint"], found["ReaderEndpoint"]) == ("127.0.0.1", "127.0.0.1")
    with connected(found, "app", PASSWORD) as connection:
        assert connection.run("SELECT current_user, current_database()") == [["app", "app"]]
        [[version]] = connection.run("SHOW server_version")
        connection.run("CREATE TABLE notes (text text)")
    assert version.split()[0] == found["EngineVersion"]
    assert refusal(found, "app", "wrong")["C"] == "28P01"
    assert refusal(found, "rdsadmin", PASSWORD)["C"] == "28000"


def test_a_token_lets_in_whoever_may_connect_as_that_user(aws: Aws, running: Running) -> None:
    found = make_cluster(aws)
    id_ = found["DbClusterResourceId"]
    assert list(Client(running).ensure_user(id_, "reader", within="app")) == []
    arn = f"arn:aws:rds-db:{REGION}:123456789012:dbuser:{id_}"
    ann = Person(aws, "ann", {"Action": "rds-db:connect", "Resource": f"{arn}/reader"})
    with connected(found, "reader", token(found, ann, "reader")) as connection:
        assert connection.run("SELECT current_user") == [["reader"]]
        connection.run("CREATE TABLE notes (text text)")
    bob = Person(aws, "bob", {"Action": "rds-db:connect", "Resource": f"{arn}/app"})
    said = refusal(found, "reader", token(found, bob, "reader"))
    assert said["M"] == 'PAM authentication failed for user "reader"'
    assert "not authorized to perform: rds-db:connect on resource: " + arn in said["D"]
    denied = Client(running).activity()["refused"][-1]
    assert (denied["action"], denied["resource"]) == ("rds-db:connect", f"{arn}/reader")

    # Whoever logs in with tokens has no password, and the other way round.
    assert "no token" in refusal(found, "reader", PASSWORD)["D"]
    assert refusal(found, "app", token(found, bob, "app"))["C"] == "28P01"
    said = refusal(found, "reader", token(found, ann, "reader"), encrypted=False)
    assert said["M"].endswith("no encryption")


def test_a_token_is_for_one_database_and_for_its_region(aws: Aws, running: Running) -> None:
    found, other = make_cluster(aws), make_cluster(aws, region=OTHER)
    for each in (found, other):
        Client(running).ensure_user(each["DbClusterResourceId"], "app", within="app")
    ann = Person(aws, "ann", {"Action": "rds-db:connect"})
    for made, reason in (
        (token(other, ann, "app", OTHER), "for the host"),
        (token(found, ann, "app", OTHER), "for the region us-west-2"),
        (token(found, ann, "postgres"), "for the user postgres"),
    ):
        assert reason in refusal(found, "app", made)["D"]


def test_the_certificate_is_of_the_sandboxs_own_authority(aws: Aws, running: Running) -> None:
    found = make_cluster(aws)
    authority = running.scratch / "databases/authority.pem"
    trusting = ssl.create_default_context(cafile=str(authority))
    with connected(found, "app", PASSWORD, encrypted=trusting) as connection:
        assert connection.run("SELECT 1") == [[1]]
    with (
        pytest.raises(ssl.SSLCertVerificationError),
        connected(found, "app", PASSWORD, encrypted=ssl.create_default_context()),
    ):
        pass


def test_a_managed_secret_has_the_password(aws: Aws) -> None:
    rds = aws.client("rds", REGION)
    rds.create_db_instance(
        DBInstanceIdentifier="app",
        DBInstanceClass="db.t4g.micro",
        Engine="postgres",
        MasterUsername="boss",
        ManageMasterUserPassword=True,
        DBName="app",
    )
    found = rds.describe_db_instances(DBInstanceIdentifier="app")["DBInstances"][0]
    secret = aws.client("secretsmanager", REGION).get_secret_value(
        SecretId=found["MasterUserSecret"]["SecretArn"]
    )
    said = json.loads(secret["SecretString"])
    assert said["username"] == "boss"
    endpoint = {"Endpoint": found["Endpoint"]["Address"], "Port": found["Endpoint"]["Port"]}
    with connected(endpoint, "boss", said["password"]) as connection:
        connection.run("CREATE DATABASE another")
    rds.delete_db_instance(DBInstanceIdentifier="app", SkipFinalSnapshot=True)
    with pytest.raises(pg8000.native.InterfaceError), connected(endpoint, "boss", said["password"]):
        pass


def test_members_of_a_global_database_have_the_data_of_the_first(aws: Aws) -> None:
    aws.client("rds", REGION).create_global_cluster(
        GlobalClusterIdentifier="world", Engine="aurora-postgresql"
    )
    first = make_cluster(aws, "world-1", GlobalClusterIdentifier="world")
    rds = aws.client("rds", OTHER)
    rds.create_db_cluster(
        DBClusterIdentifier="world-2", Engine="aurora-postgresql", GlobalClusterIdentifier="world"
    )
    second = rds.describe_db_clusters(DBClusterIdentifier="world-2")["DBClusters"][0]
    assert (second["MasterUsername"], second["DatabaseName"]) == ("app", "app")
    assert first["Port"] != second["Port"]
    with connected(first, "app", PASSWORD) as connection:
        connection.run("CREATE TABLE notes (text text)")
        connection.run("INSERT INTO notes VALUES ('here')")
    with connected(second, "app", PASSWORD) as connection:
        assert connection.run("SELECT text FROM notes") == [["here"]]
        with pytest.raises(pg8000.native.DatabaseError, match="read-only transaction"):
            connection.run("INSERT INTO notes VALUES ('there')")


def test_a_region_that_is_out_takes_no_connections(aws: Aws, running: Running) -> None:
    found = make_cluster(aws)
    try:
        with connected(found, "app", PASSWORD) as connection:
            Client(running).fail(REGION)
            with pytest.raises(pg8000.native.InterfaceError):
                connection.run("SELECT pg_sleep(60)")
        with pytest.raises(pg8000.native.InterfaceError), connected(found, "app", PASSWORD):
            pass
    finally:
        Client(running).heal(REGION)
    with connected(found, "app", PASSWORD) as connection:
        assert connection.run("SELECT 1") == [[1]]


def test_nothing_is_left_when_the_sandbox_is_killed(project: Path) -> None:
    running = start(project)
    found = make_cluster(Aws(running.endpoint))
    [database] = Client(running).activity()["databases"]
    shown = CliRunner().invoke(commands, ["status", "--chdir", str(project)]).stdout
    address = f"127.0.0.1:{found['Port']}"
    assert ["app", REGION, address, *database["psql"].split()] in map(str.split, shown.splitlines())
    folder = Path(shlex.split(database["psql"])[2])
    server = int((folder / "data/postmaster.pid").read_text("utf-8").split()[0])
    os.kill(running.pid, signal.SIGKILL)
    wait_until(lambda: not folder.exists() and not psutil.pid_exists(server), "the server's end")
