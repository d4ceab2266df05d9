"""Databases and networks that are there before the app, as RDS and EC2 tell of them."""

from __future__ import annotations

import pytest

from tests.support.databases import (
    ENGINE,
    groups_of,
    make_cluster,
    make_instance,
    make_proxy,
    subnets_of,
)
from tfgen.app import RdsKind
from tfgen.aws import databases
from tfgen.aws.databases import (
    Database,
    database_names,
    find_database,
    missing_from_network,
)
from tfgen.aws.failures import RefusalError
from tfgen.aws.session import Aws

REGION = "eu-west-2"
OTHER = "us-west-2"
KINDS: tuple[RdsKind, ...] = ("cluster", "instance", "proxy", "global_cluster")


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_not_there_is_not_found(aws: Aws, kind: RdsKind) -> None:
    assert find_database(aws, kind, "none", REGION) is None
    assert database_names(aws, kind, REGION) == ()


def test_a_cluster_says_who_may_come_in(aws: Aws) -> None:
    make_cluster(aws, REGION, "hello")
    make_cluster(
        aws,
        REGION,
        "managed",
        ManageMasterUserPassword=True,
        EnableIAMDatabaseAuthentication=False,
    )
    make_cluster(aws, OTHER, "elsewhere")
    assert find_database(aws, "cluster", "hello", REGION) == Database(
        iam=True, managed_secret=False
    )
    assert find_database(aws, "cluster", "managed", REGION) == Database(
        iam=False, managed_secret=True
    )
    assert find_database(aws, "cluster", "elsewhere", REGION) is None
    assert database_names(aws, "cluster", REGION) == ("hello", "managed")


def test_an_instance_says_whether_it_has_a_public_address(aws: Aws) -> None:
    make_instance(aws, REGION, "open")
    make_instance(aws, REGION, "shut", PubliclyAccessible=False)
    found = find_database(aws, "instance", "open", REGION)
    assert found == Database(iam=True, public=True, managed_secret=False)
    shut = find_database(aws, "instance", "shut", REGION)
    assert shut is not None
    assert shut.public is False
    assert database_names(aws, "instance", REGION) == ("open", "shut")


def test_a_proxy_says_whether_it_takes_tokens(aws: Aws) -> None:
    make_proxy(aws, REGION, "hello")
    make_proxy(aws, REGION, "closed", "DISABLED")
    assert find_database(aws, "proxy", "hello", REGION) == Database(iam=True)
    assert find_database(aws, "proxy", "closed", REGION) == Database(iam=False)
    assert database_names(aws, "proxy", REGION) == ("closed", "hello")


def test_a_global_database_says_where_it_has_clusters(aws: Aws) -> None:
    rds = aws.client("rds", REGION)
    for name in ("empty", "hello"):
        rds.create_global_cluster(GlobalClusterIdentifier=name, Engine=ENGINE)
    make_cluster(aws, REGION, "first", GlobalClusterIdentifier="hello")
    make_cluster(aws, OTHER, "second", GlobalClusterIdentifier="hello")
    assert find_database(aws, "global_cluster", "hello", REGION) == Database(
        regions=(REGION, OTHER)
    )
    assert find_database(aws, "global_cluster", "empty", REGION) == Database(regions=())
    assert database_names(aws, "global_cluster", REGION) == ("empty", "hello")


def test_who_may_not_ask_for_all_is_told_no_names(
    aws: Aws, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise RefusalError("no", hint="", code=code, action="rds:DescribeDBClusters")

    monkeypatch.setattr(databases, "_described", refuse)
    code = "AccessDenied"
    assert database_names(aws, "cluster", REGION) is None
    code = "InternalFailure"
    with pytest.raises(RefusalError):
        database_names(aws, "cluster", REGION)
    with pytest.raises(RefusalError):
        find_database(aws, "cluster", "hello", REGION)


def test_a_network_of_another_region_is_missing(aws: Aws) -> None:
    here, there = subnets_of(aws, REGION), subnets_of(aws, OTHER)
    group, other_group = groups_of(aws, REGION)[0], groups_of(aws, OTHER)[0]
    assert missing_from_network(aws, REGION, here, [group]) == ()
    assert missing_from_network(aws, REGION, [here[0], there[0]], [group, other_group]) == (
        there[0],
        other_group,
    )
