"""What the tests of the Terraform room share."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from tfgen.terraform import environment
from tfgen.terraform.engine import Engine, find

RECORDED = Path(__file__).parent / "recorded"


@pytest.fixture(scope="session")
def binary() -> Engine:
    """The terraform on the PATH, for tests that need one engine and not both."""
    return find({**os.environ, "TFGEN_TERRAFORM": "terraform"})


@pytest.fixture(scope="session")
def env() -> Mapping[str, str]:
    """The environment of a Terraform process, as tfgen makes it."""
    return environment.prepare(os.environ).variables


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """An empty root module."""
    folder = tmp_path / "root"
    folder.mkdir()
    return folder
