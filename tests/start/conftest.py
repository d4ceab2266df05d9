"""Both programs, called alike."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import SimpleNamespace
from typing import Any, cast

import client
import jobs
import pytest
from resolution import Resolution

from tests.start.node import Node

Results = Mapping[str, Any]


class Program:
    """The program of one language.

    Attributes:
        language: ``python`` or ``nodejs``.
    """

    def __init__(self, language: str, call: Callable[..., Any]) -> None:
        self.language = language
        self._call = call

    def endpoint(self, service: str, environment: Mapping[str, str]) -> str:
        """Returns the URL of a service."""
        url: str = self._call("endpointOf", service, environment)
        return url

    def sign(
        self, job: Mapping[str, str], url: str, body: str, environment: Mapping[str, str], now: int
    ) -> Mapping[str, str]:
        """Returns the headers of a request; ``now`` is in seconds."""
        headers: Mapping[str, str] = self._call("sign", job, url, body, environment, now * 1000)
        return headers

    def batches(self, parameters: Sequence[str]) -> Sequence[Sequence[str]]:
        """Returns the requests for parameters."""
        made: Sequence[Sequence[str]] = self._call("batches", parameters)
        return made

    def resolve(
        self, references: Mapping[str, str], environment: Mapping[str, str], seconds: float = 6
    ) -> Results:
        """Returns the values, and ``{"failure": …}`` for those that have none, or for all."""
        results: Results = self._call("resolve", references, environment, seconds * 1000)
        return results


def _python(name: str, *values: Any) -> Any:
    match name:
        case "endpointOf":
            return client.endpoint_of(*values)
        case "sign":
            job, url, body, environment, now = values
            asked = cast("jobs.Job", SimpleNamespace(**job))
            return client.sign(asked, url, body.encode(), environment, now / 1000)
        case "batches":
            return jobs.batches(*values)
    references, environment, milliseconds = values
    return resolve_in_python(references, environment, milliseconds / 1000)


def resolve_in_python(
    references: Mapping[str, str], environment: Mapping[str, str], seconds: float
) -> Results:
    """Returns the values, and ``{"failure": …}`` for those that have none."""
    resolution = Resolution(environment, seconds)
    try:
        resolution.run(jobs.plan(references, environment))
    except jobs.Failure as failure:
        return {"failure": str(failure)}
    return {
        name: result if isinstance(result, str) else {"failure": str(result)}
        for name, result in resolution.results.items()
    }


@pytest.fixture(scope="session")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    process = Node(tmp_path_factory.mktemp("node"))
    yield process
    process.end()


@pytest.fixture(scope="session", params=["python", "nodejs"])
def program(request: pytest.FixtureRequest) -> Program:
    """The program of either language."""
    if request.param == "python":
        return Program("python", _python)
    return Program("nodejs", request.getfixturevalue("node").call)
