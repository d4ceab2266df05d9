"""The conditions of policies: operators, missing keys, several values, variables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from tfgen.sandbox.iam.conditions import PolicyError, compile_conditions

KEY = "aws:PrincipalArn"
ROLE = "arn:aws:iam::123456789012:role/app"


def holds(conditions: Mapping[str, Any], **context: str | tuple[str, ...]) -> bool:
    """Returns whether conditions hold; a key is written with two underscores for its colon."""
    known = {
        key.replace("__", ":").lower(): (value,) if isinstance(value, str) else value
        for key, value in context.items()
    }
    return all(each.holds(known) for each in compile_conditions(conditions, variables=True))


# The operator, what the policy wants, what the request has, whether that holds.
OPERATORS = [
    ("StringEquals", "one", "one", True),
    ("StringEquals", "one", "One", False),
    ("StringEquals", ["one", "two"], "two", True),
    ("StringEquals", "o*", "one", False),
    ("StringNotEquals", "one", "two", True),
    ("StringNotEquals", ["one", "two"], "two", False),
    ("StringEqualsIgnoreCase", "One", "oNE", True),
    ("StringNotEqualsIgnoreCase", "One", "oNE", False),
    ("StringLike", "o*e", "one", True),
    ("StringLike", "o?e", "one", True),
    ("StringLike", "o?e", "oone", False),
    ("StringLike", "O*", "one", False),
    ("StringLike", "a.c", "abc", False),
    ("StringNotLike", "o*", "one", False),
    ("StringNotLike", "o*", "two", True),
    ("NumericEquals", "10", "10.0", True),
    ("NumericEquals", 10, "10", True),
    ("NumericNotEquals", "10", "9", True),
    ("NumericLessThan", "10", "9", True),
    ("NumericLessThan", "10", "10", False),
    ("NumericLessThanEquals", "10", "10", True),
    ("NumericGreaterThan", "9", "10", True),
    ("NumericGreaterThanEquals", "10", "9", False),
    ("NumericEquals", "10", "ten", False),
    ("DateEquals", "2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z", True),
    ("DateEquals", "1767225600", "2026-01-01T00:00:00Z", True),
    ("DateNotEquals", "2026-01-01", "2026-01-01T00:00:01Z", True),
    ("DateLessThan", "2026-01-02", "2026-01-01T23:59:59Z", True),
    ("DateLessThanEquals", "2026-01-02", "2026-01-02T00:00:00Z", True),
    ("DateGreaterThan", "2026-01-02T00:00:00Z", "2026-01-01T00:00:00Z", False),
    ("DateGreaterThanEquals", "2026-01-01T00:00:00+01:00", "2025-12-31T23:00:00Z", True),
    ("Bool", "true", "true", True),
    ("Bool", True, "true", True),
    ("Bool", "TRUE", "true", True),
    ("Bool", "true", "false", False),
    ("BinaryEquals", "QmFzZTY0", "QmFzZTY0", True),
    ("IpAddress", "10.0.0.0/8", "10.1.2.3", True),
    ("IpAddress", "10.0.0.0/8", "11.1.2.3", False),
    ("IpAddress", "10.1.2.3", "10.1.2.3", True),
    ("IpAddress", "2001:db8::/32", "2001:db8::1", True),
    ("IpAddress", "10.0.0.0/8", "2001:db8::1", False),
    ("NotIpAddress", "10.0.0.0/8", "11.1.2.3", True),
    ("ArnEquals", "arn:aws:iam::*:role/a*", ROLE, True),
    ("ArnLike", "arn:aws:iam::123456789012:role/*", ROLE, True),
    ("ArnLike", "arn:*", ROLE, False),
    ("ArnLike", "arn:aws:iam::*role/app", ROLE, False),
    ("ArnNotEquals", "arn:aws:iam::*:role/other", ROLE, True),
    ("ArnNotLike", "arn:aws:iam::*:role/*", ROLE, False),
]


@pytest.mark.parametrize(("operator", "wanted", "has", "expected"), OPERATORS)
def test_operators(operator: str, wanted: Any, has: str, expected: bool) -> None:
    assert holds({operator: {KEY: wanted}}, aws__PrincipalArn=has) is expected


@pytest.mark.parametrize("operator", sorted({operator for operator, *_ in OPERATORS}))
def test_a_missing_key(operator: str) -> None:
    wanted = next(wanted for name, wanted, *_ in OPERATORS if name == operator)
    negated = "Not" in operator
    assert holds({operator: {KEY: wanted}}) is negated
    assert holds({f"{operator}IfExists": {KEY: wanted}})
    assert holds({f"ForAllValues:{operator}": {KEY: wanted}})
    assert not holds({f"ForAnyValue:{operator}": {KEY: wanted}})
    assert holds({f"ForAnyValue:{operator}IfExists": {KEY: wanted}})


@pytest.mark.parametrize(
    ("operator", "wanted", "has", "expected"),
    [
        ("ForAllValues:StringEquals", ["a", "b"], ("a",), True),
        ("ForAllValues:StringEquals", ["a", "b"], ("a", "b"), True),
        ("ForAllValues:StringEquals", ["a", "b"], ("a", "c"), False),
        ("ForAllValues:StringNotEquals", ["a", "b"], ("c", "d"), True),
        ("ForAllValues:StringNotEquals", ["a", "b"], ("a", "d"), False),
        ("ForAnyValue:StringEquals", ["a", "b"], ("c", "b"), True),
        ("ForAnyValue:StringEquals", ["a", "b"], ("c", "d"), False),
        ("ForAnyValue:StringNotEquals", ["a", "b"], ("a", "c"), True),
        ("ForAnyValue:StringNotEquals", ["a", "b"], ("a", "b"), False),
        ("ForAnyValue:StringLike", ["a*"], ("xa", "ax"), True),
        ("ForAllValues:ArnLike", ["arn:aws:iam::*:role/*"], (ROLE, ROLE), True),
    ],
)
def test_keys_with_several_values(
    operator: str, wanted: list[str], has: tuple[str, ...], expected: bool
) -> None:
    assert holds({operator: {KEY: wanted}}, aws__PrincipalArn=has) is expected


def test_null() -> None:
    assert holds({"Null": {KEY: "true"}})
    assert not holds({"Null": {KEY: True}}, aws__PrincipalArn=ROLE)
    assert holds({"Null": {KEY: "false"}}, aws__PrincipalArn=ROLE)
    assert not holds({"Null": {KEY: "false"}})


def test_all_keys_and_all_operators_have_to_hold() -> None:
    conditions = {
        "StringEquals": {"kms:EncryptionContext:app": "hello", "kms:ViaService": "ssm"},
        "Bool": {"aws:SecureTransport": "true"},
    }
    right = {"kms:EncryptionContext:app": "hello", "kms:ViaService": "ssm"}
    assert holds(conditions, **right, **{"aws:SecureTransport": "true"})
    assert not holds(conditions, **right, **{"aws:SecureTransport": "false"})
    assert not holds(conditions, **right | {"kms:ViaService": "s3"}, aws__SecureTransport="true")
    assert not holds(conditions, **right)


def test_the_names_of_keys_have_no_case() -> None:
    assert holds({"StringEquals": {"AWS:principalARN": ROLE}}, aws__PrincipalArn=ROLE)


@pytest.mark.parametrize(
    ("wanted", "has", "expected"),
    [
        ("${aws:username}", "ann", True),
        ("${AWS:UserName}", "ann", True),
        ("home/${aws:username}/x", "home/ann/x", True),
        ("${aws:username}", "${aws:username}", False),
        ("${aws:missing}", "", False),
        ("${aws:missing, 'all'}", "all", True),
        ("${aws:username, 'all'}", "ann", True),
        ("${$}{x}", "${x}", True),
    ],
)
def test_variables(wanted: str, has: str, expected: bool) -> None:
    conditions = {"StringEquals": {"s3:prefix": wanted}}
    assert holds(conditions, s3__prefix=has, aws__username="ann") is expected
    liked = {"StringLike": {"s3:prefix": wanted}}
    assert holds(liked, s3__prefix=has, aws__username="ann") is expected


def test_the_value_of_a_variable_has_no_wildcards() -> None:
    liked = {"StringLike": {"s3:prefix": "${aws:username}/*"}}
    assert holds(liked, s3__prefix="*/x", aws__username="*")
    assert not holds(liked, s3__prefix="ann/x", aws__username="*")
    assert holds({"StringLike": {"s3:prefix": "a${*}b${?}"}}, s3__prefix="a*b?")
    assert not holds({"StringLike": {"s3:prefix": "a${*}b${?}"}}, s3__prefix="axbx")


def test_old_policies_have_no_variables() -> None:
    (clause,) = compile_conditions(
        {"StringEquals": {"s3:prefix": "${aws:username}"}}, variables=False
    )
    assert clause.holds({"s3:prefix": ("${aws:username}",), "aws:username": ("ann",)})


@pytest.mark.parametrize(
    "conditions",
    [
        {"StringMatches": {KEY: "x"}},
        {"stringequals": {KEY: "x"}},
        {"ForSomeValues:StringEquals": {KEY: "x"}},
        {"ForAnyValue:Matches": {KEY: "x"}},
        {"NullIfExists": {KEY: "true"}},
        {"Null": {KEY: "yes"}},
        {"NumericEquals": {KEY: "ten"}},
        {"DateLessThan": {KEY: "tomorrow"}},
        {"IpAddress": {KEY: "10.0.0.0/99"}},
        {"StringEquals": {KEY: None}},
        {"StringEquals": {KEY: {"nested": "x"}}},
        {"StringEquals": "x"},
        ["StringEquals"],
    ],
)
def test_what_iam_does_not_know_is_refused(conditions: Any) -> None:
    with pytest.raises(PolicyError):
        compile_conditions(conditions, variables=True)
