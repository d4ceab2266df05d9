"""Who calls: users, groups, sessions of roles, and credentials that nobody has."""

from __future__ import annotations

import json
from typing import Any

from tests.sandbox.conftest import REGION
from tests.sandbox.iam.people import ACCOUNT, Person, client, document, failure, owner, refused
from tfgen.aws.session import Aws
from tfgen.sandbox.client import Client
from tfgen.sandbox.lifecycle import Running


def test_roles_are_assumed_by_whom_they_trust(aws: Aws, endpoint: str) -> None:
    iam, person = owner(endpoint, "iam"), Person(aws, "ann")
    sts = person.client("sts")

    def trusted(principal: Any, **more: Any) -> str:
        statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal, **more}
        return json.dumps({"Version": "2012-10-17", "Statement": [statement]})

    made = iam.create_role(
        RoleName="deploy", AssumeRolePolicyDocument=trusted({"Service": "lambda.amazonaws.com"})
    )
    asked = {"RoleArn": made["Role"]["Arn"], "RoleSessionName": "me"}
    person.may({"Action": "sts:AssumeRole", "Resource": made["Role"]["Arn"]})
    said = refused(sts.assume_role, **asked)
    assert said.endswith("because no resource-based policy allows the sts:AssumeRole action")
    external = {"StringEquals": {"sts:ExternalId": "xyz"}}
    iam.update_assume_role_policy(
        RoleName="deploy",
        PolicyDocument=trusted({"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, Condition=external),
    )
    refused(sts.assume_role, **asked)
    keys = sts.assume_role(**asked, ExternalId="xyz")["Credentials"]
    person.may({"Action": "s3:*"})
    refused(sts.assume_role, **asked, ExternalId="xyz")

    def session(service: str, token: str) -> Any:
        key = keys["AccessKeyId"], keys["SecretAccessKey"], token
        return client(endpoint, service, *key, region=REGION)

    assumed = session("sts", keys["SessionToken"]).get_caller_identity()["Arn"]
    assert assumed == f"arn:aws:sts::{ACCOUNT}:assumed-role/deploy/me"
    said = refused(session("kms", keys["SessionToken"]).list_keys)
    assert said.startswith(f"User: {assumed} is not authorized")
    rights = document({"Action": "kms:*"})
    iam.put_role_policy(RoleName="deploy", PolicyName="p", PolicyDocument=rights)
    session("kms", keys["SessionToken"]).list_keys()
    code, message = failure(session("kms", "another").list_keys)
    assert (code, message) == (
        "UnrecognizedClientException",
        "The security token included in the request is invalid.",
    )


def test_a_session_can_be_narrowed_and_a_role_bounded(endpoint: str) -> None:
    iam = owner(endpoint, "iam")
    role = iam.create_role(RoleName="deploy", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    iam.attach_role_policy(
        RoleName="deploy", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess"
    )

    def session(**more: str) -> Any:
        sts = owner(endpoint, "sts")
        keys = sts.assume_role(RoleArn=role, RoleSessionName="me", **more)["Credentials"]
        key = keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"]
        return client(endpoint, "kms", *key, region=REGION)

    session().list_keys()
    only = document({"Action": "s3:*"})
    said = refused(session(Policy=only).list_keys)
    assert said.endswith("because no session policy allows the kms:ListKeys action")
    bound = iam.create_policy(PolicyName="bound", PolicyDocument=only)
    iam.put_role_permissions_boundary(RoleName="deploy", PermissionsBoundary=bound["Policy"]["Arn"])
    said = refused(session().list_keys)
    assert said.endswith("because no permissions boundary allows the kms:ListKeys action")


def test_groups_and_attached_policies(aws: Aws, endpoint: str) -> None:
    iam, person = owner(endpoint, "iam"), Person(aws, "ann")
    keys = person.client("kms")
    refused(keys.list_keys)
    rights = document({"Action": "kms:ListKeys"})
    iam.create_group(GroupName="team")
    iam.add_user_to_group(GroupName="team", UserName="ann")
    iam.put_group_policy(GroupName="team", PolicyName="p", PolicyDocument=rights)
    keys.list_keys()
    iam.delete_group_policy(GroupName="team", PolicyName="p")
    refused(keys.list_keys)
    policy = iam.create_policy(PolicyName="p", PolicyDocument=rights)["Policy"]["Arn"]
    iam.attach_user_policy(UserName="ann", PolicyArn=policy)
    keys.list_keys()
    # Another version of the policy counts at once.
    other = document({"Action": "kms:ListAliases"})
    iam.create_policy_version(PolicyArn=policy, PolicyDocument=other, SetAsDefault=True)
    refused(keys.list_keys)
    keys.list_aliases()


def test_credentials_that_nobody_has(aws: Aws, endpoint: str) -> None:
    for service, code in (
        ("kms", "UnrecognizedClientException"),
        ("sts", "InvalidClientTokenId"),
        ("s3", "InvalidAccessKeyId"),
        ("lambda", "UnrecognizedClientException"),
    ):
        someone = client(endpoint, service, "AKIA" + "X" * 16, "x", region=REGION)
        call = {
            "kms": "list_keys",
            "sts": "get_caller_identity",
            "s3": "list_buckets",
            "lambda": "list_functions",
        }[service]
        assert failure(getattr(someone, call))[0] == code
    person = Person(aws, "ann", {"Action": "*"})
    mine = person.client("kms")
    mine.list_keys()
    iam = owner(endpoint, "iam")
    key = iam.list_access_keys(UserName="ann")["AccessKeyMetadata"][0]["AccessKeyId"]
    iam.update_access_key(UserName="ann", AccessKeyId=key, Status="Inactive")
    assert failure(mine.list_keys)[0] == "UnrecognizedClientException"
    iam.update_access_key(UserName="ann", AccessKeyId=key, Status="Active")
    mine.list_keys()
    iam.delete_access_key(UserName="ann", AccessKeyId=key)
    assert failure(mine.list_keys)[0] == "UnrecognizedClientException"


def test_everybody_may_ask_who_they_are(aws: Aws) -> None:
    person = Person(aws, "ann", {"Effect": "Deny", "Action": "*"})
    assert person.client("sts").get_caller_identity()["Arn"] == person.arn


def test_refusals_and_notices_are_told(aws: Aws, running: Running) -> None:
    unknown = {"StringEquals": {"aws:SourceVpce": "vpce-1"}}
    person = Person(aws, "zoe", {"Action": "sqs:*", "Condition": unknown})
    refused(person.client("sqs").list_queues)
    activity = Client(running).activity()
    last = activity["refused"][-1]
    assert (last["who"], last["action"], last["region"]) == (person.arn, "sqs:ListQueues", REGION)
    assert last["resource"] == f"arn:aws:sqs:{REGION}:{ACCOUNT}:*"
    assert any("aws:sourcevpce" in notice for notice in activity["notices"])
