"""S3: a bucket's policy applies as far as the sandbox can tell.

moto takes a condition that it cannot check for a refusal, so that the usual statement against
requests without TLS keeps everybody out, and so does one against a single role. What reaches the
sandbox stands for a request over TLS from the account itself; a statement with any other condition
does not count.
https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from tfgen.sandbox.patches.expect import expect_attributes, expect_method

if TYPE_CHECKING:
    from moto.s3.models import FakeBucket

_TLS: Final = "aws:securetransport"


def patch() -> None:
    """Changes moto's S3.

    Raises:
        TfgenError: moto does not have what this builds on.
    """
    from moto.iam.access_control import IAMPolicy, PermissionResult
    from moto.s3.models import FakeBucket, s3_backends

    expect_method(FakeBucket, "get_permission", "action", "resource")
    expect_method(
        IAMPolicy,
        "is_action_permitted",
        *("action", "resource", "principal", "incoming_condition_values"),
    )
    bucket = FakeBucket("bucket", "123456789012", "us-east-1")  # type: ignore[abstract]
    expect_attributes(bucket, "policy")
    # Making one has told moto that it exists.
    del s3_backends.bucket_accounts["bucket"]

    def get_permission(self: FakeBucket, action: str, resource: str) -> Any:
        policy = json.loads(self.policy or b"{}")
        statements = policy.get("Statement", [])
        counting = [
            {name: value for name, value in statement.items() if name != "Condition"}
            for statement in ([statements] if isinstance(statements, dict) else statements)
            if _holds(statement.get("Condition") or {})
            and _concerns_everybody(statement.get("Principal"))
        ]
        if not counting:
            return PermissionResult.NEUTRAL
        document = json.dumps(policy | {"Statement": counting})
        return IAMPolicy(document).is_action_permitted(action, resource)

    FakeBucket.get_permission = get_permission  # type: ignore[method-assign]


def _concerns_everybody(principal: object) -> bool:
    """Returns whether a statement is about all; `tfgen.sandbox.iam` sees to those about some."""
    named = principal.get("AWS") if isinstance(principal, dict) else principal
    return "*" in (named if isinstance(named, list) else [named])


def _holds(conditions: Mapping[str, Mapping[str, Any]]) -> bool:
    return all(
        operator == "Bool" and key.lower() == _TLS and _truths(values) == {"true"}
        for operator, wanted in conditions.items()
        for key, values in wanted.items()
    )


def _truths(values: object) -> set[str]:
    return {str(each).lower() for each in (values if isinstance(values, list) else [values])}
