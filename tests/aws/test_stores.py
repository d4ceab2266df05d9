"""Parameters and secrets of Secrets Manager, as a function gets them."""

from __future__ import annotations

import json

import pytest

from tfgen.app import SecretsManagerSecret, SsmSecret
from tfgen.aws.session import Aws
from tfgen.aws.stores import read_stored
from tfgen.errors import TfgenError

REGION = "eu-west-2"


def put(aws: Aws, name: str, value: str) -> str:
    aws.client("ssm", REGION).put_parameter(
        Name=name, Value=value, Type="SecureString", Overwrite=True
    )
    found = aws.client("ssm", REGION).get_parameter(Name=name)
    return found["Parameter"]["ARN"]


def test_parameters_of_all_kinds(aws: Aws) -> None:
    """More than one call takes, with versions, by ARN, and one parameter for two variables."""
    many = {f"V{number:02}": SsmSecret(f"/hello/{number}", None) for number in range(12)}
    for number in range(12):
        put(aws, f"/hello/{number}", f"value {number}")
    put(aws, "token", "first")
    arn = put(aws, "token", "second")
    secrets = {
        **many,
        "NOW": SsmSecret("token", None),
        "AGAIN": SsmSecret("token", None),
        "BEFORE": SsmSecret("token:1", None),
        "SHARED": SsmSecret(arn, None),
    }
    assert read_stored(aws, REGION, secrets) == {
        **{f"V{number:02}": f"value {number}" for number in range(12)},
        "NOW": "second",
        "AGAIN": "second",
        "BEFORE": "first",
        "SHARED": "second",
    }


def test_a_parameter_that_does_not_exist(aws: Aws) -> None:
    with pytest.raises(TfgenError, match="no parameter `/none` in `eu-west-2` for `TOKEN`"):
        read_stored(aws, REGION, {"TOKEN": SsmSecret("/none", None)})


def test_secrets_whole_and_in_part(aws: Aws) -> None:
    text = json.dumps({"password": "geheim", "port": 5432})
    client = aws.client("secretsmanager", REGION)
    arn = client.create_secret(Name="hello/pg", SecretString=text)["ARN"]
    assert read_stored(
        aws,
        REGION,
        {
            "WHOLE": SecretsManagerSecret("hello/pg", None, None),
            "PASSWORD": SecretsManagerSecret(arn, "password", None),
            "PORT": SecretsManagerSecret("hello/pg", "port", None),
        },
    ) == {"WHOLE": text, "PASSWORD": "geheim", "PORT": "5432"}


@pytest.mark.parametrize(
    ("content", "key", "message"),
    [
        ({"SecretString": '{"other": "geheim"}'}, "password", "no JSON object|not a JSON object"),
        ({"SecretString": "geheim"}, "password", "not a JSON object with a key `password`"),
        ({"SecretString": '["geheim"]'}, "password", "not a JSON object with a key `password`"),
        ({"SecretBinary": b"geheim"}, None, "is binary"),
    ],
)
def test_a_secret_that_does_not_fit(
    aws: Aws, content: dict[str, str], key: str | None, message: str
) -> None:
    aws.client("secretsmanager", REGION).create_secret(Name="pg", **content)  # type: ignore[arg-type] # one of two arguments
    with pytest.raises(TfgenError, match=message) as error:
        read_stored(aws, REGION, {"PG": SecretsManagerSecret("pg", key, None)})
    assert "geheim" not in f"{error.value}{error.value.__cause__}"


def test_a_secret_that_does_not_exist(aws: Aws) -> None:
    with pytest.raises(TfgenError, match="There is no secret `none` in `eu-west-2` for `PG`"):
        read_stored(aws, REGION, {"PG": SecretsManagerSecret("none", None, None)})
