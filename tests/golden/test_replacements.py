"""What Terraform replaces, it destroys first, unless a resource says otherwise.

``create_before_destroy`` of a resource holds for all that it depends on as well, and what has a
name of its own cannot be created beside itself:
https://developer.hashicorp.com/terraform/language/meta-arguments/lifecycle#create_before_destroy
"""

from __future__ import annotations

import re
import subprocess
from collections import defaultdict
from collections.abc import Mapping

import pytest

from tests.combinations.together import write_together
from tests.support.pool import validating
from tests.support.trees import configs, files_of

_EDGE = re.compile(r'^ *"(?P<from>[^"]+)" -> "(?P<to>[^"]+)";$', re.MULTILINE)

# REST APIs that have something to depend on: tables, databases, a dead letter queue, a bucket.
CASES = ("artifacts", "function-full", "image", "rds", "rest-full", "tables")


@pytest.fixture(scope="module")
def direct(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, set[str]]:
    """Returns the resources of these trees, and what each depends on."""
    trees = {case: files_of(configs()[case], 5) for case in CASES}
    [root] = write_together(trees, tmp_path_factory.mktemp("replacements"))
    with validating() as env:
        subprocess.run(["terraform", "init"], cwd=root, env=env, check=True, capture_output=True)
        command = ["terraform", "graph"]
        graph = subprocess.run(command, cwd=root, env=env, check=True, capture_output=True)
    found: dict[str, set[str]] = defaultdict(set)
    for edge in _EDGE.finditer(graph.stdout.decode()):
        found[edge["from"]].add(edge["to"])
    return found


def test_a_deployment_depends_on_its_api_alone(direct: Mapping[str, set[str]]) -> None:
    """So a table or a function that is replaced is destroyed before it is created."""
    deployments = [each for each in direct if each.endswith(".aws_api_gateway_deployment.this")]
    assert {each.partition(".module.api.")[0].split(".")[-1] for each in deployments} >= {
        "eu_west_1",
        "us_east_1",
    }
    for deployment in deployments:
        module = deployment.removesuffix("aws_api_gateway_deployment.this")
        upstream: set[str] = set()
        waiting = {deployment}
        while waiting:
            waiting = {each for one in waiting for each in direct.get(one, ())} - upstream
            upstream |= waiting
        assert upstream == {
            f"{module}aws_api_gateway_rest_api.this",
            f"{module}data.aws_caller_identity.current",
            f"{module}data.aws_partition.current",
        }


def test_clients_are_sent_to_an_api_that_may_call_its_function(
    direct: Mapping[str, set[str]],
) -> None:
    stages = [each for each in direct if each.endswith(".aws_api_gateway_stage.this")]
    assert stages
    for stage in stages:
        module = stage.removesuffix("aws_api_gateway_stage.this")
        assert f"{module}aws_lambda_permission.api" in direct[stage]
