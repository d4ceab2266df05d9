"""A sandbox for the tests of what it simulates, and an account that is empty before each."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.sandbox.root import ROOTS, environment_for
from tests.support.pool import TREES, pooled
from tfgen.aws.session import Aws
from tfgen.sandbox.client import Client
from tfgen.sandbox.lifecycle import Running, start, stop

REGION = "eu-west-2"


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One sandbox for all tests that only ask it."""
    project = tmp_path_factory.mktemp("sandbox")
    yield start(project)
    assert stop(project)


@pytest.fixture
def endpoint(running: Running) -> str:
    """The URL of a simulated AWS in which nothing exists."""
    Client(running).reset()
    return running.endpoint


@pytest.fixture(scope="session")
def environ(
    running: Running, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Mapping[str, str]]:
    """Terraform's environment in the account of all tests."""
    folder = tmp_path_factory.mktemp("provider")
    found = environment_for(running.endpoint, folder)
    with pooled(found, named_in=(*TREES, ROOTS)) as shared:
        yield shared


@pytest.fixture
def aws(endpoint: str) -> Aws:
    """The empty account."""
    return Aws(endpoint)


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Path]:
    """A folder whose sandbox does not outlive the test."""
    yield tmp_path
    stop(tmp_path)


@pytest.fixture
def role(aws: Aws) -> str:
    """The ARN of a role that a function may have."""
    made = aws.client("iam", REGION).create_role(RoleName="app", AssumeRolePolicyDocument="{}")
    return made["Role"]["Arn"]


@pytest.fixture(scope="session")
def bundle() -> bytes:
    """A function's zip."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("app.py", "def handler(event, context):\n    return event\n")
    return target.getvalue()
