"""Moto in this process, empty before each test, with the part of a deployment that tfgen adds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from moto import mock_aws

from tests.sandbox.gateway.world import World
from tfgen.sandbox.gateway import snapshots
from tfgen.sandbox.patches import apis, domains, mappings


@pytest.fixture(scope="session")
def _patches() -> Iterator[None]:
    from moto.apigateway import models, responses
    from moto.apigatewayv2 import models as models_2
    from moto.apigatewayv2 import responses as responses_2

    with (
        _unchanged(models.RestAPI, models.DomainName, models.APIGatewayBackend, models.Stage),
        _unchanged(models.Account, responses.APIGatewayResponse),
        _unchanged(models_2.ApiGatewayV2Backend, responses_2.ApiGatewayV2Response),
    ):
        apis.patch()
        domains.patch()
        mappings.patch()
        snapshots.patch()
        yield


@contextmanager
def _unchanged(*owners: type) -> Iterator[None]:
    """Gives classes their own methods back afterwards, for the tests of what comes without ours."""
    before = {owner: dict(vars(owner)) for owner in owners}
    yield
    for owner, members in before.items():
        for name, member in dict(vars(owner)).items():
            if name not in members:
                delattr(owner, name)
            elif members[name] is not member:
                setattr(owner, name, members[name])


@pytest.fixture
def world(_patches: None) -> Iterator[World]:
    """A gateway over an account in which nothing exists."""
    with mock_aws():
        yield World()
