"""What has a name of ours already: which of it is ours, and what would import the rest."""

from __future__ import annotations

from typing import Any

import pytest

from tests.aws.test_adopt_function import NAME, REGION, make_function
from tests.aws.test_adopt_registry import created_types
from tfgen.aws.adopt import FINDERS, PlannedResource
from tfgen.aws.adopt.existing import (
    ADOPTED,
    EXPLAINED,
    NAMED,
    NEVER_TAKEN,
    SOUGHT,
    found_by_name,
    import_id,
    left_over,
)
from tfgen.aws.session import Aws

GROUP = f"/aws/lambda/{NAME}"
ACCESS_LOGS = f"/aws/vendedlogs/apigateway/{NAME}"
ARN = f"arn:aws:lambda:{REGION}:123456789012:function:{NAME}"


def planned(kind: str, **values: Any) -> PlannedResource:
    return PlannedResource(f"module.eu_west_2.{kind}.this", kind, REGION, values)


def group(name: str = GROUP, **values: Any) -> PlannedResource:
    return planned("aws_cloudwatch_log_group", name=name, **values)


def test_every_type_of_the_library_goes_one_way() -> None:
    ways = [NAMED.keys(), SOUGHT, EXPLAINED.keys(), NEVER_TAKEN.keys()]
    assert sum(map(len, ways)) == len(set[str]().union(*ways))
    assert created_types() == set[str]().union(*ways)
    assert NAMED.keys() >= ADOPTED
    assert FINDERS.keys() >= SOUGHT


@pytest.mark.parametrize("name", [GROUP, ACCESS_LOGS])
def test_a_log_group_of_a_function_that_is_gone_is_ours(aws: Aws, name: str) -> None:
    assert left_over(aws, group(name), ()) is None
    aws.client("logs", REGION).create_log_group(logGroupName=name)
    assert left_over(aws, group(name, tags_all={"team": "edge"}), ()) == name
    assert left_over(aws, group(name, region=REGION), ()) == f"{name}@{REGION}"


def test_a_log_group_is_the_one_of_its_very_name(aws: Aws) -> None:
    aws.client("logs", REGION).create_log_group(logGroupName=f"{GROUP}-next")
    assert left_over(aws, group(), ()) is None


@pytest.mark.parametrize(("tags", "ours"), [({"team": "edge"}, True), ({"team": "shop"}, False)])
def test_a_log_group_with_tags_is_ours_by_them(aws: Aws, tags: dict[str, str], ours: bool) -> None:
    aws.client("logs", REGION).create_log_group(logGroupName=GROUP, tags=tags)
    found = left_over(aws, group(tags_all={"team": "edge"}), ())
    assert found == (GROUP if ours else None)


def test_a_log_group_of_a_function_that_no_state_knows_is_not_ours(aws: Aws) -> None:
    aws.client("logs", REGION).create_log_group(logGroupName=GROUP)
    make_function(aws)
    assert left_over(aws, group(), ()) is None
    assert left_over(aws, group(), (ARN,)) == GROUP
    assert import_id(aws, group()) == GROUP


def test_nothing_else_is_taken_unasked(aws: Aws) -> None:
    make_function(aws)
    assert left_over(aws, planned("aws_lambda_function", function_name=NAME, name=NAME), ()) is None


@pytest.mark.parametrize(
    ("resource", "identifier"),
    [
        (planned("aws_iam_role", name="hello"), "hello"),
        (planned("aws_lambda_function", function_name="hello", region=REGION), f"hello@{REGION}"),
        (planned("aws_lambda_alias", function_name="hello", name="live"), "hello/live"),
        (planned("aws_lambda_alias", name="live"), None),
        (
            planned(
                "aws_lambda_permission", function_name="hello", qualifier="live", statement_id="Api"
            ),
            "hello:live/Api",
        ),
        (planned("aws_kms_alias", name="alias/hello"), "alias/hello"),
        (planned("aws_api_gateway_domain_name", domain_name="*.example.com"), "*.example.com"),
        (planned("aws_acm_certificate", domain_name="example.com"), None),
    ],
)
def test_the_rest_is_named_by_its_import_id(
    aws: Aws, resource: PlannedResource, identifier: str | None
) -> None:
    assert import_id(aws, resource) == identifier


def test_a_queue_is_named_by_its_url_however_old_it_is(aws: Aws) -> None:
    resource = planned("aws_sqs_queue", name="late")
    assert import_id(aws, resource) is None
    url = aws.client("sqs", REGION).create_queue(QueueName="late")["QueueUrl"]
    assert import_id(aws, resource) == url


def test_what_the_apply_did_not_come_to_is_found_by_its_name_and_tags(aws: Aws) -> None:
    resource = planned("aws_lambda_function", function_name=NAME, tags_all={"team": "edge"})
    assert found_by_name(aws, resource) is None
    make_function(aws)
    assert found_by_name(aws, resource) == NAME
    other = planned("aws_lambda_function", function_name=NAME, tags_all={"team": "shop"})
    assert found_by_name(aws, other) is None
    assert found_by_name(aws, planned("aws_kms_key", description=NAME)) is None
