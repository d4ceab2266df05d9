"""Whether a request is allowed: identities' and resources' policies, boundaries, sessions."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from tfgen.sandbox.iam.conditions import PolicyError
from tfgen.sandbox.iam.evaluation import Access, Identity, why_refused
from tfgen.sandbox.iam.policy import Policy, Principal, parse_policy

ROLE = "arn:aws:iam::123456789012:role/app"
SESSION = "arn:aws:sts::123456789012:assumed-role/app/hello"
ROOT = "arn:aws:iam::123456789012:root"
KEY = "arn:aws:kms:eu-west-2:123456789012:key/1"
TABLE = "arn:aws:dynamodb:eu-west-2:123456789012:table/items"
CALLER = Principal(SESSION, ROLE, "123456789012")

NO_IDENTITY = "because no identity-based policy allows the {} action"
NO_RESOURCE = "because no resource-based policy allows the {} action"


def policy(*statements: Mapping[str, Any], version: str = "2012-10-17") -> Policy:
    return parse_policy(json.dumps({"Version": version, "Statement": list(statements)}))


def allow(action: Any = "*", resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action: Any = "*", resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {**allow(action, resource, **more), "Effect": "Deny"}


def identity(*policies: Policy, **more: Any) -> Identity:
    return Identity(CALLER, policies, **more)


def is_allowed(statement: Mapping[str, Any], action: str, resource: str, **context: str) -> bool:
    known = {key.replace("__", ":"): (value,) for key, value in context.items()}
    return why_refused(identity(policy(statement)), Access(action, resource), known) is None


@pytest.mark.parametrize(
    ("wanted", "action", "expected"),
    [
        ("dynamodb:GetItem", "dynamodb:GetItem", True),
        ("DynamoDB:getitem", "dynamodb:GetItem", True),
        ("dynamodb:GetItem", "dynamodb:GetItems", False),
        ("dynamodb:Get*", "dynamodb:GetItem", True),
        ("dynamodb:*Item", "dynamodb:BatchGetItem", True),
        ("dynamodb:?etItem", "dynamodb:GetItem", True),
        ("dynamodb:?tItem", "dynamodb:GetItem", False),
        ("*", "dynamodb:GetItem", True),
        ("*:GetItem", "dynamodb:GetItem", True),
        ("dynamodb", "dynamodb:GetItem", False),
        (["kms:*", "dynamodb:GetItem"], "dynamodb:GetItem", True),
        ([], "dynamodb:GetItem", False),
    ],
)
def test_actions(wanted: Any, action: str, expected: bool) -> None:
    assert is_allowed(allow(wanted), action, TABLE) is expected
    other = {"Effect": "Allow", "NotAction": wanted, "Resource": "*"}
    assert is_allowed(other, action, TABLE) is not expected


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (TABLE, True),
        (TABLE.upper(), False),
        (f"{TABLE}/index/*", False),
        (f"{TABLE}*", True),
        ("arn:aws:dynamodb:*:123456789012:table/items", True),
        ("arn:aws:dynamodb:*:*:table/it?ms", True),
        ("arn:aws:dynamodb:us-west-2:123456789012:table/items", False),
        ("arn:aws:dynamodb:eu-west-2:123456789012:table/item", False),
        ("arn:aws:dynamodb:eu-west-2:123456789012:table/${aws:PrincipalTag/table}", True),
        ("arn:aws:dynamodb:eu-west-2:123456789012:table/${aws:PrincipalTag/none}", False),
        ("arn:aws:dynamodb:eu-west-2:123456789012:table/${aws:PrincipalTag/n, 'items'}", True),
        (["arn:aws:s3:::b", TABLE], True),
        ("*", True),
    ],
)
def test_resources(wanted: Any, expected: bool) -> None:
    tag = {"aws:principaltag/table": "items"}
    assert is_allowed(allow("*", wanted), "dynamodb:GetItem", TABLE, **tag) is expected
    other = {"Effect": "Allow", "Action": "*", "NotResource": wanted}
    assert is_allowed(other, "dynamodb:GetItem", TABLE, **tag) is not expected


def test_a_variable_is_a_text_like_any_other_in_an_old_policy() -> None:
    old = policy(allow("*", "arn:aws:s3:::${aws:username}"), version="2008-10-17")
    known = {"aws:username": ("ann",)}
    access = Access("s3:GetObject", "arn:aws:s3:::ann")
    assert why_refused(identity(old), access, known) is not None
    literal = Access("s3:GetObject", "arn:aws:s3:::${aws:username}")
    assert why_refused(identity(old), literal, known) is None


def test_nothing_is_allowed_that_nobody_allows() -> None:
    why = why_refused(identity(), Access("kms:ListKeys", "*"), {})
    assert why == NO_IDENTITY.format("kms:ListKeys")


def test_the_policies_of_an_identity_add_up_and_a_deny_wins() -> None:
    both = identity(policy(allow("s3:GetObject")), policy(allow("s3:PutObject")))
    for action in ("s3:GetObject", "s3:PutObject"):
        assert why_refused(both, Access(action, "*"), {}) is None
    three = identity(*both.policies, policy(deny("s3:Put*")))
    why = why_refused(three, Access("s3:PutObject", "*"), {})
    assert why == "with an explicit deny in an identity-based policy"
    assert why_refused(three, Access("s3:GetObject", "*"), {}) is None


def test_a_boundary_limits_and_gives_nothing() -> None:
    boundary = policy(allow("s3:*"))
    access = Access("kms:Decrypt", "*")
    everything = identity(policy(allow()), boundary=boundary)
    why = why_refused(everything, access, {})
    assert why == "because no permissions boundary allows the kms:Decrypt action"
    assert why_refused(everything, Access("s3:GetObject", "*"), {}) is None
    why = why_refused(identity(boundary=boundary), Access("s3:GetObject", "*"), {})
    assert why == NO_IDENTITY.format("s3:GetObject")
    denying = identity(policy(allow()), boundary=policy(allow(), deny("kms:*")))
    assert why_refused(denying, access, {}) == "with an explicit deny in a permissions boundary"


def test_a_session_policy_narrows() -> None:
    narrowed = identity(policy(allow()), session=policy(allow("s3:*")))
    why = why_refused(narrowed, Access("kms:Decrypt", "*"), {})
    assert why == "because no session policy allows the kms:Decrypt action"
    assert why_refused(narrowed, Access("s3:GetObject", "*"), {}) is None


# Who is named in the key's policy; whether IAM allows; the reason, {} is the action.
KEYS = [
    ({"AWS": ROOT}, True, None),
    ({"AWS": "123456789012"}, True, None),
    ({"AWS": ROOT}, False, NO_IDENTITY),
    ({"AWS": ROLE}, False, None),
    ({"AWS": SESSION}, False, None),
    ({"AWS": ["arn:aws:iam::123456789012:user/x", ROLE]}, False, None),
    ({"AWS": "*"}, False, None),
    ("*", False, None),
    ({"AWS": "arn:aws:iam::123456789012:role/other"}, True, NO_RESOURCE),
    ({"AWS": "arn:aws:iam::999999999999:root"}, True, NO_RESOURCE),
    ({"Service": "lambda.amazonaws.com"}, True, NO_RESOURCE),
]


@pytest.mark.parametrize(("principal", "iam", "expected"), KEYS)
def test_the_policy_of_a_key_decides(principal: Any, iam: bool, expected: str | None) -> None:
    key = policy(allow("kms:*", Principal=principal))
    caller = identity(policy(allow("kms:Decrypt"))) if iam else identity()
    access = Access("kms:Decrypt", KEY, policy=key, must_be_named=True)
    why = why_refused(caller, access, {})
    assert why == (expected.format("kms:Decrypt") if expected else None)


def test_a_key_leaves_to_iam_only_what_its_statement_says() -> None:
    caller = identity(policy(allow("kms:*")))
    key = policy(
        allow(
            ["kms:Encrypt", "kms:Decrypt"],
            Principal={"AWS": ROOT},
            Condition={"StringEquals": {"kms:EncryptionContext:app": "hello"}},
        )
    )

    def why(action: str, app: str) -> str | None:
        context = {"kms:encryptioncontext:app": (app,)}
        access = Access(action, KEY, context, key, must_be_named=True)
        return why_refused(caller, access, {})

    assert why("kms:Decrypt", "hello") is None
    assert why("kms:Decrypt", "other") == NO_RESOURCE.format("kms:Decrypt")
    assert why("kms:DescribeKey", "hello") == NO_RESOURCE.format("kms:DescribeKey")


def test_a_key_without_a_policy_lets_nobody_in() -> None:
    access = Access("kms:Decrypt", KEY, must_be_named=True)
    why = why_refused(identity(policy(allow())), access, {})
    assert why == NO_RESOURCE.format("kms:Decrypt")


def test_a_grant_lets_in_unless_somebody_denies() -> None:
    access = Access("kms:Decrypt", KEY, must_be_named=True, granted=True)
    assert why_refused(identity(), access, {}) is None
    assert why_refused(identity(policy(deny("kms:*"))), access, {}) is not None


@pytest.mark.parametrize("principal", ["*", {"AWS": ROOT}, {"AWS": ROLE}, {"AWS": [SESSION]}])
def test_a_resource_denies_all_that_it_names(principal: Any) -> None:
    bucket = policy(allow(Principal="*"), deny("s3:Put*", Principal=principal))
    caller = identity(policy(allow()))
    why = why_refused(caller, Access("s3:PutObject", "*", policy=bucket), {})
    assert why == "with an explicit deny in a resource-based policy"
    assert why_refused(caller, Access("s3:GetObject", "*", policy=bucket), {}) is None


def test_elsewhere_either_policy_is_enough() -> None:
    queue = policy(allow("sqs:SendMessage", Principal={"AWS": ROLE}))
    access = Access("sqs:SendMessage", "*", policy=queue)
    assert why_refused(identity(), access, {}) is None
    other = policy(allow("sqs:SendMessage", Principal={"Service": "sns.amazonaws.com"}))
    access = Access("sqs:SendMessage", "*", policy=other)
    assert why_refused(identity(policy(allow())), access, {}) is None
    assert why_refused(identity(), access, {}) == NO_IDENTITY.format("sqs:SendMessage")


def test_a_boundary_limits_what_a_resource_gives_to_a_role_and_not_to_a_session() -> None:
    boundary = policy(allow("s3:*"))
    for principal, expected in ((ROLE, False), (SESSION, True)):
        queue = policy(allow("sqs:*", Principal={"AWS": principal}))
        access = Access("sqs:SendMessage", "*", policy=queue)
        assert (why_refused(identity(boundary=boundary), access, {}) is None) is expected


def test_not_principal() -> None:
    bucket = policy({**deny("s3:*"), "NotPrincipal": {"AWS": [ROLE]}})
    access = Access("s3:GetObject", "*", policy=bucket)
    assert why_refused(identity(policy(allow())), access, {}) is None
    other = Identity(Principal("arn:u", "arn:u", "123456789012"), (policy(allow()),))
    assert why_refused(other, access, {}) == "with an explicit deny in a resource-based policy"


def test_without_a_known_resource_the_action_decides() -> None:
    access = Access("sns:Publish", None)

    def is_refused(*statements: Mapping[str, Any]) -> bool:
        known = {"aws:requestedregion": ("eu-west-2",)}
        return why_refused(identity(policy(*statements)), access, known) is not None

    one = "arn:aws:sns:eu-west-2:123456789012:one"
    here = {"StringEquals": {"aws:RequestedRegion": "eu-west-2"}}
    elsewhere = {"StringEquals": {"aws:RequestedRegion": "us-west-2"}}
    unknown = {"StringEquals": {"sns:Protocol": "https"}}
    assert not is_refused(allow("sns:Publish", one))
    assert not is_refused(allow("sns:*", one, Condition=here))
    assert not is_refused(allow("sns:*", one, Condition=unknown))
    assert is_refused(allow("sns:Subscribe", one))
    assert is_refused(allow("sns:*", one, Condition=elsewhere))
    assert is_refused(allow(), deny("sns:Publish"))
    assert is_refused(allow(), deny("sns:Publish", Condition=here))
    assert not is_refused(allow(), deny("sns:Publish", one))
    assert not is_refused(allow(), deny("sns:Publish", Condition=unknown))


@pytest.mark.parametrize(
    "document",
    [
        "{",
        "[]",
        '{"Version": "2020-01-01", "Statement": []}',
        '{"Statement": ["x"]}',
        '{"Statement": {"Effect": "allow", "Action": "*", "Resource": "*"}}',
        '{"Statement": {"Effect": "Allow", "Resource": "*"}}',
        '{"Statement": {"Effect": "Allow", "Action": 1, "Resource": "*"}}',
        '{"Statement": {"Effect": "Allow", "Action": "*", "NotAction": "*", "Resource": "*"}}',
        '{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*", "Conditions": {}}}',
        '{"Statement": {"Effect": "Allow", "Action": "*", "Principal": {"AMS": "*"}}}',
        '{"Statement": {"Effect": "Allow", "Action": "*", "Principal": "x"}}',
        '{"Statement": {"Effect": "Allow", "Action": "*", "Condition": {"Like": {"a": "b"}}}}',
    ],
)
def test_what_is_no_policy_is_refused(document: str) -> None:
    with pytest.raises(PolicyError):
        parse_policy(document)


def test_one_statement_needs_no_list() -> None:
    one = parse_policy('{"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}')
    assert why_refused(identity(one), Access("s3:GetObject", "*"), {}) is None


def test_the_same_text_is_read_once() -> None:
    assert policy(allow("s3:*")) is policy(allow("s3:*"))
