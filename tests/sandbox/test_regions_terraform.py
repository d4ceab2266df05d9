"""Terraform makes each resource in the region that it names, with what stands in for provider 6."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.sandbox.root import ROOTS, Root, environment_for
from tests.support.pool import TREES, pooled
from tests.support.trees import configs, files_of, write_tree
from tfgen.aws.session import Aws
from tfgen.sandbox.lifecycle import Running

GROUP = "aws_cloudwatch_log_group.there"
IN_THE_TREE = "module.us_west_2.module.function.aws_cloudwatch_log_group.this"


@pytest.fixture(scope="module")
def environ6(
    running: Running, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Mapping[str, str]]:
    """Terraform's environment with provider 6."""
    found = environment_for(running.endpoint, tmp_path_factory.mktemp("provider"))
    with pooled(found, named_in=(*TREES, ROOTS), major=6) as shared:
        yield shared


def groups(aws: Aws, region: str) -> dict[str, dict[str, str]]:
    """Returns the tags of each log group in a region, by its name."""
    logs = aws.client("logs", region)
    return {
        group["logGroupName"]: logs.list_tags_for_resource(resourceArn=group["logGroupArn"])["tags"]
        for group in logs.describe_log_groups()["logGroups"]
    }


def test_resources_are_made_moved_and_imported_by_region(
    aws: Aws, environ6: Mapping[str, str], tmp_path: Path
) -> None:
    root = Root.make(tmp_path / "root", environ6, "regions")
    root.set(region="us-west-2")
    root.apply()
    arn = "arn:aws:logs:{}:123456789012:log-group:there"
    regions = {"here": "us-east-1", "there": "us-west-2", "bucket": "eu-west-1"}
    assert root.outputs()["regions"] == {**regions, "data": arn.format("us-west-2")}
    tags = {"team": "edge"}
    assert groups(aws, "us-east-1") == {"here": tags}
    assert groups(aws, "us-west-2") == {"there": tags}
    located = aws.client("s3", "eu-west-1").get_bucket_location(Bucket="somewhere")
    assert located["LocationConstraint"] == "eu-west-1"

    root.set(region="eu-west-1")
    assert root.apply() == {GROUP: ["delete", "create"]}
    assert groups(aws, "eu-west-1") == {"there": tags}
    assert groups(aws, "us-west-2") == {}
    assert root.outputs()["regions"]["data"] == arn.format("eu-west-1")

    root.run("state", "rm", GROUP, inputs=False)
    root.run("import", GROUP, "there", code=1)
    root.run("import", GROUP, "there@eu-west-1")
    assert root.apply() == {}
    root.destroy()
    assert groups(aws, "eu-west-1") == groups(aws, "us-east-1") == {}


def test_a_rendered_resource_with_another_region_is_found_there(
    aws: Aws, environ6: Mapping[str, str], tmp_path: Path
) -> None:
    files = dict(files_of(configs()["examples/hello"], 6))
    [path] = [path for path, text in files.items() if 'resource "aws_cloudwatch_log_group"' in text]
    before, block, after = files[path].partition('resource "aws_cloudwatch_log_group"')
    changed = after.replace("region = var.region", 'region = "eu-west-1"', 1)
    assert changed != after
    files[path] = before + block + changed
    write_tree(files, tmp_path)
    root = Root(tmp_path / "production", environ6)
    root.run("init")
    root.run("apply", "-auto-approve", f"-target={IN_THE_TREE}")
    assert groups(aws, "us-west-2") == {}
    assert len(groups(aws, "eu-west-1")) == 1
    root.run("plan", "-detailed-exitcode", f"-target={IN_THE_TREE}")
