"""Terraform takes every combination: formatted, valid, and planned.

Terraform takes longer to start than for a tree, so some trees at a time are looked at together. See
``tests.combinations.together`` and ``tests.support.pool``.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.combinations.language import (
    KEY_ALIAS,
    REGIONS,
    ZONE_ID,
    ZONE_NAME,
    ZONE_NAME_OF_ID,
    ZONE_ROLE,
)
from tests.combinations.rows import apps_of_row, rows_for, trees
from tests.combinations.together import stages_of, write_for_a_plan, write_together
from tests.sandbox.root import environment_for
from tests.support.databases import groups_of, make_cluster, make_instance, make_proxy
from tests.support.pool import pooled, validating
from tests.support.provider import validate
from tests.support.trees import write_tree
from tfgen.app import ProviderMajor
from tfgen.aws.session import Aws
from tfgen.render.addresses import region_id
from tfgen.rules.environment import deployed_environment
from tfgen.rules.rds import used_variables
from tfgen.sandbox.lifecycle import start, stop
from tfgen.sandbox.seed import ensure_key, ensure_role, ensure_zone, ensure_zone_with_id
from tfgen.terraform.engine import Engine, find

FUNCTION = ".module.function.aws_lambda_function.this"

LACKING = 'data "aws_rds_global_cluster"'

MAJORS: tuple[ProviderMajor, ...] = (5, 6)


@cache
def terraform() -> Engine:
    """The engine that the most is asked of."""
    return find({**os.environ, "TFGEN_TERRAFORM": "terraform"})


def to_plan() -> dict[str, Mapping[str, str]]:
    """Returns the trees that have all pairs, and the plainest one; the others are parts of them."""
    chosen = trees(5).items()
    return {name: files for name, files in chosen if name == "plain" or name.startswith("pairs")}


def test_terraform_fmt_has_nothing_to_change(tmp_path: Path) -> None:
    # Most files are the same in many trees.
    texts: dict[str, str] = {}
    for major in MAJORS:
        for name, files in trees(major).items():
            for path, text in files.items():
                if path.endswith(".tf"):
                    texts.setdefault(text, f"{major}/{name}/{path}")
    write_tree({path: text for text, path in texts.items()}, tmp_path)
    result = subprocess.run(
        ["terraform", "fmt", "-check", "-diff", "-recursive", tmp_path],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (result.returncode, result.stdout) == (0, "")


@pytest.fixture(scope="module")
def provider() -> Iterator[Mapping[str, str]]:
    """The environment in which all validations share a provider."""
    with validating() as env:
        yield env


def test_every_tree_is_valid(provider: Mapping[str, str], tmp_path: Path) -> None:
    for root in write_together(trees(5), tmp_path):
        assert validate(terraform(), root, provider) == ""


def test_a_part_of_the_trees_is_valid_for_provider_6(tmp_path: Path) -> None:
    engine = find({**os.environ, "TFGEN_TERRAFORM": "embedded"})
    # What stands in for provider 6 has no data source that 5.100 has not.
    possible = {name: files for name, files in trees(6).items() if not _has(files, LACKING)}
    some = dict(list(possible.items())[::8])
    with validating(6) as provider_6:
        for root in write_together(some, tmp_path):
            assert validate(engine, root, provider_6) == ""


def _has(files: Mapping[str, str], text: str) -> bool:
    return any(text in each for each in files.values())


def test_what_is_not_valid_is_found(provider: Mapping[str, str], tmp_path: Path) -> None:
    files = dict(trees(5)["plain"])
    path = "modules/function/function.tf"
    files[path] = files[path].replace("memory_size", "memory")
    [root] = write_together({"plain": files}, tmp_path)
    assert 'An argument named "memory" is not expected here' in validate(
        terraform(), root, provider
    )


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Any]:
    """What Terraform would create for the stages of all trees, below one root module."""
    folder = tmp_path_factory.mktemp("plan")
    # Nobody asks the databases for anything.
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setenv("TFGEN_POSTGRES", str(folder))
        running = start(folder)
    try:
        ensure_zone(running.endpoint, ZONE_NAME)
        ensure_zone_with_id(running.endpoint, ZONE_ID, ZONE_NAME_OF_ID)
        for region in REGIONS:
            ensure_key(running.endpoint, region, KEY_ALIAS)
        ensure_role(running.endpoint, ZONE_ROLE)
        make_databases(Aws(running.endpoint))
        roots = write_for_a_plan(to_plan(), folder)
        for place in ("bundles", "wrapped", "sealed/production"):
            bundle = folder / f".tfgen/{place}/src.zip"
            bundle.parent.mkdir(parents=True, exist_ok=True)
            bundle.write_bytes(b"a bundle")
        beside = folder / "all/providers"
        beside.mkdir(parents=True)
        with pooled(environment_for(running.endpoint, beside), beside) as env:
            children = [child for root in roots for child in planned_below(root, env)]
    finally:
        stop(folder)
    return {"child_modules": children}


def planned_below(root: Path, env: Mapping[str, str]) -> list[Any]:
    """Plans a root module, and returns what is planned for its children."""
    for arguments in (["init", "-input=false"], ["plan", "-input=false", "-out=saved"]):
        run_terraform(arguments, root, env)
    shown = json.loads(run_terraform(["show", "-json", "saved"], root, env))
    children: list[Any] = shown["planned_values"]["root_module"]["child_modules"]
    return children


@pytest.fixture(scope="module")
def planned(plan: Mapping[str, Any]) -> Mapping[str, set[str]]:
    """The types of the resources that each stage of each tree would create."""
    return types_of(plan)


def make_databases(aws: Aws) -> None:
    """Makes what the combinations look up of RDS in either region."""
    for region in REGIONS:
        groups = groups_of(aws, region)
        make_cluster(
            aws, region, "hello", ManageMasterUserPassword=True, VpcSecurityGroupIds=groups
        )
        make_instance(aws, region, "hello")
        make_proxy(aws, region, "hello")


def run_terraform(arguments: list[str], root: Path, env: Mapping[str, str]) -> str:
    done = subprocess.run(
        ["terraform", *arguments], cwd=root, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def types_of(root: Mapping[str, Any]) -> dict[str, set[str]]:
    """Returns what is planned for each child of the root, as ``type`` of the resources below it."""
    return {
        child["address"].removeprefix("module."): {resource["type"] for resource in below(child)}
        for child in root["child_modules"]
    }


def below(module: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield from module.get("resources", [])
    for child in module.get("child_modules", []):
        yield from below(child)


def test_every_stage_of_every_tree_is_planned(planned: Mapping[str, set[str]]) -> None:
    expected = {
        f"{name}_{stage}" for name, files in to_plan().items() for stage in stages_of(files)
    }
    assert planned.keys() == expected
    assert [name for name, types in planned.items() if "aws_lambda_alias" not in types] == []


# A type of resource → the values without which, and only without which, nobody has one.
MEANT = {
    "aws_api_gateway_rest_api": {"type": {"rest"}},
    "aws_apigatewayv2_api": {"type": {"http"}},
    "aws_lambda_function_url": {"type": {"url"}},
    "aws_api_gateway_domain_name": {
        "domain": {"one", "several", "wildcard", "wildcard and a name"}
    },
    "aws_route53_zone": {"zone": {"created", "created by a role"}},
    "aws_wafv2_web_acl_association": {"waf": {"of each region", "of the app"}},
    "aws_api_gateway_account": {"access_logs": {"with the role"}},
    "aws_dynamodb_table": {
        "tables": {"all keys", "replicated", "fixed capacity", "scaled capacity"}
    },
    "aws_appautoscaling_target": {"tables": {"scaled capacity"}},
    "aws_vpc_security_group_ingress_rule": {"rds": {"open"}},
    "aws_sqs_queue": {"dead_letter": {"yes"}},
    "aws_lambda_provisioned_concurrency_config": {"provisioned_concurrency": {"yes"}},
    "aws_s3_bucket": {"code": {"s3", "s3 in one region"}},
}


@pytest.mark.parametrize("resource", MEANT)
def test_a_resource_is_planned_for_those_who_ask_for_it(
    resource: str, planned: Mapping[str, set[str]]
) -> None:
    asked = {
        f"{name}_production"
        for name, row in rows_for(5).items()
        if name in to_plan()
        and all(row[dimension] in values for dimension, values in MEANT[resource].items())
    }
    assert {
        name
        for name, types in planned.items()
        if resource in types and name.endswith("_production")
    } == asked
    assert asked


def environments(plan: Mapping[str, Any]) -> dict[str, Mapping[str, str]]:
    """Returns the environment of each function, by the address of its region's module."""
    return {
        resource["address"].removesuffix(FUNCTION): blocks[0]["variables"] if blocks else {}
        for resource in below(plan)
        if resource["address"].endswith(FUNCTION)
        for blocks in [resource["values"]["environment"]]
    }


def test_every_function_has_the_environment_that_was_checked(plan: Mapping[str, Any]) -> None:
    found = environments(plan)
    expected = {
        f"module.{name}_{app.stage}.module.{region_id(region.name)}": (app, region)
        for name, row in rows_for(5).items()
        if name in to_plan()
        for app in apps_of_row(row)
        for region in app.regions
    }
    assert found.keys() == expected.keys()
    for address, (app, region) in expected.items():
        counted = deployed_environment(app, region)
        assert found[address].keys() == counted.keys(), address
        # What only AWS knows of a database was taken to be as long as it can be.
        of_database = used_variables(region.rds).values() if region.rds else ()
        for variable, value in found[address].items():
            if variable in of_database:
                assert len(value) <= len(counted[variable]), address
            else:
                assert value == counted[variable], address
