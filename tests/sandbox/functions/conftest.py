"""One simulated account for all tests; every test has functions of its own in it."""

from __future__ import annotations

import logging
import tempfile
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.sandbox.functions.lab import ROLE, Lab
from tfgen.sandbox.functions.functions import Functions
from tfgen.sandbox.invocation import Outages


@pytest.fixture(scope="session")
def _account() -> Iterator[Lab]:
    from moto.awslambda.models import LambdaBackend, LambdaFunction
    from moto.awslambda.responses import LambdaResponse

    changed = {
        LambdaBackend: ("delete_function", "invoke"),
        LambdaFunction: ("__init__", "get_configuration", "invoke", "update_configuration"),
        LambdaResponse: ("call_action", "invoke", "invoke_async"),
    }
    originals = [
        (owner, name, getattr(owner, name)) for owner, names in changed.items() for name in names
    ]
    yield from _served()
    for owner, name, original in originals:
        setattr(owner, name, original)


def _served() -> Iterator[Lab]:
    from moto.moto_server.werkzeug_app import (
        DomainDispatcherApplication,
        MotoRequestHandler,
        create_backend_app,
    )
    from werkzeug.serving import make_server

    from tfgen.sandbox.patches import endings, invoke
    from tfgen.sandbox.patches import functions as configuration

    server = make_server(
        "127.0.0.1",
        0,
        DomainDispatcherApplication(create_backend_app),
        threaded=True,
        request_handler=MotoRequestHandler,
    )
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    outages = Outages()
    endpoint = f"http://127.0.0.1:{server.port}"
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        functions = Functions(home, endpoint, outages, minute=0.01)
        configuration.patch()
        invoke.patch(functions)
        endings.patch(functions)
        lab = Lab(endpoint, home, outages, functions)
        yield lab
        functions.close()
        assert list((home / "environments").iterdir()) == []
    server.shutdown()
    server.server_close()


@pytest.fixture
def lab(_account: Lab) -> Lab:
    """The account, with a role for functions. Other tests of this process may have emptied it."""
    iam = _account.client("iam")
    with suppress(iam.exceptions.EntityAlreadyExistsException):
        made = iam.create_role(RoleName="functions", AssumeRolePolicyDocument="{}")
        assert made["Role"]["Arn"] == ROLE
    return _account
