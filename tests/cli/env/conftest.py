"""An app without secrets, in a sandbox that all tests share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.cli.env.runs import CONFIG, EU, US, make_key
from tests.support.app_folder import AppFolder, hello
from tfgen.aws.session import Aws
from tfgen.sandbox.lifecycle import start


@pytest.fixture(scope="session")
def sandboxed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppFolder]:
    """An app whose keys exist, as after an apply."""
    with hello(tmp_path_factory.mktemp("env") / "hello") as app:
        aws = Aws(start(app.path).endpoint)
        for region in (EU, US):
            make_key(aws, region)
        yield app


@pytest.fixture
def app(sandboxed: AppFolder, monkeypatch: pytest.MonkeyPatch) -> AppFolder:
    """The app without any secret, and nobody to ask."""
    monkeypatch.setenv("CI", "1")
    (sandboxed.path / "tfgen.yaml").write_text(CONFIG, "utf-8")
    for file in (sandboxed.sandbox.scratch / "secrets").glob("*"):
        file.unlink()
    return sandboxed
