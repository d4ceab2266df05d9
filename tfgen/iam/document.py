"""IAM policies as data, and as the JSON that IAM takes.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

Document = Mapping[str, Any]
"""A policy as IAM takes it, before it becomes JSON."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition of a statement: an operator, a condition key, and values to compare."""

    test: str
    variable: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement of a policy.

    Attributes:
        sid: its name; empty is none.
        actions: for example ``kms:Decrypt``.
        resources: ARNs, or ``*``.
        conditions: all have to hold.
    """

    sid: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    conditions: tuple[Condition, ...] = ()
    effect: Literal["Allow", "Deny"] = "Allow"


def document(statements: Iterable[Statement], *, by_terraform: bool = False) -> Document:
    """Returns a policy.

    Args:
        statements: in order.
        by_terraform: sort the lists as Terraform's AWS provider does, so that the policy is the
            same as the one that the provider gives to IAM: from Z to A.
            https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/iam_policy_document
    """
    said = [_said(each, reverse=by_terraform) for each in statements]
    return {"Version": "2012-10-17", "Statement": said}


def compact(policy: Document) -> str:
    """Returns a policy as JSON without white space, of which IAM counts none."""
    return json.dumps(policy, separators=(",", ":"), ensure_ascii=False)


def _said(statement: Statement, *, reverse: bool) -> Document:
    said: dict[str, Any] = {"Sid": statement.sid} if statement.sid else {}
    said |= {
        "Effect": statement.effect,
        "Action": _one_or_more(sorted(set(statement.actions), reverse=reverse)),
        "Resource": _one_or_more(sorted(set(statement.resources), reverse=reverse)),
    }
    if statement.conditions:
        said["Condition"] = _conditions(statement.conditions)
    return said


def _conditions(conditions: Sequence[Condition]) -> Document:
    said: dict[str, dict[str, Any]] = {}
    for each in sorted(conditions, key=lambda each: (each.test, each.variable)):
        values = list(dict.fromkeys(each.values))
        said.setdefault(each.test, {})[each.variable] = _one_or_more(values)
    return said


def _one_or_more(texts: list[str]) -> str | list[str]:
    return texts[0] if len(texts) == 1 else texts
