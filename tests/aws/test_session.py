"""Which account is asked, and what is said when it does not answer."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.aws.conftest import Answer
from tfgen.aws.session import Aws
from tfgen.errors import TfgenError

REGION = "eu-west-2"
NOWHERE = "http://127.0.0.1:9"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user's home with nothing of AWS in it, and no metadata service to ask."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    return tmp_path


def test_clients_are_made_once(aws: Aws) -> None:
    first = aws.client("kms", REGION)
    assert aws.client("kms", REGION) is first
    assert aws.client("kms", "us-west-2") is not first
    assert aws.client("kms", "us-west-2").meta.region_name == "us-west-2"


def test_sandbox_does_not_know_the_user(
    endpoint: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trap = home / "trap"
    (home / ".aws").mkdir()
    (home / ".aws/config").write_text(
        f"[profile work]\nregion = us-west-1\ncredential_process = touch {trap}\n"
    )
    for name, value in {
        "AWS_PROFILE": "work",
        "AWS_ENDPOINT_URL": NOWHERE,
        "AWS_ENDPOINT_URL_KMS": NOWHERE,
        "AWS_USE_FIPS_ENDPOINT": "true",
        "AWS_USE_DUALSTACK_ENDPOINT": "true",
        "HTTP_PROXY": NOWHERE,
        "http_proxy": NOWHERE,
    }.items():
        monkeypatch.setenv(name, value)
    kms = Aws(endpoint).client("kms", REGION)
    assert kms.create_key()["KeyMetadata"]["Arn"].startswith(f"arn:aws:kms:{REGION}:")
    assert not trap.exists()


def test_sandbox_does_not_need_the_profile_to_exist(
    endpoint: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert home.is_dir()
    monkeypatch.setenv("AWS_PROFILE", "missing")
    assert Aws(endpoint).client("iam", REGION).list_roles()["Roles"] == []


def test_sandbox_that_is_not_running() -> None:
    with pytest.raises(TfgenError) as raised:
        Aws(NOWHERE).client("kms", REGION).list_keys()
    assert raised.value.message == f"the sandbox at {NOWHERE} does not answer"
    assert raised.value.hint == "start it with `tfgen sandbox start`"


def test_account_that_cannot_be_reached(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert home.is_dir()
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "a")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "b")
    monkeypatch.setenv("AWS_ENDPOINT_URL", NOWHERE)
    with pytest.raises(TfgenError, match="AWS cannot be reached in eu-west-2: ") as raised:
        Aws().client("kms", REGION).list_keys()
    assert raised.value.hint == "check the network, HTTPS_PROXY and AWS_ENDPOINT_URL"


def test_no_credentials(home: Path) -> None:
    assert home.is_dir()
    with pytest.raises(TfgenError) as raised:
        Aws().client("kms", REGION).list_keys()
    assert raised.value.message == "there are no AWS credentials"
    assert "aws sso login" in str(raised.value.hint)


def test_half_of_the_credentials(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert home.is_dir()
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "a")
    with pytest.raises(TfgenError, match="the AWS credentials cannot be used: Partial"):
        Aws().client("kms", REGION).list_keys()


def test_profile_that_does_not_exist(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert home.is_dir()
    monkeypatch.setenv("AWS_PROFILE", "missing")
    with pytest.raises(TfgenError, match="the AWS configuration cannot be used: ") as raised:
        Aws().client("kms", REGION)
    assert "missing" in raised.value.message
    assert "AWS_PROFILE" in str(raised.value.hint)


def test_config_that_does_not_parse(home: Path) -> None:
    (home / ".aws").mkdir()
    (home / ".aws/config").write_text("region = eu-west-2\n")
    with pytest.raises(TfgenError, match="the AWS configuration cannot be used: "):
        Aws().client("kms", REGION)


@pytest.mark.parametrize(
    ("status", "code", "message", "expected"),
    [
        (
            400,
            "ExpiredTokenException",
            "The security token included in the request is expired",
            "the AWS credentials have expired",
        ),
        (
            400,
            "UnrecognizedClientException",
            "The security token included in the request is invalid.",
            "AWS does not accept the credentials in eu-west-2 (UnrecognizedClientException)",
        ),
        (
            400,
            "AccessDeniedException",
            "User: arn:aws:iam::123456789012:user/ann is not authorized to perform: kms:ListKeys "
            "because no identity-based policy allows the kms:ListKeys action",
            "the AWS credentials do not allow kms:ListKeys in eu-west-2",
        ),
        (
            400,
            "AccessDeniedException",
            "Access denied",
            "the AWS credentials do not allow kms:ListKeys in eu-west-2",
        ),
        (
            400,
            "ValidationException",
            "1 validation error\n  detected.",
            "AWS answered kms:ListKeys in eu-west-2 with ValidationException: "
            "1 validation error detected",
        ),
    ],
    ids=["expired", "rejected", "denied", "denied without a reason", "anything else"],
)
def test_refusal(answer: Answer, status: int, code: str, message: str, expected: str) -> None:
    with pytest.raises(TfgenError) as raised:
        Aws(answer(status, code, message)).client("kms", REGION).list_keys()
    assert raised.value.message == expected
    assert raised.value.hint


def test_what_does_not_exist_is_for_the_caller_to_know(aws: Aws) -> None:
    kms = aws.client("kms", REGION)
    with pytest.raises(kms.exceptions.NotFoundException):
        kms.describe_key(KeyId="11111111-2222-3333-4444-555555555555")


@pytest.mark.parametrize("module", ["tfgen.aws.session", "tfgen.aws.adopt", "tfgen.aws.readback"])
def test_boto_is_loaded_only_when_aws_is_asked(module: str) -> None:
    code = f"import sys, {module}; print([m for m in sys.modules if m.startswith('boto')])"
    done = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, timeout=60
    )
    assert done.stdout.strip() == "[]"
