"""Functions that run have the rights of their roles, and no others."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

from tests.sandbox.conftest import REGION
from tests.sandbox.iam.people import ACCOUNT, document, owner
from tfgen.sandbox.client import Client
from tfgen.sandbox.lifecycle import Running

# Makes each request that the event names, and answers with what comes back or how it is refused.
CODE = """
import os
import boto3
from botocore.exceptions import ClientError

def handler(event, context):
    answers = []
    for service, operation, parameters in event["calls"]:
        client = boto3.client(service, region_name=event.get("region"))
        try:
            answer = getattr(client, operation)(**parameters)
            answers.append({k: str(v) for k, v in answer.items() if k != "ResponseMetadata"})
        except ClientError as error:
            answers.append(error.response["Error"])
    return {"answers": answers, "key": os.environ["AWS_ACCESS_KEY_ID"]}
"""
TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": "sts:AssumeRole",
                "Principal": {"Service": "lambda.amazonaws.com"},
            }
        ],
    }
)


class Function:
    """A function with a role of its own."""

    def __init__(self, endpoint: str, name: str) -> None:
        self._iam, self._lambda = owner(endpoint, "iam"), owner(endpoint, "lambda")
        self.name = name
        made = self._iam.create_role(RoleName=f"role-of-{name}", AssumeRolePolicyDocument=TRUST)
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w") as archive:
            archive.writestr("app.py", CODE)
        self._lambda.create_function(
            FunctionName=name,
            Runtime="python3.11",
            Handler="app.handler",
            Role=made["Role"]["Arn"],
            Timeout=60,
            Code={"ZipFile": target.getvalue()},
        )

    def may(self, *statements: Any) -> None:
        """Gives its role an inline policy instead of the one before."""
        self._iam.put_role_policy(
            RoleName=f"role-of-{self.name}",
            PolicyName="rights",
            PolicyDocument=document(*statements),
        )

    def call(self, *calls: tuple[str, str, Any], region: str = REGION) -> list[Any]:
        """Lets the function make requests, and returns what it is answered."""
        answers: list[Any] = self.result({"calls": calls, "region": region})["answers"]
        return answers

    def result(self, event: Any) -> Any:
        done = self._lambda.invoke(FunctionName=self.name, Payload=json.dumps(event).encode())
        payload = json.loads(done["Payload"].read())
        assert "FunctionError" not in done, payload
        return payload

    def change(self, **configuration: Any) -> None:
        self._lambda.update_function_configuration(FunctionName=self.name, **configuration)


def test_a_function_has_the_rights_of_its_role(endpoint: str, running: Running) -> None:
    function = Function(endpoint, "hello")
    me = f"arn:aws:sts::{ACCOUNT}:assumed-role/role-of-hello/hello"
    kms, ssm = owner(endpoint, "kms"), owner(endpoint, "ssm")
    key = kms.create_key()["KeyMetadata"]["Arn"]
    ssm.put_parameter(Name="/hello/token", Value="x", Type="String")
    ssm.put_parameter(Name="/other", Value="x", Type="String")
    reads: tuple[tuple[str, str, Any], ...] = (
        ("sts", "get_caller_identity", {}),
        ("ssm", "get_parameters", {"Names": ["/hello/token"]}),
        ("ssm", "get_parameters", {"Names": ["/hello/token", "/other"]}),
        ("kms", "encrypt", {"KeyId": key, "Plaintext": "x"}),
        ("sns", "list_topics", {}),
    )

    who, *others = function.call(*reads)
    assert (who["Arn"], who["Account"]) == (me, ACCOUNT)
    assert who["UserId"].endswith(":hello")
    assert [each["Code"] for each in others] == ["AccessDeniedException"] * 3 + ["AccessDenied"]
    assert others[2]["Message"] == (
        f"User: {me} is not authorized to perform: kms:Encrypt on resource: {key} because no "
        "identity-based policy allows the kms:Encrypt action"
    )
    # What a role is given counts at once, also for a function that runs.
    function.may(
        {
            "Action": "ssm:GetParameters",
            "Resource": f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/hello/*",
            "Condition": {
                "ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/role-of-*"}
            },
        }
    )
    answers = function.call(*reads)
    assert "'Value': 'x'" in answers[1]["Parameters"]
    assert answers[2]["Code"] == "AccessDeniedException"
    elsewhere = function.call(reads[1], region="us-west-2")[0]
    assert "us-west-2" in elsewhere["Message"]

    told = [each for each in Client(running).activity()["refused"] if each["who"] == me]
    assert {each["action"] for each in told} == {
        "kms:Encrypt",
        "sns:ListTopics",
        "ssm:GetParameters",
    }


def test_a_policy_can_be_about_the_code_of_one_function(endpoint: str, running: Running) -> None:
    function = Function(endpoint, "coded")
    arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:coded"
    for named, code in ((arn, "AccessDeniedException"), (f"{arn}-2", None)):
        condition = {"ArnEquals": {"lambda:SourceFunctionArn": named}}
        deny = {"Effect": "Deny", "Action": "kms:ListKeys", "Condition": condition}
        function.may({"Action": "kms:*"}, deny)
        assert function.call(("kms", "list_keys", {}))[0].get("Code") == code
    assert not [each for each in Client(running).activity()["notices"] if "lambda:" in each]


def test_credentials_end_with_the_environment_and_change_with_the_role(endpoint: str) -> None:
    function, other = Function(endpoint, "one"), Function(endpoint, "two")
    first = function.result({"calls": []})["key"]
    assert first.startswith("ASIA")
    assert function.result({"calls": []})["key"] == first
    assert other.result({"calls": []})["key"] != first
    # Another role is another environment, with credentials of its own.
    function.change(Role=f"arn:aws:iam::{ACCOUNT}:role/role-of-two")
    changed = function.result({"calls": [("sts", "get_caller_identity", {})], "region": REGION})
    assert changed["key"] != first
    assert changed["answers"][0]["Arn"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/role-of-two/one"
    # A role that is gone has no rights.
    other.may({"Action": "kms:ListKeys"})
    assert "Keys" in function.call(("kms", "list_keys", {}))[0]
    iam = owner(endpoint, "iam")
    iam.delete_role_policy(RoleName="role-of-two", PolicyName="rights")
    iam.delete_role(RoleName="role-of-two")
    assert function.call(("kms", "list_keys", {}))[0]["Code"] == "AccessDeniedException"
