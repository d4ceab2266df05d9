"""Finds existing resources that have the names of a stage's, and returns how to import them.

An apply fails when a name is taken. What an earlier deployment of the app has left is in no state,
and every apply would fail on it again. A log group can be proved to be such a leftover. Everything
else may still be in another state, so the user decides whether to import it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Final

from tfgen.aws.adopt.evidence import has_tags
from tfgen.aws.adopt.logs import group_tags
from tfgen.aws.adopt.planned import PlannedResource, text
from tfgen.aws.adopt.registry import FINDERS, NOTHING_TO_ADOPT
from tfgen.aws.session import Aws

ADOPTED: Final = frozenset({"aws_cloudwatch_log_group"})
"""The types that are taken into the state if they are left over."""

_EVER: Final = datetime(1970, 1, 2, tzinfo=UTC)


def _joined(separator: str, *attributes: str) -> Callable[[PlannedResource], str | None]:
    def identifier(resource: PlannedResource) -> str | None:
        parts = [text(resource, attribute) for attribute in attributes]
        return separator.join(part for part in parts if part) if all(parts) else None

    return identifier


def _permission(resource: PlannedResource) -> str | None:
    statement = text(resource, "statement_id")
    target = _joined(":", "function_name", "qualifier")(resource)
    return f"{target}/{statement}" if target and statement else None


# The import IDs are those that the functions in FINDERS say.
NAMED: Final[Mapping[str, Callable[[PlannedResource], str | None]]] = MappingProxyType(
    {
        "aws_api_gateway_domain_name": _joined("", "domain_name"),
        "aws_cloudwatch_log_group": _joined("", "name"),
        "aws_dynamodb_table": _joined("", "name"),
        "aws_iam_role": _joined("", "name"),
        "aws_kms_alias": _joined("", "name"),
        "aws_lambda_alias": _joined("/", "function_name", "name"),
        "aws_lambda_function": _joined("", "function_name"),
        "aws_lambda_function_url": _joined("/", "function_name", "qualifier"),
        "aws_lambda_permission": _permission,
        "aws_s3_bucket": _joined("", "bucket"),
    }
)
"""Type → the import ID that its planned name leads to."""

SOUGHT: Final = frozenset(
    {
        "aws_api_gateway_base_path_mapping",
        "aws_api_gateway_stage",
        "aws_apigatewayv2_api_mapping",
        "aws_apigatewayv2_authorizer",
        "aws_apigatewayv2_route",
        "aws_apigatewayv2_stage",
        "aws_sqs_queue",
        "aws_vpc_security_group_ingress_rule",
    }
)
"""The types whose import ID only AWS knows, or whose name says nothing without what it holds."""

EXPLAINED: Final[Mapping[str, str]] = MappingProxyType(
    {
        "aws_route53_record": (
            "the error names the record and `allow_overwrite_records`, which takes it over"
        )
    }
)
"""Type → what is said of one that is there, in the place of how to import it."""

_ANOTHER: Final = "AWS gives it an ID, and makes another one beside it"
_IN_PLACE: Final = "its create puts it in the place of what is there"

NEVER_TAKEN: Final[Mapping[str, str]] = MappingProxyType(
    {
        **NOTHING_TO_ADOPT,
        "aws_acm_certificate": _ANOTHER,
        "aws_api_gateway_deployment": _ANOTHER,
        "aws_api_gateway_rest_api": _ANOTHER,
        "aws_apigatewayv2_api": _ANOTHER,
        "aws_apigatewayv2_integration": _ANOTHER,
        "aws_kms_key": _ANOTHER,
        "aws_route53_health_check": _ANOTHER,
        "aws_route53_zone": _ANOTHER,
        "aws_cloudwatch_metric_alarm": _IN_PLACE,
        "aws_iam_role_policy": _IN_PLACE,
        "aws_iam_role_policy_attachment": _IN_PLACE,
        "aws_s3_object": _IN_PLACE,
    }
)
"""Type → why its create never fails on what is there."""


def left_over(aws: Aws, resource: PlannedResource, functions: Collection[str]) -> str | None:
    """Returns the import ID of what an earlier deployment of the app has left.

    A log group is ours if it is named after a function that does not exist any more or is this
    stage's, and has either no tags, as Lambda makes it for a late request, or the planned ones.
    Where the function exists and is in no state that is known here, another state may have both.

    Args:
        aws: the account.
        resource: what could not be created.
        functions: the ARNs of the functions in the stage's state.

    Returns:
        None if nothing is there, or nothing that is provably ours.

    Raises:
        TfgenError: AWS cannot be asked.
    """
    name = text(resource, "name")
    if resource.type not in ADOPTED or name is None:
        return None
    actual = group_tags(aws, resource.region, name)
    if actual is None or not has_tags(resource, actual, or_none=True):
        return None
    client = aws.client("lambda", resource.region)
    try:
        found = client.get_function(FunctionName=name.rpartition("/")[2])["Configuration"]
    except client.exceptions.ResourceNotFoundException:
        return _of_region(resource, name)
    return _of_region(resource, name) if found["FunctionArn"] in functions else None


def import_id(aws: Aws, resource: PlannedResource) -> str | None:
    """Returns the import ID of what has a resource's name already, also if it is not ours.

    Args:
        aws: the account, for a record that of its zone.
        resource: what could not be created.

    Raises:
        TfgenError: several things fit, or AWS cannot be asked.
    """
    if resource.type in NAMED:
        return _of_region(resource, NAMED[resource.type](resource))
    finder = FINDERS[resource.type] if resource.type in SOUGHT else None
    return _of_region(resource, finder(aws, resource, _EVER)) if finder else None


def found_by_name(aws: Aws, resource: PlannedResource) -> str | None:
    """Returns what would import the thing that has a planned name, tags and settings already.

    Args:
        aws: the account.
        resource: what is yet to be created.

    Raises:
        TfgenError: AWS cannot be asked.
    """
    if resource.type not in NAMED or FINDERS[resource.type](aws, resource, _EVER) is None:
        return None
    return _of_region(resource, NAMED[resource.type](resource))


def _of_region(resource: PlannedResource, identifier: str | None) -> str | None:
    region = text(resource, "region")
    return f"{identifier}@{region}" if identifier and region else identifier
