"""Each region's own member of a global database, as the module of the library finds it.

Its data source of the global database needs provider 6.17: what that would say comes from the API
here. What is done with it is the library's, word for word.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sandbox.root import Root, environment_for
from tests.support.databases import ENGINE, make_cluster
from tests.support.pool import pooled
from tests.support.trees import ROOT
from tfgen.aws.session import Aws
from tfgen.sandbox.lifecycle import start

MODULE = ROOT / "modules/rds_global_cluster/cluster.tf"
SOURCE = 'data "aws_rds_global_cluster" "this" {\n'


def with_members_given() -> str:
    """Returns the module's text with a variable in place of the data source."""
    before, _, behind = MODULE.read_text("utf-8").partition(SOURCE)
    text = before + behind.partition("\n}\n")[2]
    text = text.replace("data.aws_rds_global_cluster.this.members", "var.members")
    assert "aws_rds_global_cluster" not in text
    # The region is the provider's, with one that knows the argument for none.
    assert text.count("  region = var.region\n") == 1
    return text.replace("  region = var.region\n", "")


def test_each_region_finds_its_own_member(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Real servers are all on one host.
    monkeypatch.setenv("TFGEN_POSTGRES", str(project))
    running = start(project)
    aws = Aws(running.endpoint)
    rds = aws.client("rds", "eu-west-2")
    rds.create_global_cluster(GlobalClusterIdentifier="world", Engine=ENGINE)
    arns = {
        region: make_cluster(aws, region, f"in-{region}", GlobalClusterIdentifier="world")
        for region in ("eu-west-2", "us-west-2")
    }
    [database] = rds.describe_global_clusters()["GlobalClusters"]
    members = [
        {"db_cluster_arn": each["DBClusterArn"], "is_writer": each["IsWriter"]}
        for each in database["GlobalClusterMembers"]
    ]
    with pooled(environment_for(running.endpoint, project)) as environ:
        root = Root.make(project / "root", environ, "global_database")
        (root.folder / "cluster.tf").write_text(with_members_given(), "utf-8")
        # The writer of the first cluster takes writes, and readers of the second forward them.
        for region, host in (("eu-west-2", "writer"), ("us-west-2", "reader_host")):
            root.set(region=region, members=members)
            assert root.apply() == {}
            found = root.outputs()["found"]
            assert found["arn"] == arns[region]
            assert found["writer"] != found["reader_host"]
            assert found["host"] == found[host]
