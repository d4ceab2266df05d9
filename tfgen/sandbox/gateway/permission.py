"""Whether API Gateway may invoke a function: the function's own policy decides.

The policy of what is named counts: a statement for the function does not cover its alias, and one
for an alias does not cover the version behind it.
https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from tfgen.sandbox.iam.text import wildcards

PRINCIPAL: Final = "apigateway.amazonaws.com"

_FUNCTION: Final = re.compile(
    r"arn:aws[a-z-]*:lambda:(?P<region>[a-z0-9-]+):(?P<account>\d{12}):function:"
    r"(?P<name>[A-Za-z0-9_-]+)(?::(?P<qualifier>\$LATEST|[A-Za-z0-9_-]+))?"
)
_ACTIONS: Final = frozenset({"*", "lambda:*", "lambda:invoke*", "lambda:invokefunction"})


@dataclass(frozen=True, slots=True)
class FunctionArn:
    """What an integration invokes.

    Attributes:
        arn: the ARN as a whole.
        region: the function's region.
        account: the function's account.
        name: the function's name.
        qualifier: a version or an alias, if one is named.
    """

    arn: str
    region: str
    account: str
    name: str
    qualifier: str | None


def parse_function_arn(uri: str) -> FunctionArn | None:
    """Finds the function that the URI of an integration names.

    Args:
        uri: a function's ARN, or the ``arn:aws:apigateway:…`` that invokes one.

    Returns:
        The function; None if the URI names something else.
    """
    arn = uri
    if ":lambda:path/" in uri:
        arn = uri.partition("/functions/")[2].removesuffix("/invocations")
    found = _FUNCTION.fullmatch(arn)
    if found is None:
        return None
    return FunctionArn(
        arn=arn,
        region=found["region"],
        account=found["account"],
        name=found["name"],
        qualifier=found["qualifier"],
    )


def why_denied(function: FunctionArn, sources: Iterable[str], account: str) -> str | None:
    """Says why a function's policy keeps API Gateway out.

    Args:
        function: what is invoked.
        sources: the ARNs of the method or route that invokes it; one that is allowed is enough.
        account: the API's account.

    Returns:
        The reason; None if API Gateway may invoke it.
    """
    statements = _policy(function)
    if statements is None:
        return f"There is no function {function.arn}"
    sources = tuple(sources)
    if any(_allows(each, function, source, account) for each in statements for source in sources):
        return None
    return (
        f"The policy of {function.arn} does not let {PRINCIPAL} invoke it for {sources[0]}; "
        "add an aws_lambda_permission with that qualifier and source_arn"
    )


def _policy(function: FunctionArn) -> list[Mapping[str, Any]] | None:
    from moto.awslambda.exceptions import LambdaClientError
    from moto.awslambda.models import lambda_backends

    backend = lambda_backends[function.account][function.region]
    try:
        found = backend.get_function(function.name, function.qualifier)
    except LambdaClientError:
        return None
    # moto shares one policy among a function's versions, and tells them apart by resource.
    return list(found.policy.statements)


def _allows(statement: Mapping[str, Any], function: FunctionArn, source: str, account: str) -> bool:
    return (
        statement.get("Effect") == "Allow"
        and statement.get("Resource") == function.arn
        and any(action.lower() in _ACTIONS for action in _list(statement.get("Action")))
        and _is_api_gateway(statement.get("Principal"))
        and _conditions_hold(statement.get("Condition") or {}, source, account)
    )


def _is_api_gateway(principal: object) -> bool:
    if isinstance(principal, Mapping):
        services = _list(principal.get("Service"))
        return PRINCIPAL in services or "*" in _list(principal.get("AWS"))
    return principal in {PRINCIPAL, "*"}


def _conditions_hold(
    conditions: Mapping[str, Mapping[str, Any]], source: str, account: str
) -> bool:
    context = {"aws:sourcearn": source, "aws:sourceaccount": account}
    for operator, wanted in conditions.items():
        for key, patterns in wanted.items():
            value = context.get(key.lower())
            if value is None or not any(_holds(operator, each, value) for each in _list(patterns)):
                return False
    return True


def _holds(operator: str, pattern: str, value: str) -> bool:
    match operator:
        case "StringEquals":
            return pattern == value
        case "StringLike" | "ArnLike" | "ArnEquals":
            return (
                wildcards(pattern, per_part=operator != "StringLike").fullmatch(value) is not None
            )
        case _:
            return False


def _list(value: object) -> list[str]:
    if value is None:
        return []
    return [str(each) for each in value] if isinstance(value, (list, tuple)) else [str(value)]
