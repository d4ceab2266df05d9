"""Databases that a config names are there before the app, with whom they let in."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pg8000.native
import pytest

from tests.config.test_resolve import app_of
from tests.sandbox.conftest import REGION
from tests.sandbox.iam.people import Person
from tests.sandbox.test_databases import NEEDS_POSTGRESQL
from tfgen.app import App
from tfgen.aws.session import Aws
from tfgen.sandbox.client import Client
from tfgen.sandbox.databases.seed import ensure_databases_of
from tfgen.sandbox.inventory import inventory
from tfgen.sandbox.lifecycle import Running, start

OTHER = "us-west-2"
VPC = "{{vpc: {{subnet_ids: [subnet-0123456{0}], security_group_ids: [sg-0123456{0}]}}}}"
ARN = f"arn:aws:secretsmanager:{REGION}:123456789012:secret:app/pg-Ab12Cd"


def app_with(*uses: str) -> App:
    """Returns an app whose functions use databases: one here, and perhaps another elsewhere."""
    named = dict(zip((REGION, OTHER), uses, strict=False))
    regions = "".join(f"  {region}: {VPC.format(number)}\n" for number, region in enumerate(named))
    rds = "".join(f"    {region}: {{{use}}}\n" for region, use in named.items())
    return app_of(f"regions:\n{regions}database:\n  rds:\n{rds}")


def cluster(aws: Aws, region: str, name: str) -> Any:
    """Returns what RDS says of a cluster."""
    found = aws.client("rds", region).describe_db_clusters(DBClusterIdentifier=name)
    return found["DBClusters"][0]


def secret(aws: Aws, name: str) -> Any:
    """Returns what a secret says."""
    client = aws.client("secretsmanager", REGION)
    return json.loads(client.get_secret_value(SecretId=name)["SecretString"])


def run(
    sql: str, host: str, port: int, user: str, password: str, database: str = "postgres"
) -> Any:
    """Runs a statement as somebody who logs in."""
    connection = pg8000.native.Connection(
        user, host=host, port=port, database=database, password=password, ssl_context=True
    )
    try:
        return connection.run(sql)
    finally:
        connection.close()


@NEEDS_POSTGRESQL
def test_a_cluster_takes_tokens_and_is_made_once(aws: Aws, running: Running) -> None:
    app = app_with("cluster: here, user: reader, name: shop", "cluster: there")
    assert ensure_databases_of(running, app) == ()
    person = Person(aws, "ann", {"Action": "rds-db:connect"})
    found, other = cluster(aws, REGION, "here"), cluster(aws, OTHER, "there")
    where = (found["Endpoint"], found["Port"])
    password = person.client("rds", REGION).generate_db_auth_token(*where, "reader")
    run("CREATE TABLE notes (text text)", *where, "reader", password, "shop")
    assert ensure_databases_of(running, app) == ()
    assert run("SELECT * FROM notes", *where, "reader", password, "shop") == []

    where = (other["Endpoint"], other["Port"])
    password = person.client("rds", OTHER).generate_db_auth_token(*where, "postgres")
    assert run("SELECT current_user", *where, "postgres", password) == [["postgres"]]
    assert (found["DatabaseName"], other["DatabaseName"]) == ("shop", "postgres")
    # None of it is the app's.
    listed = [each for each in inventory(running.endpoint) if each.service != "iam"]
    assert {(each.type, each.region, each.seeded) for each in listed} == {
        (type_, region, True) for type_ in ("cluster", "instance") for region in (REGION, OTHER)
    }


@NEEDS_POSTGRESQL
def test_an_instance_and_a_proxy_take_the_password_of_a_secret(aws: Aws, running: Running) -> None:
    ensure_databases_of(running, app_with("instance: here, auth: secret"))
    [found] = aws.client("rds", REGION).describe_db_instances()["DBInstances"]
    said = secret(aws, found["MasterUserSecret"]["SecretArn"])
    where = (found["Endpoint"]["Address"], found["Endpoint"]["Port"])
    assert run("SELECT current_user", *where, said["username"], said["password"]) == [["postgres"]]
    # Another stage names a secret of its own.
    ensure_databases_of(running, app_with(f"instance: here, auth: secret, secret: '{ARN}'"))
    said = secret(aws, ARN)
    run("SELECT 1", *where, said["username"], said["password"])

    made = {"username": "boss", "password": 'it\'s "quoted" \\ ünïcode'}
    aws.client("secretsmanager", REGION).create_secret(
        Name="app/boss", SecretString=json.dumps(made)
    )
    use = "proxy: front, name: shop, auth: secret, secret: app/boss"
    assert ensure_databases_of(running, app_with(use)) == ()
    [proxy] = aws.client("rds", REGION).describe_db_proxies()["DBProxies"]
    run("CREATE TABLE notes ()", proxy["Endpoint"], 5432, "boss", made["password"], "shop")
    owner = [each["psql"].split()[-1] for each in Client(running).activity()["databases"]]
    assert owner == ["shop", "postgres"]
    assert ensure_databases_of(running, app_with(use)) == ()


@NEEDS_POSTGRESQL
def test_a_global_database_has_a_cluster_in_each_region(aws: Aws, running: Running) -> None:
    app = app_with("global_cluster: world, auth: secret", "global_cluster: world, auth: secret")
    for _ in range(2):
        assert ensure_databases_of(running, app) == ()
    [found] = aws.client("rds", OTHER).describe_global_clusters()["GlobalClusters"]
    assert [(each["DBClusterArn"], each["IsWriter"]) for each in found["GlobalClusterMembers"]] == [
        (f"arn:aws:rds:{REGION}:123456789012:cluster:world-{REGION}", True),
        (f"arn:aws:rds:{OTHER}:123456789012:cluster:world-{OTHER}", False),
    ]


def test_somebodys_own_is_left_as_it_is(aws: Aws, running: Running) -> None:
    rds = aws.client("rds", REGION)
    rds.create_db_cluster(
        DBClusterIdentifier="own",
        Engine="aurora-mysql",
        MasterUsername="boss",
        MasterUserPassword="correct-horse",
    )
    assert ensure_databases_of(running, app_with("cluster: own, user: app, name: shop")) == ()
    assert cluster(aws, REGION, "own")["MasterUsername"] == "boss"
    assert [each.seeded for each in inventory(running.endpoint)] == [False]


def test_without_postgresql_databases_exist_and_nobody_answers(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TFGEN_POSTGRES", str(tmp_path))
    running = start(project)
    [notice] = ensure_databases_of(running, app_with("cluster: here"))
    assert notice.startswith("There is no PostgreSQL on this machine")
    found = cluster(Aws(running.endpoint), REGION, "here")
    assert found["Endpoint"].endswith(f".{REGION}.rds.amazonaws.com")
    assert found["Port"] == 5432
