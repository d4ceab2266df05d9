"""Keys as Terraform makes them: their policies, the rights of roles, and one that is given.

One app in two regions, of which one has a key of its own and the other is given one; then they
change places.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.support.app_folder import AppFolder, hello
from tfgen.aws.session import Aws
from tfgen.config.ciphertexts import FOLDER
from tfgen.sandbox.inventory import inventory
from tfgen.sandbox.lifecycle import start

pytestmark = pytest.mark.e2e

OWN, GIVEN = "eu-west-2", "us-west-2"
ACCOUNT = "123456789012"
ROOT = f"arn:aws:iam::{ACCOUNT}:root"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/"
CONFIG = f"""\
name: hello
function: {{source: ./src, runtime: python3.13, handler: app.handler, url: true}}
api: {{auth: iam}}
env: {{LEVEL: info}}
secrets: {{DB: kms, TOKEN: {{ssm: /hello/token}}, PG: {{secretsmanager: hello/pg}}}}
decrypt: manual
key_policy:
  encrypters: ["{ROLE}developer"]
  decrypters: ["{ROLE}admin"]
regions:
  {OWN}: {{}}
  {GIVEN}: {{kms_key: alias/company}}
"""
EXCHANGED = CONFIG.replace(
    f"  {OWN}: {{}}\n  {GIVEN}: {{kms_key: alias/company}}\n",
    f"  {OWN}: {{kms_key: alias/company}}\n  {GIVEN}: {{}}\n",
)


@pytest.fixture
def app(tmp_path: Path) -> Iterator[AppFolder]:
    """An app with a sandbox of its own, which has ciphertexts of its keys to be."""
    with hello(tmp_path / "hello") as app:
        (app.path / "tfgen.yaml").write_text(CONFIG, "utf-8")
        put_ciphertexts(start(app.path).scratch / FOLDER)
        yield app


def put_ciphertexts(folder: Path) -> None:
    lines = "".join(
        f"  {region}: {{for: hello/production/{region}/DB, "
        f'key: "arn:aws:kms:{region}:{ACCOUNT}:key/0123abcd", ciphertext: AQIDBA==}}\n'
        for region in (OWN, GIVEN)
    )
    folder.mkdir(exist_ok=True)
    (folder / "production.yaml").write_text(f"DB:\n{lines}", "utf-8")


def apply(app: AppFolder) -> None:
    """Applies, and makes sure that nothing is left to do."""
    app.tfgen("apply", "--sandbox", "--yes")
    app.tfgen("plan", "--sandbox", "--detailed-exitcode")


def statements(document: str | Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Returns the statements of a policy by their ID."""
    policy = json.loads(document) if isinstance(document, str) else document
    return {each["Sid"]: each for each in policy["Statement"]}


def context(region: str) -> dict[str, str]:
    """Returns the condition on a ciphertext of the stage in a region."""
    bound = {"app": "hello", "stage": "production", "region": region}
    return {f"kms:EncryptionContext:{name}": value for name, value in bound.items()}


def key_of(aws: Aws, region: str) -> str:
    """Returns the key that Lambda encrypts the environment of a region's function with."""
    about = aws.client("lambda", region).get_function(FunctionName="hello-production")
    return about["Configuration"]["KMSKeyArn"]


def rights(aws: Aws, region: str) -> dict[str, dict[str, Any]]:
    """Returns what the role of a region's function may do."""
    role = aws.client("iam", region).get_role_policy(
        RoleName=f"hello-production-{region}", PolicyName="function"
    )
    return statements(role["PolicyDocument"])


def test_keys_and_rights(app: AppFolder) -> None:
    aws = Aws(app.sandbox.endpoint)
    apply(app)
    company = {
        region: aws.client("kms", region).describe_key(KeyId="alias/company")["KeyMetadata"]["Arn"]
        for region in (GIVEN,)
    }

    # The environment says where values are.
    environment = aws.client("lambda", OWN).get_function(FunctionName="hello-production")
    assert environment["Configuration"]["Environment"]["Variables"] == {
        "DB": "kms:AQIDBA==",
        "LEVEL": "info",
        "PG": "secretsmanager:hello/pg",
        "TFGEN_APP": "hello",
        "TFGEN_STAGE": "production",
        "TOKEN": "ssm:/hello/token",
    }

    # The role may do what the function needs, with the key that the region has.
    for region in (OWN, GIVEN):
        key = key_of(aws, region)
        assert (key == company.get(region)) == (region == GIVEN)
        function = f"arn:aws:lambda:{region}:{ACCOUNT}:function:hello-production"
        allowed = rights(aws, region)
        assert allowed.keys() == {
            "WriteLogs",
            "DecryptEnvironment",
            "DecryptSecrets",
            "ReadParameters",
            "ReadSecrets",
        }
        assert allowed["DecryptEnvironment"]["Condition"] == {
            "StringLike": {
                "kms:EncryptionContext:aws:lambda:FunctionArn": [function, f"{function}:*"]
            }
        }
        assert allowed["DecryptSecrets"] == {
            "Sid": "DecryptSecrets",
            "Effect": "Allow",
            "Action": "kms:Decrypt",
            "Resource": key,
            "Condition": {"StringEquals": context(region)},
        }
        assert allowed["ReadParameters"]["Resource"] == (
            f"arn:aws:ssm:{region}:{ACCOUNT}:parameter/hello/token"
        )
        assert allowed["ReadSecrets"]["Resource"] == (
            f"arn:aws:secretsmanager:{region}:{ACCOUNT}:secret:hello/pg-??????"
        )

    # Nobody may do everything with the app's own key.
    kms = aws.client("kms", OWN)
    policy = statements(kms.get_key_policy(KeyId=key_of(aws, OWN), PolicyName="default")["Policy"])
    principals = {name: each["Principal"] for name, each in policy.items()}
    assert principals == {
        "AllowAdministration": {"AWS": ROOT},
        "AllowEncryption": {"AWS": f"{ROLE}developer"},
        "AllowDecryption": {"AWS": f"{ROLE}admin"},
        "AllowFunction": {"AWS": ROOT},
        "AllowFunctionToStart": {"AWS": ROOT},
        "AllowServices": {"AWS": ROOT},
        "AllowCloudWatchLogs": {"Service": f"logs.{OWN}.amazonaws.com"},
    }
    administration = set(policy["AllowAdministration"]["Action"])
    assert "kms:PutKeyPolicy" in administration
    uses = ("*", "Encrypt", "Decrypt", "GenerateDataKey", "CreateGrant", "ReEncrypt")
    assert [each for each in administration if each.partition(":")[2].startswith(uses)] == []
    for name in ("AllowEncryption", "AllowDecryption"):
        assert policy[name]["Condition"] == {"StringEquals": context(OWN)}
    assert policy["AllowFunction"]["Condition"] == {
        "ArnEquals": {"aws:PrincipalArn": f"{ROLE}hello-production-{OWN}"},
        "StringEquals": context(OWN),
    }
    assert policy["AllowServices"]["Condition"] == {
        "StringEquals": {"kms:ViaService": f"lambda.{OWN}.amazonaws.com"}
    }

    # A region can be given a key later, and have one of its own again.
    former = key_of(aws, OWN)
    (app.path / "tfgen.yaml").write_text(EXCHANGED, "utf-8")
    apply(app)
    assert key_of(aws, OWN) == kms.describe_key(KeyId="alias/company")["KeyMetadata"]["Arn"]
    assert kms.describe_key(KeyId=former)["KeyMetadata"]["KeyState"] == "PendingDeletion"
    assert rights(aws, OWN)["DecryptSecrets"]["Resource"] == key_of(aws, OWN)
    made = [each for each in inventory(app.sandbox.endpoint, [OWN, GIVEN]) if each.type == "key"]
    assert [(each.region, key_of(aws, GIVEN).endswith(each.id)) for each in made] == [(GIVEN, True)]
