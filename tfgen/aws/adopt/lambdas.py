"""Lambda functions, aliases, permissions and URLs that a broken run left behind."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

from tfgen.aws.adopt.evidence import as_planned, created_since, has_tags
from tfgen.aws.adopt.planned import PlannedResource, text
from tfgen.aws.session import Aws

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient


def find_function(aws: Aws, resource: PlannedResource, since: datetime) -> str | None:
    """Finds a function by its name, role, tags and the times of its versions.

    Lambda does not tell when a function was created, only when each version was last changed: if
    one of them is older than the broken run, the function is too.

    Import ID: the name
    (https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/lambda_function#import).
    """
    name = text(resource, "function_name")
    if name is None:
        return None
    client = aws.client("lambda", resource.region)
    try:
        function = client.get_function(FunctionName=name)
        oldest = min(_version_times(client, name))
    except client.exceptions.ResourceNotFoundException:
        return None
    found = (
        as_planned(resource, {"role": function["Configuration"].get("Role")})
        and created_since(oldest, since)
        and has_tags(resource, function.get("Tags", {}))
    )
    return name if found else None


def find_alias(aws: Aws, resource: PlannedResource, _since: datetime) -> str | None:
    """Finds an alias by its function, name and version; Lambda tells no time for it.

    Import ID: function and alias, with a slash
    (https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/lambda_alias#import).
    """
    function, name = text(resource, "function_name"), text(resource, "name")
    if function is None or name is None:
        return None
    client = aws.client("lambda", resource.region)
    try:
        alias = client.get_alias(FunctionName=function, Name=name)
    except client.exceptions.ResourceNotFoundException:
        return None
    found = as_planned(resource, {"function_version": alias["FunctionVersion"]})
    return f"{function}/{name}" if found else None


def find_permission(aws: Aws, resource: PlannedResource, _since: datetime) -> str | None:
    """Finds a statement by its ID, principal, action and source in the policy of its function.

    Import ID: function and statement, with a slash; a qualifier follows the function after a colon
    (https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/lambda_permission#import).
    """
    function, statement_id = text(resource, "function_name"), text(resource, "statement_id")
    if function is None or statement_id is None:
        return None
    qualifier = text(resource, "qualifier")
    client = aws.client("lambda", resource.region)
    try:
        policy = (
            client.get_policy(FunctionName=function, Qualifier=qualifier)
            if qualifier
            else client.get_policy(FunctionName=function)
        )
    except client.exceptions.ResourceNotFoundException:
        return None
    target = f"{function}:{qualifier}" if qualifier else function
    for statement in json.loads(policy["Policy"])["Statement"]:
        if statement.get("Sid") == statement_id and _grants_as_planned(resource, statement):
            return f"{target}/{statement_id}"
    return None


def find_function_url(aws: Aws, resource: PlannedResource, since: datetime) -> str | None:
    """Finds a URL by its function and alias, authorization and time.

    Import ID: the function's name; an alias follows it after a slash
    (https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/lambda_function_url#import).
    """
    function = text(resource, "function_name")
    if function is None:
        return None
    qualifier = text(resource, "qualifier")
    client = aws.client("lambda", resource.region)
    try:
        url = (
            client.get_function_url_config(FunctionName=function, Qualifier=qualifier)
            if qualifier
            else client.get_function_url_config(FunctionName=function)
        )
    except client.exceptions.ResourceNotFoundException:
        return None
    found = as_planned(resource, {"authorization_type": url["AuthType"]}) and created_since(
        datetime.fromisoformat(url["CreationTime"]), since
    )
    if not found:
        return None
    return f"{function}/{qualifier}" if qualifier else function


def _version_times(client: LambdaClient, name: str) -> list[datetime]:
    pages = client.get_paginator("list_versions_by_function").paginate(FunctionName=name)
    return [
        datetime.fromisoformat(version["LastModified"])
        for page in pages
        for version in page["Versions"]
    ]


def _grants_as_planned(resource: PlannedResource, statement: dict[str, Any]) -> bool:
    principal = statement["Principal"]
    if isinstance(principal, dict):
        principal = principal.get("Service", principal.get("AWS"))
    source = statement.get("Condition", {}).get("ArnLike", {}).get("AWS:SourceArn")
    return as_planned(
        resource,
        {"action": statement["Action"], "principal": principal, "source_arn": source},
    )
