"""Moto in this process, empty before each test, with the part of a deployment that tfgen adds."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from moto import mock_aws

from tests.sandbox.gateway.world import World
from tfgen.sandbox.gateway import snapshots


@pytest.fixture(scope="session")
def _snapshots() -> Iterator[None]:
    from moto.apigateway.models import RestAPI

    original = RestAPI.create_deployment
    snapshots.patch()
    yield
    RestAPI.create_deployment = original  # type: ignore[method-assign]


@pytest.fixture
def world(_snapshots: None) -> Iterator[World]:
    """A gateway over an account in which nothing exists."""
    with mock_aws():
        yield World()
