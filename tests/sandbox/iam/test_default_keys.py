"""AWS's own key for DynamoDB, which the provider asks for and whoever deploys may describe."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.config.test_resolve import app_of
from tests.sandbox.iam.people import ACCOUNT, Person, refused
from tfgen.aws.session import Aws
from tfgen.iam.deploy.policy import deploy_policies

OWN, GIVEN = "eu-west-2", "us-west-2"
ALIAS = "alias/aws/dynamodb"


def statements(encryption: str) -> list[dict[str, Any]]:
    """Returns what is printed for an app with a key of its own in one region only."""
    app = app_of(
        f"regions: {{{OWN}: {{}}, {GIVEN}: {{kms_key: alias/company}}}}\n"
        f"database: {{home: {OWN}, dynamodb: {{items: {{hash_key: id, replicate: true, "
        f"encryption: {encryption}}}}}}}\n"
    )
    policies = json.loads(json.dumps(deploy_policies(app, ACCOUNT)))
    return [each for policy in policies for each in policy["Statement"]]


@pytest.mark.parametrize("encryption", ["aws_managed", "app"])
def test_who_deploys_may_ask_for_the_key_of_a_table(aws: Aws, encryption: str) -> None:
    """The provider swallows a refusal, so no failed apply shows it."""
    printed = statements(encryption)
    person = Person(aws, "deployer", *printed)
    for region in (OWN, GIVEN):
        found = person.client("kms", region).describe_key(KeyId=ALIAS)["KeyMetadata"]
        assert found["KeyManager"] == "AWS"
    person.may(*(each for each in printed if each["Sid"] != "DefaultKeys"))
    # Where the app has a key of its own, keys without a name may be described.
    person.client("kms", OWN).describe_key(KeyId=ALIAS)
    assert "kms:DescribeKey" in refused(person.client("kms", GIVEN).describe_key, KeyId=ALIAS)


def test_a_table_on_a_key_of_dynamodb_needs_none() -> None:
    assert "DefaultKeys" not in {each["Sid"] for each in statements("aws_owned")}
