"""The table of actions: complete, and of actions that exist."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest
from botocore.loaders import Loader

from tests.support.trees import apps_of, configs
from tfgen.aws.adopt.registry import FINDERS
from tfgen.iam.deploy.policy import LARGEST, deploy_policies, types_of
from tfgen.iam.deploy.table import ACTIONS, targets
from tfgen.iam.document import compact
from tfgen.regions import REGIONS
from tfgen.render.library import module_files, modules_dir, templates_dir

# What actions begin with → how botocore calls the service.
MODELS = {
    "application-autoscaling": "application-autoscaling",
    "dynamodb": "dynamodb",
    "acm": "acm",
    "cloudfront": "cloudfront",
    "cloudwatch": "cloudwatch",
    "ec2": "ec2",
    "ecr": "ecr",
    "iam": "iam",
    "kms": "kms",
    "lambda": "lambda",
    "logs": "logs",
    "rds": "rds",
    "route53": "route53",
    "sqs": "sqs",
    "sts": "sts",
    "wafv2": "wafv2",
}

# Actions that are no operations of the same name.
# https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
RIGHTS_ONLY = {
    "dynamodb:CreateTableReplica",
    "dynamodb:CreateGlobalTableWitness",
    "dynamodb:DeleteTableReplica",
    "dynamodb:DeleteGlobalTableWitness",
    "iam:PassRole",
    "logs:CreateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:GetLogDelivery",
    "logs:ListLogDeliveries",
    "logs:UpdateLogDelivery",
}


def library_types() -> set[str]:
    files = {
        f"{folder.name}/{path}": text
        for folder in modules_dir().iterdir()
        for path, text in module_files(folder.name)
    }
    files |= {str(path): path.read_text("utf-8") for path in templates_dir().rglob("*.tf.j2")}
    return types_of(files)


def test_every_type_is_known() -> None:
    """Of the modules and the templates; a new one fails until it says what it needs."""
    assert library_types() - ACTIONS.keys() == set()
    assert ACTIONS.keys() - library_types() == set()


def test_actions_are_those_of_the_services() -> None:
    for action in sorted({each for need in needed() for each in need.actions}):
        service, _, name = action.partition(":")
        if service in {"apigateway", "s3"} or action in RIGHTS_ONLY:
            continue
        operations = Loader().load_service_model(MODELS[service], "service-2")["operations"]
        # CloudFront's have a date in their name.
        assert any(each.rstrip("_0123456789") == name for each in operations), action


def needed() -> Iterator[Any]:
    for each in ACTIONS.values():
        yield from each


def test_what_a_broken_apply_leaves_can_be_found() -> None:
    for name in FINDERS:
        assert any(need.read or need.adopt for need in ACTIONS[name]), name


def test_statements_have_names_of_their_own() -> None:
    sids = [target.sid for target in targets()]
    assert len(sids) == len(set(sids))
    assert all(sid.isalnum() for sid in sids)


@pytest.mark.parametrize("case", configs())
def test_policies_fit_and_say_where(case: str) -> None:
    for app in apps_of(configs()[case]):
        regions = {region.name for region in app.regions}
        policies = deploy_policies(app, "123456789012")
        assert max(len(compact(each)) for each in policies) <= LARGEST
        for statement in statements(policies):
            assert statement["Effect"] == "Allow"
            assert not any(action.endswith(":*") for action in listed(statement["Action"]))
            if statement["Resource"] == "*":
                wanted = statement.get("Condition", {}).get("StringEquals", {})
                where = wanted.get("aws:RequestedRegion")
                assert where is not None or service_of(statement) in {"route53", "s3", "cloudfront"}
                assert where is None or set(listed(where)) <= regions | {"us-east-1"}


def test_a_statement_too_large_is_parted() -> None:
    [app] = apps_of(configs()["examples/items"])
    names = [name for name, info in REGIONS.items() if info.partition == "aws"]
    regions = tuple(replace(app.regions[0], name=name) for name in sorted(names))
    policies = deploy_policies(replace(app, full_name="a" * 42, regions=regions), "123456789012")
    assert max(len(compact(each)) for each in policies) <= LARGEST
    functions = [each for each in statements(policies) if each["Sid"].startswith("Functions")]
    resources = [arn for each in functions for arn in listed(each["Resource"])]
    assert len(functions) > 1
    assert len(resources) == len(set(resources)) == 2 * len(names)
    sids = [each["Sid"] for each in statements(policies)]
    assert len(sids) == len(set(sids))


def statements(policies: list[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [each for policy in json.loads(json.dumps(policies)) for each in policy["Statement"]]


def listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def service_of(statement: Mapping[str, Any]) -> str:
    return listed(statement["Action"])[0].partition(":")[0]


def test_a_wildcard_is_named_as_route_53_compares_it() -> None:
    """Its proof to ACM is that of the name that it is below."""
    app = next(app for app in apps_of(configs()["wildcard"]) if app.stage == "edge")
    conditions = [
        each["Condition"] for each in statements(deploy_policies(app)) if each["Sid"] == "Records"
    ]
    names = "route53:ChangeResourceRecordSetsNormalizedRecordNames"
    assert [listed(each["ForAllValues:StringLike"][names]) for each in conditions] == [
        ["\\052.edge.example.com", "_*.edge.example.com"]
    ]
